import { databaseNow } from "@/db/database-clock";
import { runningWorkerRuns, runsWithoutEvent } from "@/db/queries/runs";
import { settleCanceledRun } from "@/db/stores/cancel-run";
import type { RunRow } from "@/db/stores/runs";
import { failOrphanedRunChange, linkRunEventChange } from "@/db/stores/settle-run";
import { loggerOf } from "@/lib/core/logger";
import { emit } from "@/lib/dispatch/emit";
import { repeatInterruptedRun } from "./repeat-run";
import { runEventDraft, settledSnapshot } from "./run-events";
import { RunLog } from "./run-log";
import { plainFailureDraft, settlePlainly } from "./settle-plainly";
import { halfWritten } from "./stray-files";
import { canPass } from "./until-stored";

const log = loggerOf("runner");

/** How long after its last heartbeat nothing of a run can be unknown, milliseconds. */
const KNOWN_MS = 10 * 60_000;

export const INTERRUPTED = "The run was interrupted: Belfry was stopped while it ran.";
const ORPHANED = "The run was interrupted: the process that executed it no longer responds.";

/**
 * Fails runs whose worker is gone, with their events. A run that a person asked to cancel is canceled instead; one
 * that was interrupted with this worker is repeated once, where the settings say so.
 * Runs that a client or another program executes have no worker and are left alone.
 * @param workerId this worker: a run of it that is not active was left by its predecessor
 * @param isActive whether this process executes a run
 * @param deadBefore a worker whose heartbeat is older than this is dead; by the database's clock, milliseconds
 * @throws only when the database fails
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
    if (run.cancelRequestedAt !== null) {
      await settleCanceledRun(run.id, run.workerId, Date.now(), "Canceled.");
      continue;
    }
    try {
      // One that has ended meanwhile is none.
      if (!(await failOrphan(run, isOwn ? INTERRUPTED : ORPHANED))) continue;
    } catch (error) {
      // A defect in the event of one run must not keep the others running for ever.
      if (canPass(error)) throw error;
      await settlePlainly(run, isOwn ? INTERRUPTED : ORPHANED, error);
    }
    if (isOwn) await repeatInterruptedRun(run);
  }
}

async function failOrphan(run: RunRow, error: string): Promise<boolean> {
  const at = Date.now();
  const draft = await runEventDraft(run, { status: "failure", at, bytes: null, files: null, error, advice: null });
  const left = leftBy(run, databaseNow());
  const emitted = await emit(draft, failOrphanedRunChange(run, at, error, left));
  if (!emitted) return false;
  log.warn("failed an orphaned run", { runId: run.id, workerId: run.workerId });
  if (left !== run.artifactPath) {
    const runLog = await RunLog.open(run.id);
    runLog.line(
      `Left ${run.artifactPath} where it may be: it is not known how the run went on after its last heartbeat`,
    );
    await runLog.flush();
  }
  return true;
}

/**
 * What is to be removed of what an orphaned run stored. Long after its last heartbeat that is only what is half written: the
 * database may be an earlier copy that was restored, and the run have made its backup in what came after.
 * @param now by the database's clock, milliseconds
 */
function leftBy({ kind, artifactPath, heartbeatAt, repositoryId }: RunRow, now: number): string | null {
  const isStored = kind === "backup" || kind === "config_backup";
  if (artifactPath === null || !isStored || now - (heartbeatAt ?? now) <= KNOWN_MS) return artifactPath;
  return repositoryId === null ? halfWritten(artifactPath) : null;
}

/** Emits the events of runs that were settled without one: a crash, or a defect, came between the two. */
export async function emitMissingRunEvents(): Promise<void> {
  for (const run of await runsWithoutEvent()) {
    try {
      await emit(await runEventDraft(run, settledSnapshot(run)), linkRunEventChange(run.id));
    } catch (error) {
      if (canPass(error)) throw error;
      log.error("failed to emit the missing event of a run, emitting a plain one", { runId: run.id, error });
      if (run.status === "failure") await emitPlainly(run);
    }
  }
}

async function emitPlainly(run: RunRow): Promise<void> {
  const draft = plainFailureDraft(run, run.finishedAt ?? Date.now(), run.error ?? "The run failed.");
  await emit(draft, linkRunEventChange(run.id)).catch((error: unknown) => {
    if (canPass(error)) throw error;
    log.error("failed to emit the missing event of a run", { runId: run.id, error });
  });
}
