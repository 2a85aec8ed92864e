import { newId } from "@/lib/core/id";
import type { RunRow } from "./runs";

/** The columns that a queued run starts with; the others are filled while it is executed. */
export type RunStart = Pick<RunRow, "kind" | "name" | "trigger" | "queuedAt"> &
  Partial<Pick<RunRow, "id" | "jobId" | "repositoryId" | "syncId" | "executor" | "actorName" | "params" | "dueAt">>;

/** A queued run: the only place that spells out the row. A worker executes it unless `executor` says otherwise. */
export function newRun(start: RunStart): RunRow {
  return {
    id: newId("run"),
    jobId: null,
    repositoryId: null,
    syncId: null,
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
    deleted: null,
    error: null,
    advice: null,
    cancelRequestedAt: null,
    workerId: null,
    heartbeatAt: null,
    slowAt: null,
    artifactPath: null,
    eventId: null,
    ...start,
  };
}
