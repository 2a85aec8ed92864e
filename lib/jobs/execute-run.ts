import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { findJob, isManaged } from "@/db/queries/jobs";
import type { RunRow } from "@/db/stores/runs";
import { redactor } from "@/lib/secrets/redact";
import { backUp } from "./backup";
import { backUpConfiguration } from "./config/backup";
import type { IoFor } from "./contract";
import { restore } from "./restore";
import { testRestore } from "./restore-test";
import { RunError, startError, toRunError } from "./run-error";
import type { RunLog } from "./run-log";
import { cutError, type RunResult } from "./run-result";
import { installAdvice } from "./tool-packages";
import { toolsFor } from "./tools";
import { untilAborted } from "./until-aborted";

/** Without a limit of its own a run is ended after a day: something hangs. */
const DEFAULT_LIMIT_MINUTES = 24 * 60;
/** The longest delay that a timer takes. */
const MAX_TIMER_MS = 2_147_483_647;
/** How long an ended run may take to stop its tools and clean up before it is settled all the same, milliseconds. */
const CLEANUP_MS = 15_000;
/** The same while Belfry itself stops and has only seconds. */
const STOPPING_CLEANUP_MS = 4_000;

export interface ExecutionOptions {
  workRoot: string;
  /** Milliseconds of one minute of a time limit. */
  minuteMs: number;
  /** See `CLEANUP_MS`. */
  cleanupMs?: number;
}

/**
 * Executes one attempt of any run. Always resolves with a result, never throws.
 * @param controller ends the run from outside, with a RunError as the reason
 */
export async function executeRun(
  run: RunRow,
  controller: AbortController,
  log: RunLog,
  { workRoot, minuteMs, cleanupMs = CLEANUP_MS }: ExecutionOptions,
): Promise<RunResult> {
  const workDir = join(workRoot, `${run.id}-${run.attempts}`);
  const { signal } = controller;
  let limit: NodeJS.Timeout | undefined;
  const ioFor: IoFor = (secrets) => {
    const redact = redactor(secrets);
    return {
      signal,
      tools: toolsFor({ signal, redact, adviceFor: installAdvice }),
      log: (line) => log.line(redact(line)),
      workDir,
    };
  };
  try {
    await mkdir(workDir, { recursive: true, mode: 0o700 });
    const whole = run.kind === "backup" ? await findJob(run.jobId ?? "") : null;
    limit = startTimeLimit(controller, whole?.job.timeLimitMinutes ?? DEFAULT_LIMIT_MINUTES, minuteMs);
    return await untilCleanedUp(signal, cleanupMs, async () => {
      if (run.kind === "restore") return await restore(run, ioFor);
      if (run.kind === "restore_test") return await testRestore(run, ioFor);
      if (run.kind === "config_backup") return await backUpConfiguration(run, ioFor);
      if (!whole) throw startError("The job was deleted.");
      if (!isManaged(whole)) throw startError("Another program executes this job; Belfry only receives its reports.");
      return await backUp(run, whole, ioFor);
    });
  } catch (error) {
    // The signal's reason says why a run was stopped; what the stopped tools said does not.
    const runError = toRunError(signal.aborted ? signal.reason : error);
    log.line(runError.message);
    if (runError.advice) log.line(runError.advice);
    return failedResult(runError);
  } finally {
    clearTimeout(limit);
    // Ends any tool that is still running.
    if (!signal.aborted) controller.abort(new RunError("The run is over.", { kind: "interrupted" }));
    await rm(workDir, { recursive: true, force: true }).catch(() => undefined);
  }
}

function startTimeLimit(controller: AbortController, minutes: number, minuteMs: number): NodeJS.Timeout {
  const end = () =>
    controller.abort(
      new RunError(`The run took longer than its time limit of ${minutes} min.`, { kind: "time_limit" }),
    );
  return setTimeout(end, Math.min(minutes * minuteMs, MAX_TIMER_MS));
}

/** An aborted run gets time to stop its tools in order; work that hangs beyond that is left. */
async function untilCleanedUp<T>(signal: AbortSignal, cleanupMs: number, work: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const lastMoment = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    const isStopping = toRunError(signal.reason).kind === "interrupted";
    const delay = isStopping ? Math.min(cleanupMs, STOPPING_CLEANUP_MS) : cleanupMs;
    timer = setTimeout(() => lastMoment.abort(signal.reason), delay);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await untilAborted(lastMoment.signal, work);
  } finally {
    signal.removeEventListener("abort", onAbort);
    clearTimeout(timer);
  }
}

function failedResult(error: RunError): RunResult {
  return {
    status: error.kind === "canceled" ? "canceled" : "failure",
    bytes: null,
    files: null,
    error: cutError(error.message),
    advice: error.advice,
    kind: error.kind,
  };
}
