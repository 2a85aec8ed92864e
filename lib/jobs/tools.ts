import { type ChildProcessByStdio, spawn } from "node:child_process";
import { constants, setPriority } from "node:os";
import { PassThrough, type Readable, type Writable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { runtimeValue } from "@/lib/core/runtime";
import { watchTool } from "./tool-watch";

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const STDOUT_KEPT = 1_000_000;
/** Output read ahead of a slow reader, bytes. */
const STDOUT_AHEAD = 64 * 1024;

export interface ToolOptions {
  /** Secrets go here or into a file of mode 0600, never into the arguments, which the process list shows. */
  env?: Record<string, string>;
  cwd?: string;
  stdin?: Readable;
  /** A tool without any output for so long is stopped; null: it prints nothing while it works. */
  silenceMs?: number | null;
  timeLimitMs?: number;
  /** Receives each line of standard error as it is printed, redacted. */
  onLine?: (line: string) => void;
}

export interface ToolEnd {
  code: number;
  /** Head and tail of standard error, redacted. */
  stderr: string;
}

export interface RunningTool {
  stdout: Readable;
  /** Resolves with any exit code; rejects when the tool could not start, was stopped, or was killed. */
  ended: Promise<ToolEnd>;
}

/** Tools as one run may use them. */
export interface Tools {
  start(tool: string, args: string[], options?: ToolOptions): RunningTool;
  /** Runs to its end and collects its output (at most 1 MB). */
  run(tool: string, args: string[], options?: ToolOptions): Promise<ToolEnd & { stdout: string }>;
}

/** A started tool whose output goes through pipes. */
export type ToolProcess = ChildProcessByStdio<Writable | null, Readable, Readable>;

/**
 * Tools bound to one run: stopped with it, its secrets redacted from all their output.
 * @param signal aborts with a RunError as its reason, which every tool then rejects with
 */
export function toolsFor(signal: AbortSignal, redact: (text: string) => string): Tools {
  const start = (tool: string, args: string[], options: ToolOptions = {}) =>
    startTool(tool, args, options, signal, redact);
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

function startTool(
  tool: string,
  args: string[],
  options: ToolOptions,
  signal: AbortSignal,
  redact: (text: string) => string,
): RunningTool {
  signal.throwIfAborted();
  // No shell, so that no argument has a meaning of its own; a process group, so that the whole tree can be ended.
  const child = spawn(tool, args, {
    cwd: options.cwd,
    env: environment(options.env),
    shell: false,
    detached: true,
    stdio: [options.stdin ? "pipe" : "ignore", "pipe", "pipe"],
  }) as ToolProcess;
  lowerPriority(child.pid);
  // Read from the first moment on: when a tool exits, Node discards what is left in a pipe that nobody reads yet.
  const stdout = new PassThrough({ highWaterMark: STDOUT_AHEAD });
  pipeline(child.stdout, stdout).catch(() => undefined);
  return { stdout, ended: watchTool(child, stdout, tool, options, signal, redact) };
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
