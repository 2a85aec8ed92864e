import type { FolderBatch, FolderEntry, FolderProcess } from "../files/folder-process";
import { isRunError, systemCode } from "../run-error";

/** Longer paths fit neither an object's name nor an index. */
const MOST_PATH_BYTES = 900;

/** A file of the folder that is copied. */
export interface SourceFile {
  /** Below that folder, with slashes. */
  path: string;
  name: string;
  bytes: number;
  stamp: string;
}

/** What a walk meets that is not copied. */
export interface WalkNotes {
  /** Links, devices, sockets, pipes: left out. @param path below the folder */
  leftOut(path: string, kind: "link" | "other" | "excluded"): void;
  /** What ought to be copied and cannot be. @param sentence with the path in it */
  problem(sentence: string): void;
  /** A folder that cannot be read: nobody knows what is missing in it. */
  closedFolder(path: string, error: unknown): void;
}

/** Files of one folder, a batch at a time. */
export interface WalkBatch {
  /** Below the folder that is copied; empty: that folder itself. */
  folder: string;
  files: SourceFile[];
}

/** What of a folder is not copied. */
export interface Skips {
  /** Never, and without a word. @param path below the folder */
  always(path: string): boolean;
  /** Because a pattern leaves it out. */
  byPattern(path: string, isFolder: boolean): boolean;
}

/**
 * Walks through a folder, links never followed: folder by folder, so that what is in memory does not grow with their number.
 * @param from a folder in it, where the walk begins; empty: all of it
 * @throws the system's error for the folder itself
 */
export async function* walkSource(
  source: FolderProcess,
  skips: Skips,
  notes: WalkNotes,
  from = "",
): AsyncGenerator<WalkBatch> {
  const waiting = [from];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    const found: string[] = [];
    try {
      let batch: FolderBatch = await source.ask({ op: "list", path: folder });
      for (;;) {
        yield { folder, files: filesOf(batch.entries, folder, { skips, notes, folders: found }) };
        if (batch.isAll) break;
        batch = await source.ask({ op: "more" });
      }
    } catch (error) {
      if (folder === "" || isRunError(error) || systemCode(error) === "") throw error;
      // It was there a moment ago: removed, or replaced by something else.
      if (!["ENOENT", "ENOTDIR", "ELOOP"].includes(systemCode(error))) notes.closedFolder(folder, error);
    }
    waiting.push(...found.reverse());
  }
}

function filesOf(
  entries: FolderEntry[],
  folder: string,
  { skips, notes, folders }: { skips: Skips; notes: WalkNotes; folders: string[] },
): SourceFile[] {
  const files: SourceFile[] = [];
  for (const { name, kind, bytes, stamp } of entries) {
    const path = folder ? `${folder}/${name}` : name;
    if (skips.always(path)) continue;
    if (skips.byPattern(path, kind === "folder")) notes.leftOut(path, "excluded");
    else if (kind === "link" || kind === "other") notes.leftOut(path, kind);
    else if (kind === "closed") notes.problem(`${printablePath(path)} may not be looked at.`);
    else if (kind === "odd" || !isStorable(name))
      notes.problem(`${printablePath(path)} has a name that no destination keeps.`);
    else if (kind === "folder") folders.push(path);
    else if (Buffer.byteLength(path) > MOST_PATH_BYTES)
      notes.problem(`${printablePath(path)} has a path of more than ${MOST_PATH_BYTES} bytes.`);
    else files.push({ path, name, bytes, stamp });
  }
  return files;
}

/** Control characters cannot be written in the lists of object storage, and in no sentence either. */
const isStorable = (name: string) => !/\p{Cc}/u.test(name);

const SHOWN_CHARS = 200;

/** A path as sentences show it. */
export function printablePath(path: string): string {
  const plain = path.replace(/\p{Cc}/gu, "?");
  return plain.length > SHOWN_CHARS ? `${plain.slice(0, SHOWN_CHARS)}…` : plain;
}
