import { findJob } from "@/db/queries/jobs";
import { settleCanceledRun } from "@/db/stores/cancel-run";
import type { RunRow } from "@/db/stores/runs";
import { requeueRun, settleRunChange, skipRunChange } from "@/db/stores/settle-run";
import { loggerOf } from "@/lib/core/logger";
import { emit } from "@/lib/dispatch/emit";
import { INTERRUPTED } from "./orphaned-runs";
import { repeatInterruptedRun } from "./repeat-run";
import { runEventDraft } from "./run-events";
import type { RunResult } from "./run-result";

const log = loggerOf("runner");

export interface SettlementOptions {
  workerId: string;
  /** Milliseconds before the attempt after this one. */
  retryDelayMs: (attempts: number) => number;
}

/** Writes the result of an attempt: canceled, queued for a retry, or settled together with its event. */
export async function settleRun(run: RunRow, result: RunResult, options: SettlementOptions): Promise<void> {
  const at = Date.now();
  const { workerId } = options;
  const { status, bytes, files, archives, deleted, advice } = result;
  if (result.reasonCode === "skipped") {
    await settleSkippedRun(run, result, workerId, at);
    return;
  }
  if (status === "canceled") {
    await settleCanceledRun(run.id, workerId, at, result.error ?? "Canceled.");
    return;
  }
  const isInterrupted = result.kind === "interrupted";
  // A run that was canceled and hung is not tried again.
  const mayRetry = status === "failure" && !isInterrupted && result.kind !== "canceled";
  const error = isInterrupted ? INTERRUPTED : result.error;
  if (mayRetry && (await requeueForRetry(run, error, advice, options))) return;
  const draft = await runEventDraft(run, {
    status,
    at,
    bytes,
    files,
    deleted,
    contents: result.contents,
    error,
    advice,
  });
  const emitted = await emit(
    draft,
    settleRunChange({ runId: run.id, workerId, at, status, bytes, files, archives, deleted, error, advice }),
  );
  if (emitted && isInterrupted) await repeatInterruptedRun(run);
  if (!emitted) log.warn("dropped the result of a run that was settled already", { runId: run.id, status });
}

/** Who takes warnings is notified; no alert opens or resolves. */
async function settleSkippedRun(run: RunRow, { error }: RunResult, workerId: string, at: number): Promise<void> {
  const reason = error ?? "Skipped.";
  const draft = await runEventDraft(run, { ...NO_BACKUP, status: "canceled", at, error: reason });
  if (await emit(draft, skipRunChange({ id: run.id, workerId }, at, reason))) return;
  log.warn("dropped the result of a run that was settled already", { runId: run.id, status: "canceled" });
}

const NO_BACKUP = { bytes: null, files: null, advice: null } as const;

/** Nobody is notified of an attempt that another one follows. @returns false when it was the last */
async function requeueForRetry(
  run: RunRow,
  error: string | null,
  advice: string | null,
  { workerId, retryDelayMs }: SettlementOptions,
): Promise<boolean> {
  const allowed = run.kind === "backup" && run.jobId ? ((await findJob(run.jobId))?.job.retries ?? 0) : 0;
  if (run.attempts > allowed) return false;
  const notBefore = Date.now() + retryDelayMs(run.attempts);
  if (await requeueRun(run.id, workerId, { notBefore, error: error ?? "", advice })) return true;
  // A person canceled it at the moment it failed.
  return await settleCanceledRun(run.id, workerId, Date.now(), "Canceled.");
}
