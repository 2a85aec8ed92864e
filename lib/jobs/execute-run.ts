import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { findJob, isManaged } from "@/db/queries/jobs";
import { noteArtifactPath } from "@/db/stores/artifact-path";
import { noteRunProgress } from "@/db/stores/run-progress";
import type { RunRow } from "@/db/stores/runs";
import { isRepositoryTask } from "@/lib/core/repository";
import { redactor } from "@/lib/secrets/redact";
import { backUp } from "./backup";
import { backUpConfiguration } from "./config/backup";
import type { IoFor } from "./contract";
import { executeHooked } from "./hooks/hooked-run";
import { checkIntegrity } from "./integrity-check";
import { ProgressMeter } from "./progress-meter";
import { runRepositoryTask } from "./repositories/tasks";
import { restore } from "./restore";
import { testRestore } from "./restore-test";
import { RunError, startError, toRunError } from "./run-error";
import type { RunLog } from "./run-log";
import { cutError, type RunResult } from "./run-result";
import { RunWatch } from "./run-watch";
import { executeSync, requireSyncOf } from "./sync/sync";
import { type LimitTimer, realTimer, TimeLimit } from "./time-limit";
import { installAdvice } from "./tool-packages";
import { toolsFor } from "./tools";
import { untilAborted, upTo } from "./until-aborted";

/** Without a limit of its own a run is ended after a day: something hangs. */
const DEFAULT_LIMIT_MINUTES = 24 * 60;
/** How long an ended run may take to stop its tools and clean up before it is settled all the same, milliseconds. */
const CLEANUP_MS = 12_000;
/** The same while Belfry itself stops and has only seconds. */
const STOPPING_CLEANUP_MS = 4_000;
/** How long is waited for what nobody waits for any longer, before it is said that it hangs, milliseconds. */
const LINGER_MS = 2_000;
const STOPPING_LINGER_MS = 300;

export interface ExecutionOptions {
  workRoot: string;
  /** Measures time limits. */
  limitTimer?: LimitTimer;
  /** See `CLEANUP_MS`. */
  cleanupMs?: number;
  /** See `LINGER_MS`. */
  lingerMs?: number;
  /** How often the progress of the run is noted, milliseconds. */
  progressMs?: number;
  /** Aborts when Belfry stops. */
  stopping?: AbortSignal;
}

/**
 * Executes one attempt of any run, and the hooks around it. Always resolves with a result, never throws, at the latest some seconds after
 * `cleanupMs` have passed since the run was ended.
 * @param controller ends the run from outside, with a RunError as the reason
 */
export function executeRun(
  run: RunRow,
  controller: AbortController,
  log: RunLog,
  options: ExecutionOptions,
): Promise<RunResult> {
  const around = {
    stopping: options.stopping ?? new AbortController().signal,
    folder: join(options.workRoot, `${run.id}-${run.attempts}-hooks`),
  };
  return executeHooked(run, controller, log, around, (own) => executeAttempt(run, own, log, options));
}

async function executeAttempt(
  run: RunRow,
  controller: AbortController,
  log: RunLog,
  { workRoot, limitTimer = realTimer, cleanupMs = CLEANUP_MS, lingerMs = LINGER_MS, progressMs }: ExecutionOptions,
): Promise<RunResult> {
  const workDir = join(workRoot, `${run.id}-${run.attempts}`);
  const { signal } = controller;
  const watch = new RunWatch((path) => noteArtifactPath(run.id, path));
  const progress = new ProgressMeter((figures) => noteRunProgress(run.id, run.workerId ?? "", figures), progressMs);
  const limit = new TimeLimit(controller, watch, limitTimer);
  limit.start(DEFAULT_LIMIT_MINUTES);
  const ioFor: IoFor = (secrets) => {
    const redact = redactor(secrets);
    const tools = watch.watched(toolsFor({ signal, redact, adviceFor: installAdvice, runId: run.id }));
    return { signal, tools, log: (line) => log.line(redact(line)), workDir, watch, progress };
  };
  try {
    return await untilCleanedUp(signal, cleanupMs, watch, async () => {
      await mkdir(workDir, { recursive: true, mode: 0o700 });
      if (run.kind === "restore") return await restore(run, ioFor);
      if (run.kind === "restore_test") return await testRestore(run, ioFor);
      if (run.kind === "integrity_check") return await checkIntegrity(run, ioFor);
      if (isRepositoryTask(run.kind)) return await runRepositoryTask(run, run.kind, ioFor);
      if (run.kind === "config_backup") return await backUpConfiguration(run, ioFor);
      if (run.kind === "sync") {
        const sync = await requireSyncOf(run);
        limit.start(sync.timeLimitMinutes ?? DEFAULT_LIMIT_MINUTES);
        return await executeSync(run, sync, ioFor);
      }
      const whole = await findJob(run.jobId ?? "");
      if (!whole) throw startError("The job was deleted.");
      if (!isManaged(whole)) throw startError("Another program executes this job; Belfry only receives its reports.");
      limit.start(whole.job.timeLimitMinutes ?? DEFAULT_LIMIT_MINUTES);
      return await backUp(run, whole, ioFor);
    });
  } catch (error) {
    return await failedResult(error, signal, watch, log, lingerMs);
  } finally {
    limit.end();
    const removalMs = isStopping(signal) ? STOPPING_LINGER_MS : LINGER_MS;
    // Ends any tool that is still running.
    if (!signal.aborted) controller.abort(new RunError("The run is over.", { kind: "interrupted" }));
    await upTo(removalMs, () => rm(workDir, { recursive: true, force: true }));
  }
}

/** What hung on after its run had been ended and had had its time to clean up. */
class HangingError extends Error {}

/** An aborted run gets time to stop its tools in order; work that hangs beyond that is left. @throws HangingError */
async function untilCleanedUp<T>(
  signal: AbortSignal,
  cleanupMs: number,
  watch: RunWatch,
  work: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const lastMoment = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    const delay = isStopping(signal) ? Math.min(cleanupMs, STOPPING_CLEANUP_MS) : cleanupMs;
    timer = setTimeout(() => lastMoment.abort(new HangingError(watch.current() ?? "its work")), delay);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await untilAborted(lastMoment.signal, work);
  } finally {
    signal.removeEventListener("abort", onAbort);
    clearTimeout(timer);
  }
}

/** The signal's reason says why a run was stopped; what the stopped tools said does not. Beside it stands what hangs. */
async function failedResult(
  error: unknown,
  signal: AbortSignal,
  watch: RunWatch,
  log: RunLog,
  lingerMs: number,
): Promise<RunResult> {
  const { message: reason, advice, kind } = toRunError(signal.aborted ? signal.reason : error);
  const isLeft = error instanceof HangingError;
  const hanging = isLeft
    ? error.message
    : signal.aborted
      ? await watch.settled(isStopping(signal) ? STOPPING_LINGER_MS : lingerMs)
      : null;
  const message = hanging ? `${reason} This did not end: ${hanging}.` : reason;
  log.line(message);
  if (advice) log.line(advice);
  return {
    // A run that was canceled and did not end is no canceled run: something is broken.
    status: kind === "canceled" && !isLeft ? "canceled" : "failure",
    bytes: null,
    files: null,
    error: cutError(message),
    advice,
    kind,
  };
}

function isStopping(signal: AbortSignal): boolean {
  return signal.aborted && toRunError(signal.reason).kind === "interrupted";
}
