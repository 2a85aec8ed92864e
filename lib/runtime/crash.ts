import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";

const log = loggerOf("process");

export interface CrashRecord {
  /** ISO 8601. */
  at: string;
  pid: number;
  message: string;
  stack: string | null;
}

declare module "@/lib/core/runtime" {
  interface RuntimeValues {
    /** Of the previous process, when it crashed. */
    crashRecord: CrashRecord | null;
  }
}

/**
 * Ends the process with a record of why; a half-alive process would deliver nothing and report nothing.
 * @param folder the data folder, which the next start reads
 */
export function crash(folder: string, error: unknown): never {
  const record: CrashRecord = {
    at: new Date().toISOString(),
    pid: process.pid,
    message: messageOf(error),
    stack: error instanceof Error ? (error.stack ?? null) : null,
  };
  try {
    writeFileSync(join(folder, "crash.json"), `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  } catch (failure) {
    log.error("the crash could not be recorded", { error: failure });
  }
  log.error("Belfry ends because of an error that nothing handled", { error });
  process.exit(1);
}

/**
 * Makes errors that nobody handles end the process. Takes the place of all other listeners:
 * Next's own only log, and go on half alive.
 */
export function endOnUnhandled(folder: string): void {
  for (const name of ["uncaughtException", "unhandledRejection"] as const) {
    process.removeAllListeners(name);
    process.on(name, (error: unknown) => crash(folder, error));
  }
}

/** The record that the last crash left; it stays until `forgetCrash`, so that a start that fails does not lose it. */
export function readCrashRecord(folder: string): CrashRecord | null {
  try {
    return JSON.parse(readFileSync(join(folder, "crash.json"), "utf8")) as CrashRecord;
  } catch {
    return null;
  }
}

/** Deletes the record of the last crash, once it was read. */
export function forgetCrash(folder: string): void {
  rmSync(join(folder, "crash.json"), { force: true });
}
