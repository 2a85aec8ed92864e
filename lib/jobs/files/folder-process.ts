import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { messageOf } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import { judgePlace } from "../places/judge-place";
import { readOwnPlaces } from "../places/own-places";
import { OUT_OF_REACH_ADVICE } from "../places/require-place";
import { otherPaths } from "../real-paths";
import { RunError, startError } from "../run-error";
import { untilAborted } from "../until-aborted";
import type { FileScope } from "./file-process";
import { FOLDER_PROCESS_SCRIPT } from "./folder-script";
import { assertAnswers, leaveBehind } from "./left-behind";

const log = loggerOf("folder-process");

/** Where files are written before they get their names, below the folder that they are written to. */
export const PARTS_NAME = ".belfry-parts";

const SCRIPT = FOLDER_PROCESS_SCRIPT.replaceAll("PARTS_NAME", JSON.stringify(PARTS_NAME));
/** In place of a frame's length: the file ends in the middle. */
const BROKEN = 0xffffffff;
const HEAD_BYTES = 4;
/** Bytes on their way to the process. */
const WRITE_AHEAD = 1024 * 1024;
/** How long a process that was killed may take to be gone, milliseconds. */
const PATIENCE_MS = 1_500;

/** Something in a folder. */
export interface FolderEntry {
  name: string;
  /** `odd`: its name is no UTF-8. `closed`: it may not be looked at. */
  kind: "file" | "folder" | "link" | "other" | "odd" | "closed";
  bytes: number;
  /** Its times of modification and of change, nanoseconds: `1700000000000000001.1700000000000000002`. */
  stamp: string;
}

/** What a file was like at a moment. */
export type FileState = Pick<FolderEntry, "bytes" | "stamp">;

export interface FolderBatch {
  entries: FolderEntry[];
  /** Whether these are the last. */
  isAll: boolean;
}

interface Answers {
  list: FolderBatch;
  more: FolderBatch;
  missing: string[];
  read: { before: FileState; after: FileState };
  write: FileState | null;
  remove: boolean;
  tidy: number;
}

type Request =
  | { op: "list"; path: string }
  | { op: "more" }
  | { op: "missing"; paths: string[] }
  | { op: "read"; path: string }
  | { op: "write"; base: string; path: string }
  | { op: "remove"; base: string; path: string }
  | { op: "tidy"; base: string };

type Message =
  | { event: "opened" }
  | { event: "seen"; shown: string; real: string; ids: string[] }
  | { event: "answer"; value: unknown }
  | { event: "failed"; code?: string; message: string; path?: string };

interface Waiting {
  resolve(value: unknown): void;
  reject(reason: unknown): void;
  onOpened?(): void;
}

/**
 * A folder that is worked on for longer, in a process of its own: a disk that hangs holds up only that process, and many
 * small files do not need a process each. One request at a time; the caller waits for each. Paths are below the root.
 */
