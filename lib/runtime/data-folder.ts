import { accessSync, chmodSync, constants, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { AppError, messageOf } from "@/lib/core/errors";
import { makeFolder } from "@/lib/jobs/make-folder";

interface Holder {
  pid: number;
  address: string;
  startedAt: string;
}

/**
 * Makes the data folder, readable by its owner alone.
 * @throws AppError `unavailable` when it cannot be used
 */
export async function openDataFolder(folder: string): Promise<void> {
  try {
    await makeFolder(folder);
    chmodSync(folder, 0o700);
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new AppError("unavailable", `The data folder ${folder} cannot be used: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * Takes the data folder for this process. The operating system holds the lock (that of an empty SQLite file),
 * so that it ends with the process, however that ends, and holds between containers that share the folder.
 * @param address where this server will listen; named in the error of a second server
 * @param patienceMs how long to wait for a holder that may be about to end: a command
 * @returns the function that releases the lock
 * @throws AppError `conflict` that names the holder
 */
export function lockDataFolder(folder: string, address: string, patienceMs = 0): () => void {
  const note = join(folder, "server.json");
  const lock = new Database(join(folder, "server.lock"), { timeout: patienceMs });
  try {
    lock.pragma("journal_mode = MEMORY");
    lock.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    lock.close();
    if ((error as { code?: string }).code !== "SQLITE_BUSY") throw error;
    throw new AppError(
      "conflict",
      `Belfry already runs on the data folder ${folder}${holderOf(note)}. One server per folder.`,
    );
  }
  const holder: Holder = { pid: process.pid, address, startedAt: new Date().toISOString() };
  writeFileSync(note, `${JSON.stringify(holder)}\n`, { mode: 0o600 });
  return () => lock.close();
}

function holderOf(note: string): string {
  try {
    const { pid, address, startedAt } = JSON.parse(readFileSync(note, "utf8")) as Holder;
    return ` (process ${pid}, ${address}, since ${startedAt})`;
  } catch {
    return "";
  }
}
