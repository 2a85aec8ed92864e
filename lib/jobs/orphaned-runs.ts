import { runningWorkerRuns, runsWithoutEvent } from "@/db/queries/runs";
import { settleCanceledRun } from "@/db/stores/cancel-run";
import { failOrphanedRunChange, linkRunEventChange } from "@/db/stores/settle-run";
import { loggerOf } from "@/lib/core/logger";
import { emit } from "@/lib/dispatch/emit";
import { runEventDraft, settledSnapshot } from "./run-events";

const log = loggerOf("runner");

export const INTERRUPTED = "The run was interrupted: Belfry was stopped while it ran.";
const ORPHANED = "The run was interrupted: the process that executed it no longer responds.";

/**
 * Fails runs whose worker is gone, with their events. A run that a person asked to cancel is canceled instead.
 * Runs that a client or another program executes have no worker and are left alone.
 * @param workerId this worker: a run of it that is not active was left by its predecessor
 * @param isActive whether this process executes a run
 * @param deadBefore a worker whose heartbeat is older than this is dead
 */
export async function failOrphanedRuns(
  workerId: string,
  isActive: (id: string) => boolean,
  deadBefore: number,
): Promise<void> {
  for (const run of await runningWorkerRuns()) {
    if (isActive(run.id)) continue;
    const isOwn = run.workerId === workerId;
    if (!isOwn && (run.heartbeatAt ?? 0) >= deadBefore) continue;
    const at = Date.now();
    if (run.cancelRequestedAt !== null) {
      await settleCanceledRun(run.id, run.workerId, at, "Canceled.");
      continue;
    }
    const error = isOwn ? INTERRUPTED : ORPHANED;
    const draft = await runEventDraft(run, { status: "failure", at, bytes: null, files: null, error, advice: null });
    const emitted = await emit(draft, failOrphanedRunChange(run, at, error));
    if (emitted) log.warn("failed an orphaned run", { runId: run.id, workerId: run.workerId });
  }
}

/** Emits the events of runs that were settled without one: a crash came between the two. */
export async function emitMissingRunEvents(): Promise<void> {
  for (const run of await runsWithoutEvent())
    await emit(await runEventDraft(run, settledSnapshot(run)), linkRunEventChange(run.id));
}
