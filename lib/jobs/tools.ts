import { type ChildProcessByStdio, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { PassThrough, type Readable, type Writable } from "node:stream";
import { finished, pipeline } from "node:stream/promises";
import { runtimeValue } from "@/lib/core/runtime";
import { HeadTailBuffer } from "./head-tail-buffer";
import { isRunError, RunError, startError } from "./run-error";
import { installAdvice } from "./tool-packages";

const DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const STDERR_KEPT = 16_000;
const STDOUT_KEPT = 1_000_000;
/** Output read ahead of a slow reader, bytes. */
const STDOUT_AHEAD = 64 * 1024;
/** Between the asking (TERM) and the forcing (KILL) end of a process group. */
const GRACE_MS = 5_000;
/** The same while Belfry itself stops and has only seconds. */
const STOPPING_GRACE_MS = 2_000;
/** How long a tool's own children may hold its pipes open after it is gone. */
const LINGER_MS = 2_000;
const SILENCE_MS = 30 * 60_000;

export interface ToolOptions {
  /** Secrets go here or into a file of mode 0600, never into the arguments: those stand in the process list. */
  env?: Record<string, string>;
  cwd?: string;
  stdin?: Readable;
  /** Without any output for so long the tool is stopped; null: it says nothing while it works. */
  silenceMs?: number | null;
  timeLimitMs?: number;
  /** Gets each line of standard error as it comes, redacted. */
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
  /** Runs to its end and collects what it printed (at most 1 MB). */
  run(tool: string, args: string[], options?: ToolOptions): Promise<ToolEnd & { stdout: string }>;
}

/**
 * Tools bound to one run: stopped with it, and its secrets struck out of all they say.
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

type Child = ChildProcessByStdio<Writable | null, Readable, Readable>;

function startTool(
  tool: string,
  args: string[],
  options: ToolOptions,
  signal: AbortSignal,
  redact: (text: string) => string,
): RunningTool {
  signal.throwIfAborted();
  // No shell, so nothing in the arguments means anything; a group of its own, so that the whole tree can be ended.
  const child: Child = spawn(tool, args, {
    cwd: options.cwd,
    env: environment(options.env),
    shell: false,
    detached: true,
    stdio: [options.stdin ? "pipe" : "ignore", "pipe", "pipe"],
  }) as Child;
  lowerPriority(child.pid);
  // Read from the first moment on: when a tool exits, Node throws away what is left in a pipe that nobody reads yet.
  const stdout = new PassThrough({ highWaterMark: STDOUT_AHEAD });
  pipeline(child.stdout, stdout).catch(() => undefined);
  return { stdout, ended: watch(child, stdout, tool, options, signal, redact) };
}

function watch(
  child: Child,
  stdout: Readable,
  tool: string,
  options: ToolOptions,
  signal: AbortSignal,
  redact: (text: string) => string,
): Promise<ToolEnd> {
  const ended = new Promise<ToolEnd>((resolve, reject) => {
    const stderr = new HeadTailBuffer(STDERR_KEPT, STDERR_KEPT);
    let stopped: unknown = null;
    const timers: NodeJS.Timeout[] = [];
    const stop = (reason: unknown) => {
      if (stopped) return;
      stopped = reason;
      signalGroup(child.pid, "SIGTERM");
      timers.push(
        setTimeout(
          () => {
            signalGroup(child.pid, "SIGKILL");
            // Whoever left the group may still hold the pipes; what it says no longer matters.
            child.stdout.destroy();
            child.stderr.destroy();
          },
          isRunError(reason) && reason.kind === "interrupted" ? STOPPING_GRACE_MS : GRACE_MS,
        ),
      );
    };
    const onAbort = () => stop(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });

    if (options.stdin && child.stdin) {
      pipeline(options.stdin, child.stdin).catch((error: NodeJS.ErrnoException) => {
        // A tool that ends early closes its input; its exit code tells why. Input that breaks off is our trouble.
        if (!/^(EPIPE|ECONNRESET|ERR_STREAM_PREMATURE_CLOSE|ERR_STREAM_DESTROYED)$/.test(error.code ?? "")) stop(error);
      });
    }

    let heardAt = Date.now();
    const silenceMs = options.silenceMs === undefined ? SILENCE_MS : options.silenceMs;
    if (silenceMs !== null) {
      let read = 0;
      timers.push(
        setInterval(
          () => {
            const { bytesRead = 0 } = child.stdout as Readable & { bytesRead?: number };
            // Output that waits for a slow reader is not silence.
            if (bytesRead !== read || stdout.readableLength > 0) heardAt = Date.now();
            read = bytesRead;
            if (Date.now() - heardAt < silenceMs) return;
            stop(new RunError(`${tool} gave no sign of life for ${minutes(silenceMs)}.`, { kind: "silent" }));
          },
          Math.min(10_000, silenceMs / 4),
        ),
      );
    }
    if (options.timeLimitMs !== undefined) {
      const limit = options.timeLimitMs;
      timers.push(
        setTimeout(
          () => stop(new RunError(`${tool} took longer than ${minutes(limit)}.`, { kind: "time_limit" })),
          limit,
        ),
      );
    }

    let line = "";
    child.stderr.setEncoding("utf8");
    child.stderr.on("data", (text: string) => {
      heardAt = Date.now();
      stderr.add(text);
      if (!options.onLine) return;
      const lines = (line + text).split(/\r?\n|\r/);
      line = (lines.pop() ?? "").slice(0, 8_000);
      for (const whole of lines) if (whole.trim()) options.onLine(redact(whole));
    });

    const finish = () => {
      signal.removeEventListener("abort", onAbort);
      for (const timer of timers) clearTimeout(timer);
      if (line.trim() && options.onLine) options.onLine(redact(line));
    };
    child.on("error", (error: NodeJS.ErrnoException) => {
      finish();
      child.stdout.destroy();
      reject(spawnError(tool, options.cwd, error));
    });
    child.on("exit", () => {
      // Its own children may outlive it and hold the pipes open. What waits in them is still read to its end.
      timers.push(setTimeout(() => signalGroup(child.pid, "SIGKILL"), LINGER_MS));
    });
    child.on("close", (code, killedBy) => {
      finish();
      if (stopped) reject(stopped);
      else if (killedBy || code === null) {
        reject(
          new RunError(`${tool} was ended from outside (${killedBy ?? "no exit code"}).`, {
            advice: killedAdvice(killedBy),
          }),
        );
      } else resolve({ code, stderr: redact(stderr.text()).trim() });
    });
  });
  // Whoever reads the output may give up first; the rejection is still theirs to await.
  ended.catch(() => undefined);
  return ended;
}

/** Nothing of Belfry's own environment reaches a tool; messages come in English. */
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

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody of the group is left.
  }
}

function spawnError(tool: string, cwd: string | undefined, error: NodeJS.ErrnoException): RunError {
  // A missing working folder and a missing tool are the same error to the system.
  if (error.code === "ENOENT" && cwd !== undefined && !existsSync(cwd)) {
    return startError(`The folder ${cwd} does not exist.`, null, error);
  }
  if (error.code === "ENOENT") return startError(`${tool} is not installed.`, installAdvice(tool), error);
  return startError(`${tool} could not be started: ${error.message}`, null, error);
}

function killedAdvice(signal: NodeJS.Signals | null): string | null {
  return signal === "SIGKILL" ? "Perhaps the machine ran out of memory: the kernel's log tells." : null;
}

function minutes(ms: number): string {
  return ms >= 60_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 100) / 10} s`;
}
