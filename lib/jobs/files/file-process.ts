import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { messageOf } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import { judgePlace } from "../places/judge-place";
import { type PlaceUse, readOwnPlaces } from "../places/own-places";
import { OUT_OF_REACH_ADVICE } from "../places/require-place";
import { otherPaths } from "../real-paths";
import { RunError, startError } from "../run-error";
import { assertAnswers, leaveBehind } from "./left-behind";
import type { FileRequest } from "./requests";
import { FILE_PROCESS_SCRIPT } from "./script";

const log = loggerOf("file-process");

/** How long a process may take to remove what it began, and to end, before it is left behind, milliseconds. */
const PATIENCE_MS = 1_500;
/** Bytes on their way to a process that writes. */
const WRITE_AHEAD = 1024 * 1024;
/** When a process that was left behind is killed: until then it removes what it began once the disk answers again. */
const GIVE_UP_MS = 60_000;
const SCRIPT = FILE_PROCESS_SCRIPT.replace("GIVE_UP_MS", String(GIVE_UP_MS));

/** Where a file process works, and for whom. */
export interface FileScope {
  /** The folder that may hang as a whole: of a destination, of a source. */
  root: string;
  /** Ends the process; its reason is what callers get. */
  signal: AbortSignal;
  /** What the root is used for: it is checked each time once it is open. Not given: nothing in it is written or kept. */
  use?: PlaceUse;
  /** Writes one line to the run's log. */
  log?(line: string): void;
}

type Message =
  | { event: "opened" }
  | { event: "seen"; shown: string; real: string; ids: string[] }
  | { event: "discarded" }
  | { event: "answer"; value: unknown }
  | { event: "failed"; code?: string; message: string; path?: string };

interface Settlers<T> {
  promise: Promise<T>;
  resolve(value: T): void;
  reject(reason: unknown): void;
}

/**
 * One operation on files in a process of its own. A disk that hangs holds up only that process: file operations of
 * this process share four threads with name lookups, cryptography and compression, and four that hang stop them all.
 */
export class FileProcess {
  private readonly child: ChildProcess;
  private readonly openedOnce = settlers<void>();
  private readonly answeredOnce = settlers<unknown>();
  private readonly exited: Promise<void>;
  private ending: Promise<boolean> | null = null;
  private hasExited = false;
  private isDiscarded = false;
  private failure: unknown = null;
  private rejectWrite: ((reason: unknown) => void) | null = null;

  /** @throws RunError when an earlier process still hangs in the same folder; the signal's reason once it has aborted */
  constructor(
    private readonly request: FileRequest,
    private readonly scope: FileScope,
  ) {
    scope.signal.throwIfAborted();
    assertAnswers(scope.root);
    const { op } = request;
    this.child = spawn(process.execPath, ["-e", SCRIPT], {
      cwd: "/",
      // Nothing of Belfry's own environment is needed.
      env: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8" } as unknown as NodeJS.ProcessEnv,
      detached: true,
      stdio: [op === "write" ? "pipe" : "ignore", op === "read" ? "pipe" : "ignore", "ignore", "ipc"],
    });
    const onAbort = () => void this.end();
    scope.signal.addEventListener("abort", onAbort, { once: true });
    this.exited = new Promise((resolve) => {
      const onExit = () => {
        this.hasExited = true;
        scope.signal.removeEventListener("abort", onAbort);
        resolve();
      };
      this.child.once("exit", onExit);
      this.child.once("error", (error) => {
        onExit();
        this.fail(startError(`Node.js could not be started for the files in ${scope.root}: ${messageOf(error)}`));
      });
    });
    this.child.once("close", (code, signal) =>
      this.fail(scope.signal.aborted ? scope.signal.reason : endedError(scope.root, code, signal)),
    );
    this.child.on("message", (message: Message) => this.receive(message));
    // An input that was closed early is reported by the message or the end of the process.
    this.child.stdin?.on("error", () => undefined);
    this.child.stdout?.on("error", () => undefined);
    this.child.send({ ...request, root: scope.root, isGuarded: scope.use !== undefined }, () => undefined);
  }

  /** Resolves once the file to be written or read is open. @throws the system's error, or the signal's reason */
  get opened(): Promise<void> {
    return this.openedOnce.promise;
  }

  /** What was asked for. @throws the system's error, or the signal's reason */
  get answer(): Promise<unknown> {
    return this.answeredOnce.promise;
  }

  /** The bytes of the file that is read, for one reader. */
  get output(): Readable | null {
    return this.child.stdout;
  }

