import { settingValue } from "@/db/queries/dispatch";
import { findJob, isManaged } from "@/db/queries/jobs";
import { newRun } from "@/db/stores/new-run";
import { queueRunOnce, type RunRow } from "@/db/stores/runs";
import { loggerOf } from "@/lib/core/logger";

const log = loggerOf("runner");

/** The key of the general settings. */
const GENERAL_SETTINGS = "general";

/**
 * Queues a backup again that a stop of Belfry interrupted: once, when the settings do not say otherwise and its job
 * is still enabled. Its failure was recorded and notified all the same. Never throws.
 */
export async function repeatInterruptedRun(run: RunRow): Promise<void> {
  try {
    const repetition = await repetitionOf(run);
    if (!repetition || !(await queueRunOnce(repetition))) return;
    log.info("repeating an interrupted run", { runId: run.id, as: repetition.id });
  } catch (error) {
    log.error("failed to repeat an interrupted run", { runId: run.id, error });
  }
}

async function repetitionOf(run: RunRow): Promise<RunRow | null> {
  if (run.kind !== "backup" || run.jobId === null || run.params.repeats !== undefined) return null;
  const settings = await settingValue<{ repeatsInterruptedRuns?: unknown }>(GENERAL_SETTINGS);
  if (settings?.repeatsInterruptedRuns === false) return null;
  const whole = await findJob(run.jobId);
  if (!whole?.job.enabled || !isManaged(whole)) return null;
  return newRun({
    kind: "backup",
    jobId: run.jobId,
    name: run.name,
    trigger: run.trigger,
    actorName: run.actorName,
    params: { repeats: run.id },
    queuedAt: Date.now(),
  });
}
