import { createHash } from "node:crypto";
import type { SyncedFileRow } from "@/db/stores/synced-files";
import type { DestinationTree, StoredState, TreeUpload } from "../contract";
import type { FileState, FolderProcess } from "../files/folder-process";
import { isRunError, systemCode } from "../run-error";
import { untilAborted } from "../until-aborted";
import type { Pool } from "./pool";
import { readFailure, type SyncTally } from "./tally";
import { printablePath, type SourceFile } from "./walk";

/** Files up to so many bytes are read as a whole, and several are uploaded at a time. */
const SMALL_BYTES = 1024 * 1024;
/** How often a file that changes while it is read is read again. */
const TRIES = 3;
/** How often a file that the destination did not take is sent. */
const SENDS = 2;
/**
 * A file that was changed so shortly before it was read could change once more without another time: file systems count
 * in steps of up to two seconds.
 */
const SETTLED_NS = 2_000_000_000n;

export interface TransferOptions {
  syncId: string;
  source: FolderProcess;
  tree: DestinationTree;
  pool: Pool;
  tally: SyncTally;
  signal: AbortSignal;
  /** Notes what is at the destination now. */
  note(row: SyncedFileRow): Promise<void>;
}

/** What was read of a file. */
interface Read {
  sha256: string;
  bytes: number;
  stamp: string;
}

/** Copies files one after the other; small ones are uploaded while the next ones are read. */
export class Transfer {
  constructor(private readonly options: TransferOptions) {}