  /** Lets the bytes of the file that is read come. Until then nothing is in the pipe of `output`. */
  start(): void {
    this.child.send({ op: "start" }, () => undefined);
  }

  /** Passes on bytes of the file that is written. @returns what to wait for while much is still on its way */
  write(chunk: Uint8Array): Promise<void> | undefined {
    if (this.failure !== null) return Promise.reject(this.failure);
    const { stdin } = this.child;
    if (this.ending === null && stdin && stdin.writableLength < WRITE_AHEAD) {
      stdin.write(chunk);
      return undefined;
    }
    return new Promise((resolve, reject) => {
      this.rejectWrite = reject;
      // When it fails, the end of the process says why. Node reports success of what a closed input swallowed.
      this.child.stdin?.write(chunk, (error) => {
        if (!error && this.ending === null) resolve();
      });
    });
  }

  /** Makes the file durable and visible under its name. @param bytes how many were written */
  async finish(bytes: number): Promise<void> {
    this.child.send({ op: "finish", bytes }, () => undefined);
    this.child.stdin?.end();
    await this.answer;
  }

  /**
   * Ends the process. One that writes first removes what it began.
   * @returns whether nothing of its work is left, as far as it is known
   */
  end(): Promise<boolean> {
    this.ending ??= this.endNow();
    return this.ending;
  }

  private async endNow(): Promise<boolean> {
    const { child } = this;
    const scope = this.scope;
    const reason = scope.signal.aborted ? scope.signal.reason : new RunError("The file was closed.");
    if (!this.hasExited) {
      const cleansUp = this.request.op === "write" || this.request.op === "probe";
      if (!cleansUp || !child.connected) child.kill("SIGKILL");
      else child.send({ op: "discard" }, () => undefined);
    }
    child.stdin?.destroy();
    child.stdout?.destroy();
    if (await within(this.exited, PATIENCE_MS)) this.fail(reason);
    // What hangs stays pending for as long as it hangs, so that a run can say so.
    else this.leave(reason);
    return this.isDiscarded;
  }

  private leave(reason: unknown): void {
    const { child, scope } = this;
    const pid = child.pid ?? 0;
    leaveBehind(scope.root, pid, this.exited);
    log.warn("left a process behind that waits for a disk", { pid, root: scope.root, operation: this.request.op });
    scope.log?.(`${scope.root} does not answer: process ${pid} still waits for it and is left behind`);
    const timer = setTimeout(() => child.kill("SIGKILL"), GIVE_UP_MS);
    timer.unref();
    void this.exited.then(() => {
      clearTimeout(timer);
      this.fail(reason);
    });
    child.unref();
    child.channel?.unref();
  }

  private receive(message: Message): void {
    if (message.event === "opened") this.openedOnce.resolve();
    else if (message.event === "seen") void this.judge(message);
    else if (message.event === "discarded") this.isDiscarded = true;
    else if (message.event === "answer") {
      this.failure ??= new RunError("The file was closed.");
      this.answeredOnce.resolve(message.value);
    } else {
      const { code, message: text, path } = message;
      this.isDiscarded = true;
      this.fail(Object.assign(new Error(text), { code, path }));
    }
  }

  /** Lets the process go on with the folder that it has opened, or ends it. */
  private async judge({ shown, real, ids }: Extract<Message, { event: "seen" }>): Promise<void> {
    try {
      const own = await readOwnPlaces();
      const place = { shown, paths: [real, ...otherPaths(real, own.mounts)], ids, isFile: false };
      const refusal = judgePlace(this.scope.use ?? "store", place, own);
      if (refusal === null) return void this.child.send({ op: "go" }, () => undefined);
      this.fail(startError(refusal, OUT_OF_REACH_ADVICE));
    } catch (error) {
      this.fail(error);
    }
    void this.end();
  }

  private fail(error: unknown): void {
    if (this.failure !== null) return;
    this.failure = error;
    this.openedOnce.reject(error);
    this.answeredOnce.reject(error);
    this.rejectWrite?.(error);
  }
}

function endedError(root: string, code: number | null, signal: string | null): RunError {
  return new RunError(`The process that works on ${root} was ended from outside (${signal ?? `exit code ${code}`}).`, {
    advice: signal === "SIGKILL" ? "The machine may have run out of memory: check the kernel's log." : null,
  });
}

function settlers<T>(): Settlers<T> {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  // Not every caller waits for both.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

async function within(promise: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  const isDone = await Promise.race([promise.then(() => true as const), late]);
  clearTimeout(timer);
  return isDone;
}