export class FolderProcess {
  private readonly child: ChildProcess;
  private waiting: Waiting | null = null;
  private failure: unknown = null;
  private readonly exited: Promise<void>;
  private readonly input: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  private constructor(private readonly scope: FileScope) {
    scope.signal.throwIfAborted();
    assertAnswers(scope.root);
    this.child = spawn(process.execPath, ["-e", SCRIPT], {
      cwd: "/",
      // Nothing of Belfry's own environment is needed.
      env: { PATH: "/usr/bin:/bin", LANG: "C.UTF-8" } as unknown as NodeJS.ProcessEnv,
      detached: true,
      stdio: ["pipe", "pipe", "ignore", "ipc"],
    });
    const onAbort = () => void this.close();
    scope.signal.addEventListener("abort", onAbort, { once: true });
    this.exited = new Promise((resolve) => {
      const onExit = () => {
        scope.signal.removeEventListener("abort", onAbort);
        this.fail(scope.signal.aborted ? scope.signal.reason : endedError(scope.root));
        resolve();
      };
      this.child.once("exit", onExit);
      this.child.once("error", (error) => {
        this.fail(startError(`Node.js could not be started for the files in ${scope.root}: ${messageOf(error)}`));
        onExit();
      });
    });
    this.child.on("message", (message: Message) => this.receive(message));
    this.child.stdin?.on("error", () => undefined);
    this.child.stdout?.on("error", () => undefined);
    this.input = (this.child.stdout as Readable)[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** @throws the system's error, the signal's reason, or a RunError when the folder is out of reach */
  static async open(scope: FileScope): Promise<FolderProcess> {
    const process = new FolderProcess(scope);
    try {
      await process.send({ op: "open", root: scope.root, isGuarded: scope.use !== undefined });
      return process;
    } catch (error) {
      void process.close();
      throw error;
    }
  }

  /** @throws the system's error with its `code`, or the signal's reason */
  async ask<R extends Exclude<Request, { op: "read" | "write" }>>(request: R): Promise<Answers[R["op"]]> {
    return (await this.send(request)) as Answers[R["op"]];
  }

  /**
   * Reads a file. @param take gets its bytes, and is waited for
   * @returns what it was like before its first byte was read and after its last
   */
  async read(path: string, take: (chunk: Buffer) => Promise<void>): Promise<Answers["read"]> {
    let onOpened: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => {
      onOpened = resolve;
    });
    const answer = this.send({ op: "read", path }, onOpened) as Promise<Answers["read"]>;
    await Promise.race([opened, answer]);
    let failure: { error: unknown } | null = null;
    for (let length = await this.nextLength(); length !== 0 && length !== BROKEN; length = await this.nextLength()) {
      const chunk = await this.nextBytes(length);
      // The rest comes all the same.
      if (!failure) await take(chunk).catch((error: unknown) => (failure = { error }));
    }
    const state = await answer;
    if (failure) throw (failure as { error: unknown }).error;
    return state;
  }

  /** Begins a file that is written below a folder: `base/path`. It has its name only once `end` has resolved. */
  write(base: string, path: string): FolderWrite {
    const answer = this.send({ op: "write", base, path }) as Promise<FileState | null>;
    answer.catch(() => undefined);
    // A frame behind the end of a file would be taken for the first of the next one, and what follows for nothing at all.
    let isEnded = false;
    const frame = async (length: number, bytes?: Uint8Array) => {
      const head = Buffer.alloc(HEAD_BYTES);
      head.writeUInt32BE(length);
      await this.pass(bytes ? Buffer.concat([head, bytes]) : head);
    };
    return {
      write: (chunk) => (chunk.byteLength > 0 ? frame(chunk.byteLength, chunk) : Promise.resolve()),
      async end(sha256) {
        isEnded = true;
        await frame(0, Buffer.from(sha256, "hex"));
        const state = await answer;
        if (!state) throw new RunError("The file was broken off.");
        return state;
      },
      async breakOff() {
        if (!isEnded) await frame(BROKEN);
        isEnded = true;
        await answer.catch(() => undefined);
      },
    };
  }

  /** Ends the process, whatever it does. Never throws. */
  async close(): Promise<void> {
    const { child, scope } = this;
    child.kill("SIGKILL");
    child.stdin?.destroy();
    child.stdout?.destroy();
    const isGone = await untilAborted(AbortSignal.timeout(PATIENCE_MS), () => this.exited).then(
      () => true,
      () => false,
    );
    if (isGone) return;
    const pid = child.pid ?? 0;
    leaveBehind(scope.root, pid, this.exited);
    log.warn("left a process behind that waits for a disk", { pid, root: scope.root });
    scope.log?.(`${scope.root} does not answer: process ${pid} still waits for it and is left behind`);
    child.unref();
    child.channel?.unref();
  }

  private send(message: object, onOpened?: () => void): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.failure !== null) return reject(this.failure);
      if (this.waiting) return reject(new Error("A folder process does one thing at a time."));
      this.waiting = { resolve, reject, onOpened };
      this.child.send(message, () => undefined);
    });
  }

  private receive(message: Message): void {
    const { waiting } = this;
    if (message.event === "seen") void this.judge(message);
    else if (message.event === "opened") waiting?.onOpened?.();
    else {
      this.waiting = null;
      const { event } = message;
      if (event === "answer") waiting?.resolve(message.value);
      else waiting?.reject(Object.assign(new Error(message.message), { code: message.code, path: message.path }));
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
    void this.close();
  }

  private fail(error: unknown): void {
    this.failure ??= error;
    this.waiting?.reject(this.failure);
    this.waiting = null;
  }

  private pass(bytes: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      const { stdin } = this.child;
      if (this.failure !== null || !stdin) return reject(this.failure);
      // When it fails, the end of the process says why.
      const wait = () => void this.exited.then(() => reject(this.failure));
      if (stdin.writableLength < WRITE_AHEAD) {
        stdin.write(bytes);
        return resolve();
      }
      wait();
      stdin.write(bytes, (error) => (error ? undefined : resolve()));
    });
  }

  private async nextLength(): Promise<number> {
    return (await this.nextBytes(HEAD_BYTES)).readUInt32BE();
  }

  private async nextBytes(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      if (this.rest.length === 0) this.rest = await this.nextChunk();
      const part = this.rest.subarray(0, missing);
      this.rest = this.rest.subarray(part.length);
      parts.push(part);
      missing -= part.length;
    }
    const [only] = parts;
    return parts.length === 1 && only ? only : Buffer.concat(parts);
  }

  private async nextChunk(): Promise<Buffer> {
    const next = await this.input.next().catch(() => ({ done: true as const, value: undefined }));
    if (!next.done) return next.value;
    await this.exited;
    throw this.failure;
  }
}

/** A file that is being written. */
export interface FolderWrite {
  write(chunk: Uint8Array): Promise<void>;
  /** On disk, compared and under its name when this resolves. @param sha256 of its bytes, in hex */
  end(sha256: string): Promise<FileState>;
  /** Leaves nothing of it. */
  breakOff(): Promise<void>;
}

function endedError(root: string): RunError {
  return new RunError(`The process that works on ${root} was ended from outside.`, {
    advice: "The machine may have run out of memory: check the kernel's log.",
  });
}
