import { newId } from "@/lib/core/id";
import type { StartableJob } from "./jobs";
import type { RunRow } from "./runs";

/** The columns that a queued run starts with; the others are filled while it is executed. */
export type RunStart = Pick<RunRow, "kind" | "name" | "trigger" | "queuedAt"> &
  Partial<Pick<RunRow, "id" | "jobId" | "repositoryId" | "syncId" | "actorName" | "params" | "dueAt">> &
  Partial<RunExecution>;

/** Who executes a run, and what a client is asked for. */
type RunExecution = Pick<RunRow, "executor" | "clientId" | "clientJob">;

/** Who executes the backups of a job that Belfry starts. */
export function executorOf(job: StartableJob): RunExecution {
  return job.kind === "client"
    ? { executor: "client", clientId: job.clientId, clientJob: job.clientJob }
    : { executor: "worker", clientId: null, clientJob: null };
}

/** A queued run: the only place that spells out the row. A worker executes it unless `executor` says otherwise. */
export function newRun(start: RunStart): RunRow {
  return {
    id: newId("run"),
    jobId: null,
    repositoryId: null,
    syncId: null,
    executor: "worker",
    clientId: null,
    clientJob: null,
    archive: null,
    archives: null,
    runKey: null,
    reportedLogBytes: 0,
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
    reasonCode: null,
    progress: null,
    cancelRequestedAt: null,
    workerId: null,
    heartbeatAt: null,
    slowAt: null,
    artifactPath: null,
    eventId: null,
    ...start,
  };
}
