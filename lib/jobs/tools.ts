import { spawn } from "node:child_process";
import { constants, setPriority } from "node:os";
import { PassThrough, type Readable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { runtimeValue } from "@/lib/core/runtime";
import { isRunError, RunError } from "./run-error";
import { RUN_VARIABLE } from "./run-processes";
import type {
  PipedFile,
  RunningTool,
  ToolBinding,
  ToolEnd,
  ToolFilter,
  ToolOptions,
  ToolProcess,
  Tools,
} from "./tool-io";
import { watchTool } from "./tool-watch";
import { upTo } from "./until-aborted";

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const GZIP_WARNING = 2;
const STDOUT_KEPT = 1_000_000;
/** Output read ahead of a slow reader, bytes. */
const STDOUT_AHEAD = 256 * 1024;
/** How long what writes a tool's input may take to end after the tool has, milliseconds. */
const INPUT_LINGER_MS = 2_000;

/** Tools bound to one run: stopped with it, its secrets redacted from all their output. */
export function toolsFor(binding: ToolBinding): Tools {
  const start = (tool: string, args: string[], options: ToolOptions = {}) => startTool(tool, args, options, binding);
  return {
    start,
    async run(tool, args, options) {
      const { stdout, ended } = start(tool, args, options);
      let text = "";
      stdout.setEncoding("utf8");
      stdout.on("data", (chunk: string) => {
        if (text.length < STDOUT_KEPT) text += chunk;
      });
      const read = finished(stdout).catch(() => undefined);
      const end = await ended;
      await read;
      return { ...end, stdout: text };
    },
  };
}

function startTool(tool: string, args: string[], options: ToolOptions, binding: ToolBinding): RunningTool {
  binding.signal.throwIfAborted();
  const { filter, piped } = options;
  const running = filter
    ? startFiltered(tool, args, { ...options, filter }, binding)
    : startAlone(tool, args, options, binding);
  if (!piped) return running;
  return { stdout: running.stdout, ended: endOfPiped(piped, running.ended) };
}

function startAlone(tool: string, args: string[], options: ToolOptions, binding: ToolBinding): RunningTool {
  return follow(spawnFed(tool, args, options, { ...options, runId: binding.runId }), tool, options, binding);
}

function startFiltered(
  tool: string,
  args: string[],
  { filter, ...options }: ToolOptions & { filter: ToolFilter },
  binding: ToolBinding,
): RunningTool {
  const { stdin } = options;
  const first = spawnFed(filter.tool, filter.args, {}, { ...options, runId: binding.runId });
  // Without a process there is no pipe to hand on.
  if (first.pid === undefined) return follow(first, filter.tool, { stdin }, binding);
  const second = spawnTool(tool, args, options, { input: first.stdout, runId: binding.runId });
  // In the same turn as its start, so that nothing of it is read here.
  first.stdout.destroy();
  const filtered = watchTool(first, first.stdout, filter.tool, { stdin, silenceMs: null }, binding);
  const { stdout, ended } = follow(second, tool, { ...options, stdin: undefined }, binding);
  const endFilter = () => void first.kill("SIGPIPE");
  // It may wait for input that nobody needs any more.
  ended.then(({ code }) => code !== 0 && endFilter(), endFilter);
  return { stdout, ended: endOfBoth(filter.tool, filtered, ended) };
}

/** Starts a tool that reads what `input` names. */
function spawnFed(
  tool: string,
  args: string[],
  options: ToolOptions,
  { stdin, piped, runId }: Pick<ToolOptions, "stdin" | "piped"> & Pick<ToolBinding, "runId">,
): ToolProcess {
  const child = spawnTool(tool, args, options, { input: piped?.pipe ?? (stdin ? "pipe" : "ignore"), runId });
  if (!piped) return child;
  // In the same turn as its start: it is the tool's alone from here on.
  piped.pipe.destroy();
  piped.start();
  return child;
}

/** @param from.input where its standard input comes from */
function spawnTool(
  tool: string,
  args: string[],
  options: ToolOptions,
  { input, runId }: { input: "pipe" | "ignore" | Readable; runId: string | undefined },
): ToolProcess {
  // No shell, so that no argument has a meaning of its own; a process group, so that the whole tree can be ended.
  const child = spawn(tool, args, {
    cwd: options.cwd,
    env: environment({ ...(runId && { [RUN_VARIABLE]: runId }), ...options.env }),
    shell: false,
    detached: true,
    stdio: [input, "pipe", "pipe", ...(options.folders ?? [])],
  }) as ToolProcess;
  lowerPriority(child.pid);
  if (child.pid !== undefined) options.onStart?.(child.pid);
  return child;
}

function follow(child: ToolProcess, tool: string, options: ToolOptions, binding: ToolBinding): RunningTool {
  // Read from the first moment on: when a tool exits, Node discards what is left in a pipe that nobody reads yet.
  const stdout = new PassThrough({ highWaterMark: STDOUT_AHEAD });
  pipeline(child.stdout, stdout).catch(() => undefined);
  return { stdout, ended: watchTool(child, stdout, tool, options, binding) };
}

/** The end of a tool behind a filter. A filter that failed explains whatever the tool says about its input. */
function endOfBoth(filter: string, filtered: Promise<ToolEnd>, ended: Promise<ToolEnd>): Promise<ToolEnd> {
  const both = (async () => {
    const [first, second] = await Promise.allSettled([filtered, ended]);
    const failure = filterFailure(filter, first);
    if (failure !== null) throw failure;
    if (second.status === "rejected") throw second.reason;
    return second.value;
  })();
  both.catch(() => undefined);
  return both;
}

/** The end of a tool whose input another process writes. What is wrong with the input explains whatever the tool says. */
function endOfPiped(piped: PipedFile, ended: Promise<ToolEnd>): Promise<ToolEnd> {
  const both = (async () => {
    try {
      const end = await ended;
      let failure: unknown = null;
      await upTo(INPUT_LINGER_MS, () =>
        piped.ended.catch((error) => {
          failure = error;
        }),
      );
      if (failure !== null) throw failure;
      return end;
    } finally {
      piped.discard();
    }
  })();
  both.catch(() => undefined);
  return both;
}

/** Why a filter failed; null: it did not, or its reader left it, which then says itself why. */
function filterFailure(filter: string, end: PromiseSettledResult<ToolEnd>): unknown {
  if (end.status === "rejected") return isRunError(end.reason) && end.reason.cause === "SIGPIPE" ? null : end.reason;
  const { code, stderr } = end.value;
  // gzip says nothing of a reader that left; zstd names the pipe. With bytes unread in it, the system calls it a reset.
  const isLeft = stderr === "" ? code === GZIP_WARNING : /Broken pipe|Connection reset by peer/.test(stderr);
  return code === 0 || isLeft ? null : new RunError(`${filter} failed: ${stderr || `exit code ${code}`}`);
}

/** Nothing of Belfry's own environment reaches a tool; messages are in English. */
function environment(more: Record<string, string> | undefined): NodeJS.ProcessEnv {
  const base = {
    PATH: runtimeValue("toolsPath") ?? DEFAULT_PATH,
    LANG: "C.UTF-8",
    LC_ALL: "C.UTF-8",
    HOME: "/nonexistent",
    ...more,
  };
  return base as unknown as NodeJS.ProcessEnv;
}

function lowerPriority(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already.
  }
}
