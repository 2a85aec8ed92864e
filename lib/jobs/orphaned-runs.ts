import { goingRuns, runsWithoutEvent } from "@/db/queries/runs";
import { failOrphanedRunChange, linkRunEventChange, settleCanceledRun } from "@/db/stores/runs";
import { loggerOf } from "@/lib/core/logger";
import { emit } from "@/lib/dispatch/emit";
import { draftOf, runSnapshot } from "./run-events";

const log = loggerOf("runner");

export const INTERRUPTED = "The run was interrupted: Belfry was stopped while it ran.";
const LOST = "The run was given up: the process that worked on it has not been heard of.";

/**
 * Runs whose worker is gone become failures, and that is told. A run whose end a person had asked for is canceled.
 * @param own this worker's name: what runs under it without being worked on was left by its predecessor
 * @param isActive whether this process works on a run
 * @param deadBefore a heartbeat older than this is a dead worker's
 */
export async function failOrphanedRuns(
  own: string,
  isActive: (id: string) => boolean,
  deadBefore: number,
): Promise<void> {
  for (const run of await goingRuns()) {
    if (isActive(run.id)) continue;
    const isOwn = run.workerId === own;
    if (!isOwn && (run.heartbeatAt ?? 0) >= deadBefore) continue;
    const at = Date.now();
    if (run.cancelRequestedAt !== null) {
      await settleCanceledRun(run.id, run.workerId, at, "Canceled.");
      continue;
    }
    const error = isOwn ? INTERRUPTED : LOST;
    const draft = await draftOf(run, { status: "failure", at, bytes: null, files: null, error, advice: null });
    const told = await emit(draft, failOrphanedRunChange(run, at, error));
    if (told) log.warn("a run was given up", { runId: run.id, workerId: run.workerId });
  }
}

/** Tells of runs that ended while nobody could be told. */
export async function emitMissingRunEvents(): Promise<void> {
  for (const run of await runsWithoutEvent())
    await emit(await draftOf(run, runSnapshot(run)), linkRunEventChange(run.id));
}
