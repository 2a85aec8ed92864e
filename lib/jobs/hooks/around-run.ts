import { mkdir, rm } from "node:fs/promises";
import type { JobWithParts, ManagedJob } from "@/db/queries/jobs";
import type { RunRow } from "@/db/stores/runs";
import { HOOK_MOMENT_TEXT, HOOK_MOMENTS, type HookMoment, type JobHooks } from "@/lib/core/hook";
import type { ListedProgram } from "@/lib/operator/program-list";
import { RunError, startError, toRunError } from "../run-error";
import type { RunLog } from "../run-log";
import { cutError, type RunResult } from "../run-result";
import { upTo } from "../until-aborted";
import { forgetHookProcess, noteHookProcess } from "./hook-processes";
import { readHookList } from "./list";
import { runHook } from "./run-hook";
import { type HookFacts, hookVariables, readHookFacts } from "./variables";

/** What all hooks together may take once Belfry itself stops and has only seconds, milliseconds. */
const STOPPING_MS = 2_000;
const REMOVAL_MS = 2_000;

export interface HookedRun {
  run: RunRow;
  whole: JobWithParts<ManagedJob>;
  hooks: JobHooks;
  log: RunLog;
  /** Ends the run from outside: what runs before the backup, and the backup, end with it. */
  signal: AbortSignal;
  /** Aborts when Belfry stops. */
  stopping: AbortSignal;
  /** A folder of their own, which is removed afterwards. */
  folder: string;
}

/**
 * Executes an attempt with the hooks of its job around it. What a hook says afterwards never replaces how the backup
 * ended: it is added, and makes a warning of a success. Never throws.
 */
export async function executeWithHooks(hooked: HookedRun, backUp: () => Promise<RunResult>): Promise<RunResult> {
  const { folder, log } = hooked;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const around = await Around.open(hooked);
    const result = (await around.before()) ?? (await backUp());
    return withProblems(result, await around.after(result));
  } catch (error) {
    return failedByHooks(error, log);
  } finally {
    await upTo(REMOVAL_MS, () => rm(folder, { recursive: true, force: true }));
  }
}

class Around {
  private constructor(
    private readonly hooked: HookedRun,
    private readonly facts: HookFacts,
    private readonly programs: ReadonlyMap<string, ListedProgram>,
    /** Why some of the hooks cannot run. */
    private readonly problem: RunError | null,
  ) {}

  static async open(hooked: HookedRun): Promise<Around> {
    const [facts, list] = await Promise.all([readHookFacts(hooked.run, hooked.whole), readHookList()]);
    if ("problem" in list) return new Around(hooked, facts, new Map(), startError(list.problem));
    return new Around(hooked, facts, list.programs, missing(hooked.hooks, list.programs));
  }

  /** Runs the hooks before the backup; the first that fails ends them. @returns the result where there is to be no backup */
  async before(): Promise<RunResult | null> {
    const { hooks, log, signal } = this.hooked;
    try {
      if (this.problem) throw this.problem;
      for (const name of hooks.before) {
        const end = await this.one(name, "before", null, signal);
        if (end?.kind === "soft") {
          const reason = `The hook ${name}, which runs before the backup, skipped it (exit code 75).`;
          log.line(reason);
          return { ...nothing("canceled", reason), reasonCode: "skipped" };
        }
        if (end?.kind === "failed") throw hookError(name, "before", end.reason);
      }
      return null;
    } catch (error) {
      return failedByHooks(signal.aborted ? signal.reason : error, log);
    }
  }

