import type { ChildProcessByStdio } from "node:child_process";
import type { Readable, Writable } from "node:stream";

/** A tool between the input and another tool. What it prints goes straight to that one, not through this process. */
export interface ToolFilter {
  tool: string;
  args: string[];
}

/** A file that another process writes into a pipe, which can become a tool's input. */
export interface PipedFile {
  /** Nothing is in it before `start`. */
  pipe: Readable;
  /** Lets the bytes come. */
  start(): void;
  /** Resolves once all of them are in the pipe, or its reader has left. @throws why they are not */
  ended: Promise<unknown>;
  /** Starts, for a reader in this process: the stream fails where the bytes are not whole. */
  stream(): Readable;
  /** Ends it, started or not. */
  discard(): void;
}

export interface ToolOptions {
  /** Secrets go here or into a file of mode 0600, never into the arguments, which the process list shows. */
  env?: Record<string, string>;
  cwd?: string;
  stdin?: Readable;
  /** The input, in place of `stdin`, straight from its process. Where that fails, the tool has failed. */
  piped?: PipedFile;
  /** What the input passes first. Where it fails, the tool has failed. */
  filter?: ToolFilter;
  /** Open folders that the tool gets as its file descriptors from 3 on: it reaches them by `toolFolder`. */
  folders?: readonly number[];
  /** A tool without any output for so long is stopped; null: it prints nothing while it works. */
  silenceMs?: number | null;
  timeLimitMs?: number;
  /** Receives each line of standard error as it is printed, redacted. */
  onLine?: (line: string) => void;
  /** Receives its process, which is the first of a group of its own, in the turn in which it starts. */
  onStart?: (pid: number) => void;
}

/** The path, for a tool, of the open folder that it got as so many-th, from 0. */
export function toolFolder(index = 0): string {
  return `/proc/self/fd/${3 + index}`;
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

/** What to do about a missing tool, in a sentence; null: nothing is known. */
type ToolAdvice = (tool: string) => string | null;

/** What binds tools to one run. */
export interface ToolBinding {
  /** Aborts with a RunError as its reason, which every tool then rejects with. */
  signal: AbortSignal;
  /** Hides the secrets of the run. */
  redact(text: string): string;
  adviceFor: ToolAdvice;
  /** The run that they work for, by which they are found if Belfry is killed; left out: they end with their pipes. */
  runId?: string;
}
