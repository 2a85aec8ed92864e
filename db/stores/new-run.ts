import { newId } from "@/lib/core/id";
import type { RunRow } from "./runs";

/** What a run starts with; everything else is filled while it is worked on. */
export type RunStart = Pick<RunRow, "kind" | "name" | "trigger" | "queuedAt"> &
  Partial<Pick<RunRow, "id" | "jobId" | "executor" | "actorName" | "params" | "dueAt">>;

/** A queued run: the one place that spells out the row. Its executor is a worker unless said otherwise. */
export function newRun(start: RunStart): RunRow {
  return {
    id: newId("run"),
    jobId: null,
    executor: "worker",
    status: "queued",
    actorName: null,
    params: {},
    dueAt: null,
    startedAt: null,
    finishedAt: null,
    notBefore: null,
    attempts: 0,
    bytes: null,
    files: null,
    error: null,
    advice: null,
    cancelRequestedAt: null,
    workerId: null,
    heartbeatAt: null,
    eventId: null,
    ...start,
  };
}
