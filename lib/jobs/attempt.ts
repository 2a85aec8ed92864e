import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { findJob, isManaged } from "@/db/queries/jobs";
import type { RunRow } from "@/db/stores/runs";
import { redactor } from "@/lib/secrets/redact";
import { backUp, type IoFor } from "./backup";
import { backUpConfiguration } from "./config/backup";
import { cutError, type Outcome } from "./outcome";
import { restore } from "./restore";
import { RunError, startError, toRunError } from "./run-error";
import type { RunLog } from "./run-log";
import { toolsFor } from "./tools";

/** Without a limit of its own a run is ended after a day: something hangs. */
const DEFAULT_LIMIT_MINUTES = 24 * 60;
/** The longest that a timer takes. */
const MAX_TIMER_MS = 2_147_483_647;

/**
 * One attempt of any run. Whatever happens in it, it ends with an outcome; it never throws.
 * @param controller ends it from outside, with a RunError as the reason
 */
export async function attempt(
  run: RunRow,
  controller: AbortController,
  log: RunLog,
  { workRoot, minuteMs }: { workRoot: string; minuteMs: number },
): Promise<Outcome> {
  const workDir = join(workRoot, `${run.id}-${run.attempts}`);
  const { signal } = controller;
  let limit: NodeJS.Timeout | undefined;
  const ioFor: IoFor = (secrets) => {
    const redact = redactor(secrets);
    return { signal, tools: toolsFor(signal, redact), log: (line) => log.line(redact(line)), workDir };
  };
  try {
    await mkdir(workDir, { recursive: true, mode: 0o700 });
    signal.throwIfAborted();
    const whole = run.kind === "backup" ? await findJob(run.jobId ?? "") : null;
    const minutes = whole?.job.timeLimitMinutes ?? DEFAULT_LIMIT_MINUTES;
    limit = setTimeout(
      () =>
        controller.abort(
          new RunError(`The run took longer than its time limit of ${minutes} min.`, { kind: "time_limit" }),
        ),
      Math.min(minutes * minuteMs, MAX_TIMER_MS),
    );
    if (run.kind === "restore") return await restore(run, ioFor);
    if (run.kind === "config_backup") return await backUpConfiguration(run, ioFor);
    if (!whole) throw startError("The job is gone.");
    if (!isManaged(whole)) throw startError("Another program runs this job; Belfry only listens.");
    return await backUp(run, whole, ioFor);
  } catch (error) {
    // Our own flag says why a run was stopped; what the stopped tools said does not.
    const trouble = toRunError(signal.aborted ? signal.reason : error);
    log.line(trouble.message);
    if (trouble.advice) log.line(trouble.advice);
    return {
      status: trouble.kind === "canceled" ? "canceled" : "failure",
      bytes: null,
      files: null,
      error: cutError(trouble.message),
      advice: trouble.advice,
      kind: trouble.kind,
    };
  } finally {
    clearTimeout(limit);
    // Ends whatever tool still lives.
    if (!signal.aborted) controller.abort(new RunError("The run is over.", { kind: "interrupted" }));
    await rm(workDir, { recursive: true, force: true }).catch(() => undefined);
  }
}