  /**
   * Copies a file, unless it turns out to be the one that is stored. A problem of this file alone is noted.
   * @param known what was stored of it, where that is still at the destination as it was
   * @throws RunError when the destination takes nothing any more, or the run ends
   */
  async copy(file: SourceFile, known: SyncedFileRow | null): Promise<void> {
    const { signal, tally } = this.options;
    try {
      if (file.bytes <= SMALL_BYTES) await this.copySmall(file, known);
      else await this.copyLarge(file, known);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SourceProblem) this.noteProblem(file, error);
      else if (error instanceof DestinationProblem) tally.failedFile(file.path, error.cause);
      else throw error;
    }
  }

  private noteProblem({ path }: SourceFile, { cause }: SourceProblem): void {
    const { tally } = this.options;
    if (["ENOENT", "ENOTDIR"].includes(systemCode(cause))) tally.vanished++;
    else tally.problem(`${printablePath(path)} was not stored: ${readFailure(path, cause)}`);
  }

  private async copySmall(file: SourceFile, known: SyncedFileRow | null): Promise<void> {
    const { pool, tally, signal } = this.options;
    let chunks: Buffer[] = [];
    const read = await this.readSettled(
      file,
      async (chunk) => void chunks.push(chunk),
      async () => {
        chunks = [];
      },
    );
    if (known && isSame(read, known)) return await this.noteSame(known, read);
    const bytes = Buffer.concat(chunks);
    await pool.add(async () => {
      try {
        const stored = await this.send(file.path, read.sha256, (upload) => upload.write(bytes));
        await this.noteStored(file, read, stored);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof DestinationProblem)) throw error;
        tally.failedFile(file.path, error.cause);
      }
    });
  }

  private async copyLarge(file: SourceFile, known: SyncedFileRow | null): Promise<void> {
    // Reading costs less than sending: a file that was only touched is not sent again.
    if (known && known.bytes === file.bytes) {
      const read = await this.readSettled(file, async () => undefined);
      if (isSame(read, known)) return await this.noteSame(known, read);
    }
    for (let attempt = 1; ; attempt++) {
      try {
        const [read, stored] = await this.readIntoUpload(file);
        return await this.noteStored(file, read, stored);
      } catch (error) {
        this.options.signal.throwIfAborted();
        if (!(error instanceof DestinationProblem) || attempt >= SENDS) throw error;
      }
    }
  }

  /** Sends a file while it is read. One that changes meanwhile is begun anew. */
  private async readIntoUpload(file: SourceFile): Promise<[Read, StoredState]> {
    let upload = await this.create(file.path);
    let isOver = false;
    try {
      const read = await this.readSettled(
        file,
        (chunk) => atDestination(this.ended(upload.write(chunk))),
        async () => {
          await upload.discard();
          upload = await this.create(file.path);
        },
      );
      const stored = await atDestination(this.ended(upload.finish(read.sha256)));
      isOver = true;
      return [read, stored];
    } finally {
      if (!isOver) await upload.discard();
    }
  }

  private async send(path: string, sha256: string, write: (upload: TreeUpload) => Promise<void>): Promise<StoredState> {
    for (let attempt = 1; ; attempt++) {
      let upload: TreeUpload | null = null;
      try {
        upload = await this.create(path);
        await atDestination(this.ended(write(upload)));
        const stored = await atDestination(this.ended(upload.finish(sha256)));
        return stored;
      } catch (error) {
        await upload?.discard();
        this.options.signal.throwIfAborted();
        if (!(error instanceof DestinationProblem) || attempt >= SENDS) throw error;
      }
    }
  }

  private create(path: string): Promise<TreeUpload> {
    const { tree, signal } = this.options;
    return atDestination(
      untilAborted(
        signal,
        () => tree.create(path),
        (late) => late.discard(),
      ),
    );
  }

  private ended<T>(work: Promise<T>): Promise<T> {
    return untilAborted(this.options.signal, () => work);
  }

  /**
   * Reads a file until it was the same before and after.
   * @param again before it is read once more
   * @throws SourceProblem when it keeps changing or cannot be read; what `take` throws
   */
  private async readSettled(
    { path }: SourceFile,
    take: (chunk: Buffer) => Promise<void>,
    again: () => Promise<void> = async () => undefined,
  ): Promise<Read> {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      if (attempt > 1) await again();
      const startedAt = BigInt(Date.now()) * 1_000_000n;
      const hash = createHash("sha256");
      let bytes = 0;
      const { before, after } = await this.options.source
        .read(path, async (chunk) => {
          hash.update(chunk);
          bytes += chunk.byteLength;
          await take(chunk);
        })
        .catch((error: unknown) => {
          if (error instanceof DestinationProblem || (isRunError(error) && error.kind !== "failed")) throw error;
          throw new SourceProblem("The file cannot be read.", { cause: error });
        });
      if (before.stamp !== after.stamp || before.bytes !== after.bytes || after.bytes !== bytes) continue;
      return { sha256: hash.digest("hex"), bytes, stamp: settledStamp(after, startedAt) };
    }
    throw new SourceProblem("The file keeps changing.", { cause: keepsChanging(path) });
  }

  private async noteStored({ path }: SourceFile, read: Read, { bytes, mark }: StoredState): Promise<void> {
    const { syncId, tally, note } = this.options;
    tally.storedFile(bytes);
    await note({ syncId, path, bytes, stamp: read.stamp, sha256: read.sha256, mark, missingSince: null });
  }

  private async noteSame(known: SyncedFileRow, { stamp }: Read): Promise<void> {
    this.options.tally.unchanged++;
    await this.options.note({ ...known, stamp, missingSince: null });
  }
}

/** A file could not be read: the others can. */
class SourceProblem extends Error {}
/** A file could not be stored. */
class DestinationProblem extends Error {}

async function atDestination<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new DestinationProblem("The destination failed.", { cause: error });
  }
}

const isSame = (read: Read, known: SyncedFileRow) => read.sha256 === known.sha256 && read.bytes === known.bytes;

function keepsChanging(path: string): Error {
  return Object.assign(new Error(`it changed each time while it was read`), { path });
}

/** @returns the times of a file; empty when it could still change within them */
function settledStamp({ stamp }: FileState, startedAt: bigint): string {
  return stamp.split(".").every((time) => BigInt(time) + SETTLED_NS < startedAt) ? stamp : "";
}
