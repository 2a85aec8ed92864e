import type { Dirent } from "node:fs";
import { opendir } from "node:fs/promises";
import { systemCode } from "../run-error";
import { untilAborted } from "../until-aborted";

/** Entries of one folder that are looked at together. */
const BATCH = 256;
const SLASH = Buffer.from("/");

/** What a walk found, by its path below the root. Names on Linux are bytes; as text they may be inexact. */
export interface WalkedEntry {
  path: Buffer;
  text: string;
  kind: "file" | "directory" | "link" | "socket" | "other";
}

interface WalkOptions {
  /** Ends the walk at once, also while a file system hangs. */
  signal: AbortSignal;
  /** Whether to go into a folder. */
  enters(entry: WalkedEntry): boolean;
  /** A folder that cannot be listed; empty text: the root. */
  onUnreadable(folder: string, error: unknown): void;
}

/**
 * Walks everything below a folder and follows no link. Holds one batch of entries and the folders yet to come.
 * @throws the signal's reason
 */
export async function* walk(root: string | Buffer, options: WalkOptions): AsyncGenerator<WalkedEntry[]> {
  const rootPath = typeof root === "string" ? Buffer.from(root) : root;
  const folders: Buffer[] = [Buffer.alloc(0)];
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    const below: Buffer[] = [];
    for await (const batch of batches(rootPath, folder, options)) {
      yield batch;
      for (const entry of batch) if (entry.kind === "directory" && options.enters(entry)) below.push(entry.path);
    }
    for (let next = below.pop(); next; next = below.pop()) folders.push(next);
  }
}

async function* batches(root: Buffer, folder: Buffer, { signal, onUnreadable }: WalkOptions) {
  try {
    // The types know names as bytes for `readdir` only, which would hold a whole folder in memory.
    const open = opendir as unknown as (
      path: Buffer,
      options: object,
    ) => Promise<{ read(): Promise<Dirent<Buffer> | null>; close(): Promise<void> }>;
    const opened = await untilAborted(
      signal,
      () => open(joined(root, folder), { encoding: "buffer", bufferSize: BATCH }),
      (late) => late.close(),
    );
    try {
      let batch: WalkedEntry[] = [];
      for (;;) {
        const entry = await untilAborted(signal, () => opened.read());
        if (entry) batch.push(walked(folder, entry));
        if (batch.length >= BATCH || (!entry && batch.length > 0)) {
          yield batch;
          batch = [];
        }
        if (!entry) break;
      }
    } finally {
      // Closing waits for a read that hangs.
      opened.close().catch(() => undefined);
    }
  } catch (error) {
    signal.throwIfAborted();
    // Gone since its parent was read, or replaced: there is nothing to walk.
    if (["ENOENT", "ENOTDIR"].includes(systemCode(error)) && folder.length > 0) return;
    if (!systemCode(error)) throw error;
    onUnreadable(folder.toString(), error);
  }
}

function walked(folder: Buffer, entry: Dirent<Buffer>): WalkedEntry {
  const path = joined(folder, entry.name);
  return { path, text: path.toString(), kind: kindOf(entry) };
}

function kindOf(entry: Dirent<Buffer>): WalkedEntry["kind"] {
  if (entry.isFile()) return "file";
  if (entry.isDirectory()) return "directory";
  if (entry.isSymbolicLink()) return "link";
  return entry.isSocket() ? "socket" : "other";
}

function joined(folder: Buffer, name: Buffer): Buffer {
  if (folder.length === 0) return name;
  return name.length === 0 ? folder : Buffer.concat([folder, SLASH, name]);
}