  /** Runs what follows the attempt; each hook runs whatever the others do. @returns a sentence for each that failed */
  async after(result: RunResult): Promise<string[]> {
    const { hooks, stopping, log } = this.hooked;
    const stop = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const onStop = () => {
      const reason = new RunError("Belfry was stopped", { kind: "interrupted" });
      timer = setTimeout(() => stop.abort(reason), STOPPING_MS);
    };
    if (stopping.aborted) onStop();
    else stopping.addEventListener("abort", onStop, { once: true });
    const problems: string[] = [];
    try {
      for (const moment of this.momentsAfter(result)) {
        for (const name of hooks[moment]) {
          const reason = await this.reasonOf(name, moment, result, stop.signal);
          if (reason === null) continue;
          const { message } = hookError(name, moment, reason);
          log.line(message);
          problems.push(message);
        }
      }
      return problems;
    } finally {
      clearTimeout(timer);
      stopping.removeEventListener("abort", onStop);
    }
  }

  /** A failure that another attempt follows is not the run's yet. */
  private momentsAfter({ status, kind }: RunResult): HookMoment[] {
    const { run, whole } = this.hooked;
    if (status === "canceled") return ["after"];
    const isFinal = status !== "failure" || kind === "interrupted" || kind === "canceled";
    return isFinal || run.attempts > whole.job.retries ? [status, "after"] : ["after"];
  }

  private async reasonOf(
    name: string,
    moment: HookMoment,
    result: RunResult,
    signal: AbortSignal,
  ): Promise<string | null> {
    try {
      const end = await this.one(name, moment, result, signal);
      if (end === null || end.kind === "ok") return null;
      return end.kind === "soft" ? "it ended with exit code 75" : end.reason;
    } catch (error) {
      return toRunError(error).message.replace(/\.$/, "");
    }
  }

  /** @returns null for one that is not on the list, of which the run's own error says so */
  private async one(name: string, moment: HookMoment, result: RunResult | null, signal: AbortSignal) {
    const program = this.programs.get(name);
    if (!program) return null;
    signal.throwIfAborted();
    const { log, folder } = this.hooked;
    log.line(`Hook ${name}, ${HOOK_MOMENT_TEXT[moment]}`);
    const variables = hookVariables(this.facts, name, moment, result, log.recent());
    const note = { runId: this.hooked.run.id, name, moment };
    noteHookProcess(folder, { ...note, pid: null });
    try {
      return await runHook(program, variables, log, {
        signal,
        cwd: folder,
        onStart: (pid) => noteHookProcess(folder, { ...note, pid }),
      });
    } finally {
      forgetHookProcess(folder);
    }
  }
}

function missing(hooks: JobHooks, programs: ReadonlyMap<string, unknown>): RunError | null {
  const lost = HOOK_MOMENTS.flatMap((moment) =>
    hooks[moment].filter((name) => !programs.has(name)).map((name) => `${name} (${HOOK_MOMENT_TEXT[moment]})`),
  );
  if (lost.length === 0) return null;
  const what = lost.length === 1 ? "A hook of the job is" : "Hooks of the job are";
  return startError(
    `${what} not on this server's list of hooks any more: ${lost.join(", ")}. No backup was made.`,
    "Have the server's operator put it back on the list, or take it out of the job.",
  );
}

function hookError(name: string, moment: HookMoment, reason: string): RunError {
  return new RunError(`The hook ${name}, which runs ${HOOK_MOMENT_TEXT[moment]}, failed: ${reason}.`);
}

function nothing(status: RunResult["status"], error: string): RunResult {
  return { status, bytes: null, files: null, error: cutError(error), advice: null, kind: null };
}

/** The result of an attempt that could not go on. */
export function failedByHooks(error: unknown, log: RunLog): RunResult {
  const { message, advice, kind } = toRunError(error);
  log.line(message);
  if (advice) log.line(advice);
  return { ...nothing(kind === "canceled" ? "canceled" : "failure", message), advice, kind };
}

function withProblems(result: RunResult, problems: string[]): RunResult {
  if (problems.length === 0) return result;
  const error = cutError([...(result.error ? [result.error] : []), ...problems].join("\n"));
  return { ...result, status: result.status === "success" ? "warning" : result.status, error };
}
