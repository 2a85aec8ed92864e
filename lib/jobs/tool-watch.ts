import { existsSync } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { HeadTailBuffer } from "./head-tail-buffer";
import { isRunError, RunError, startError } from "./run-error";
import type { ToolBinding, ToolEnd, ToolOptions, ToolProcess } from "./tool-io";

const STDERR_KEPT = 16_000;
const LINE_KEPT = 8_000;
/** Between SIGTERM and SIGKILL to a process group. */
const GRACE_MS = 5_000;
/** The same while Belfry itself stops and has only seconds. */
const STOPPING_GRACE_MS = 2_000;
/** How long a tool's own children may hold its pipes open after it has exited. */
const LINGER_MS = 2_000;
const SILENCE_MS = 30 * 60_000;

/** Follows a started tool to its end, and stops it when its run ends, it is silent for too long, or its time is up. */
export function watchTool(
  child: ToolProcess,
  stdout: Readable,
  tool: string,
  options: ToolOptions,
  binding: ToolBinding,
): Promise<ToolEnd> {
  const ended = new ToolWatch(child, stdout, tool, options, binding).follow(binding.signal);
  // A reader of the output may give up first; the rejection is still its to await.
  ended.catch(() => undefined);
  return ended;
}

class ToolWatch {
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly stderr = new HeadTailBuffer(STDERR_KEPT, STDERR_KEPT);
  private stopReason: unknown = null;
  private lastOutputAt = performance.now();
  private unfinishedLine = "";

  constructor(
    private readonly child: ToolProcess,
    private readonly stdout: Readable,
    private readonly tool: string,
    private readonly options: ToolOptions,
    private readonly binding: ToolBinding,
  ) {}

  follow(signal: AbortSignal): Promise<ToolEnd> {
    const child = this.child;
    const { options } = this;
    const onAbort = () => this.stop(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    this.feedInput();
    this.limitSilence();
    this.limitTime();
    this.collectErrors();
    const finish = () => {
      signal.removeEventListener("abort", onAbort);
      for (const timer of this.timers) clearTimeout(timer);
      this.passOn([this.unfinishedLine]);
    };
    return new Promise<ToolEnd>((resolve, reject) => {
      child.on("error", (error: NodeJS.ErrnoException) => {
        finish();
        child.stdout.destroy();
        reject(spawnError(this.tool, options.cwd, error, this.binding.adviceFor(this.tool)));
      });
      child.on("exit", () => {
        // Its own children may outlive it and hold the pipes open. What is left in them is still read to its end.
        this.timers.push(setTimeout(() => signalGroup(child.pid, "SIGKILL"), LINGER_MS));
      });
      child.on("close", (code, killedBy) => {
        finish();
        if (this.stopReason) reject(this.stopReason);
        else if (killedBy || code === null) reject(killedError(this.tool, killedBy));
        else resolve({ code, stderr: this.binding.redact(this.stderr.text()).trim() });
      });
    });
  }

  private stop(reason: unknown): void {
    if (this.stopReason) return;
    this.stopReason = reason;
    const { child } = this;
    signalGroup(child.pid, "SIGTERM");
    const grace = isRunError(reason) && reason.kind === "interrupted" ? STOPPING_GRACE_MS : GRACE_MS;
    const kill = () => {
      signalGroup(child.pid, "SIGKILL");
      // A process that left the group may still hold the pipes; its output no longer matters.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    this.timers.push(setTimeout(kill, grace));
  }

  private feedInput(): void {
    const { child, options } = this;
    if (!options.stdin || !child.stdin) return;
    pipeline(options.stdin, child.stdin).catch((error: NodeJS.ErrnoException) => {
      // A tool that ends early closes its input; its exit code says why. Input that breaks off is an error of the run.
      if (!/^(EPIPE|ECONNRESET|ERR_STREAM_PREMATURE_CLOSE|ERR_STREAM_DESTROYED)$/.test(error.code ?? ""))
        this.stop(error);
    });
  }

  private limitSilence(): void {
    const { child, options } = this;
    const silenceMs = options.silenceMs === undefined ? SILENCE_MS : options.silenceMs;
    if (silenceMs === null) return;
    let read = 0;
    const check = () => {
      const { bytesRead = 0 } = child.stdout as Readable & { bytesRead?: number };
      // Output that waits for a slow reader is not silence.
      if (bytesRead !== read || this.stdout.readableLength > 0) this.lastOutputAt = performance.now();
      read = bytesRead;
      if (performance.now() - this.lastOutputAt < silenceMs) return;
      this.stop(new RunError(`${this.tool} printed nothing for ${formatMinutes(silenceMs)}.`, { kind: "silent" }));
    };
    this.timers.push(setInterval(check, Math.min(10_000, silenceMs / 4)));
  }

  private limitTime(): void {
    const limit = this.options.timeLimitMs;
    if (limit === undefined) return;
    const end = () =>
      this.stop(new RunError(`${this.tool} took longer than ${formatMinutes(limit)}.`, { kind: "time_limit" }));
    this.timers.push(setTimeout(end, limit));
  }

  private collectErrors(): void {
    const { child } = this;
    child.stderr.setEncoding("utf8");
    child.stderr.on("data", (text: string) => {
      this.lastOutputAt = performance.now();
      this.stderr.add(text);
      const lines = (this.unfinishedLine + text).split(/\r?\n|\r/);
      this.unfinishedLine = (lines.pop() ?? "").slice(0, LINE_KEPT);
      this.passOn(lines);
    });
  }

  private passOn(lines: string[]): void {
    for (const line of lines) if (line.trim()) this.options.onLine?.(this.binding.redact(line));
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // No process of the group is left.
  }
}

function spawnError(
  tool: string,
  cwd: string | undefined,
  error: NodeJS.ErrnoException,
  advice: string | null,
): RunError {
  // A missing working folder and a missing tool are the same error to the system.
  if (error.code === "ENOENT" && cwd !== undefined && !existsSync(cwd)) {
    return startError(`The folder ${cwd} does not exist.`, null, error);
  }
  if (error.code === "ENOENT") return startError(`${tool} is not installed.`, advice, error);
  return startError(`${tool} could not be started: ${error.message}`, null, error);
}

function killedError(tool: string, signal: NodeJS.Signals | null): RunError {
  return new RunError(`${tool} was ended from outside (${signal ?? "no exit code"}).`, {
    advice: signal === "SIGKILL" ? "The machine may have run out of memory: check the kernel's log." : null,
    cause: signal,
  });
}

function formatMinutes(ms: number): string {
  return ms >= 60_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 100) / 10} s`;
}
