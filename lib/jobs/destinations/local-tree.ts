import type { DestinationTree, TreeUpload } from "../contract";
import type { FileScope } from "../files/file-process";
import { FolderProcess, type FolderWrite } from "../files/folder-process";
import { folderError } from "./folder-error";

/**
 * A folder of a local destination, worked on by one process that does one thing after the other. A file is read again
 * before it gets its name.
 * @throws RunError
 */
export async function openLocalTree(scope: FileScope, base: string): Promise<DestinationTree> {
  const failed = (what: string) => (error: unknown) => {
    throw folderError(error, scope.root, what);
  };
  const process = await FolderProcess.open(scope).catch(failed(`The folder ${scope.root}`));
  const turns = new Turns();
  const inTurn = <T>(what: string, work: () => Promise<T>) => turns.take(work).catch(failed(what));
  return {
    list: (folder) =>
      inTurn(`The folder ${folder || base}`, () => listFiles(process, folder ? `${base}/${folder}` : base)),
    remove: (path) => inTurn(`The file ${path}`, () => process.ask({ op: "remove", base, path })),
    tidy: () => inTurn(`The folder ${base}`, () => process.ask({ op: "tidy", base })),
    close: () => process.close(),
    async create(path) {
      const release = await turns.wait();
      try {
        return uploadOf(process.write(base, path), release, failed(`The file ${path}`));
      } catch (error) {
        release();
        throw error;
      }
    },
  };
}

async function listFiles(process: FolderProcess, path: string) {
  const found: { name: string; bytes: number; mark: string }[] = [];
  try {
    let batch = await process.ask({ op: "list", path });
    for (;;) {
      for (const { name, kind, bytes, stamp } of batch.entries)
        if (kind === "file") found.push({ name, bytes, mark: markOf(stamp) });
      if (batch.isAll) return found;
      batch = await process.ask({ op: "more" });
    }
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return [];
    throw error;
  }
}

/** The time of modification alone: that of the last change also changes with rights. */
const markOf = (stamp: string) => stamp.split(".")[0] ?? "";

function uploadOf(file: FolderWrite, release: () => void, failed: (error: unknown) => never): TreeUpload {
  return {
    write: (chunk) => file.write(chunk).catch(failed),
    async finish(sha256) {
      try {
        const { bytes, stamp } = await file.end(sha256).catch(failed);
        return { bytes, mark: markOf(stamp) };
      } finally {
        release();
      }
    },
    async discard() {
      await file.breakOff().catch(() => undefined);
      release();
    },
  };
}

/** One after the other, in the order in which they asked. */
class Turns {
  private last: Promise<void> = Promise.resolve();

  /** @returns ends the turn; further calls do nothing */
  async wait(): Promise<() => void> {
    let release: () => void = () => undefined;
    const before = this.last;
    this.last = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    return release;
  }

  async take<T>(work: () => Promise<T>): Promise<T> {
    const release = await this.wait();
    try {
      return await work();
    } finally {
      release();
    }
  }
}
