import { accessSync, chmodSync, constants, readFileSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { AppError } from "@/lib/core/errors";
import { formatBytes } from "@/lib/core/format-units";
import { systemReason } from "@/lib/core/system-fault";
import { makeFolder } from "@/lib/jobs/make-folder";

interface Holder {
  pid: number;
  address: string;
  startedAt: string;
}

/** The file in the data folder that a server, or a command alone, holds locked. */
export const LOCK_FILE = "server.lock";

/**
 * Creates the data folder, readable by its owner alone.
 * @throws AppError `unavailable` when it cannot be used
 */
export async function openDataFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    chmodSync(folder, 0o700);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw unusable(folder, error);
  }
}

/**
 * Locks the data folder for this process. The operating system holds the lock (that of an empty SQLite file),
 * so it is released when the process ends, even after a crash, and works between containers that share the folder.
 * @param address where this server will listen; named in the error of a second server
 * @param patienceMs how long to wait for a holder that may be about to end: a command
 * @returns the function that releases the lock
 * @throws AppError `conflict` that names the holder, `unavailable` when the folder cannot be used
 */
export function lockDataFolder(folder: string, address: string, patienceMs = 0): () => void {
  const note = join(folder, "server.json");
  let lock: Database.Database | undefined;
  try {
    lock = new Database(join(folder, LOCK_FILE), { timeout: patienceMs });
    lock.pragma("journal_mode = MEMORY");
    lock.exec("BEGIN EXCLUSIVE");
    const holder: Holder = { pid: process.pid, address, startedAt: new Date().toISOString() };
    writeFileSync(note, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  } catch (error) {
    lock?.close();
    if ((error as { code?: string }).code !== "SQLITE_BUSY") throw unusable(folder, error);
    throw new AppError(
      "conflict",
      `Belfry already runs on the data folder ${folder}${holderOf(note)}. One server per folder.`,
    );
  }
  const held = lock;
  return () => held.close();
}

/** Below this a disk counts as full: SQLite needs a few pages to open a database at all. */
const LEAST_FREE_BYTES = 1_000_000;

/**
 * The error for something that failed because the disk of the data folder is full; null for any other.
 * SQLite calls a full disk an I/O error where it needs space for its own files.
 */
export function diskError(error: unknown, folder: string): AppError | null {
  const code = String((error as { code?: unknown } | null)?.code ?? "");
  const cause = (error as { cause?: unknown } | null)?.cause;
  if (!/^(ENOSPC|EDQUOT|SQLITE_(FULL|IOERR|CANTOPEN))/.test(code)) return cause ? diskError(cause, folder) : null;
  const free = freeBytes(folder);
  if (/^SQLITE_(IOERR|CANTOPEN)/.test(code) && (free === null || free >= LEAST_FREE_BYTES)) return null;
  const room = free === null ? "" : ` (${formatBytes(free)} free)`;
  return new AppError(
    "unavailable",
    `The disk of the data folder ${folder} is full${room}. Free some space there and try again: nothing was changed.`,
    { cause: error },
  );
}

function freeBytes(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}

function unusable(folder: string, error: unknown): AppError {
  const sentence = `The data folder ${folder} cannot be used: ${systemReason(error)}.`;
  return diskError(error, folder) ?? new AppError("unavailable", sentence, { cause: error });
}

function holderOf(note: string): string {
  try {
    const { pid, address, startedAt } = JSON.parse(readFileSync(note, "utf8")) as Holder;
    return ` (process ${pid}, ${address}, since ${startedAt})`;
  } catch {
    return "";
  }
}
