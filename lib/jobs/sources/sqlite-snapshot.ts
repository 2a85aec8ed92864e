import { rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { formatBytes, pluralize } from "@/lib/core/format-units";
import { newId } from "@/lib/core/id";
import type { JobIo } from "../contract";
import { realPath } from "../real-paths";
import { fileError, RunError, type RunErrorKind, startError } from "../run-error";
import { untilAborted } from "../until-aborted";
import { runSqliteScript, type ScriptFailure } from "./sqlite-child";
import { COPY_SCRIPT } from "./sqlite-copy-script";

/** How hard a copy is tried. */
interface CopyLimits {
  /** A lock on an application's file is held for no longer. The usual patience of an application is 5 s. */
  lockMs: number;
  maxAttempts: number;
}
const LIMITS: CopyLimits = { lockMs: 2_000, maxAttempts: 20 };
/** What SQLite keeps beside a database. */
export const SIDECARS = ["-wal", "-shm", "-journal"] as const;

const resultSchema = z.object({ bytes: z.number(), attempts: z.number(), locked: z.number() });

/**
 * Checks that a copy of the database can be made: it and its sidecars can be read, and there is room for the copy.
 * Changes nothing.
 * @returns bytes of the database file
 * @throws RunError of kind `cannot_start`
 */
export async function inspectDatabase(path: string, io: JobIo): Promise<number> {
  const { bytes } = await runCopyScript(path, copyPath(io), null, io);
  return bytes;
}

/**
 * Copies a database, which others may be writing to, as it is at one moment. Nothing is made, changed or locked for
 * longer than two seconds where it is.
 * @returns the path of the copy in the work folder: one plain file, to be removed by `removeDatabase`
 * @throws RunError
 */
export async function snapshotDatabase(path: string, io: JobIo, limits: CopyLimits = LIMITS): Promise<string> {
  const copy = copyPath(io);
  try {
    const { attempts, locked } = await runCopyScript(path, copy, limits, io);
    // With what was in the log beside it: often more than the file itself.
    const { size } = await stat(copy);
    const how = locked ? ", under a shared lock" : attempts > 1 ? `, in ${attempts} attempts` : "";
    io.log(`Copied ${basename(path)} (${formatBytes(size)}${how})`);
    return copy;
  } catch (error) {
    await removeDatabase(copy);
    throw error;
  }
}

/** Removes a database of our own and what SQLite may have left beside it. */
export async function removeDatabase(path: string): Promise<void> {
  for (const ending of ["", ...SIDECARS]) await rm(path + ending, { force: true });
}

const copyPath = (io: JobIo) => join(io.workDir, `${newId("copy")}.db`);

/** @param limits null: only looks whether a copy can be made */
async function runCopyScript(path: string, copy: string, limits: CopyLimits | null, io: JobIo) {
  const real = await untilAborted(io.signal, () => realPath(path)).catch((error: unknown) => {
    throw fileError(error, `The database file ${path}`, "cannot_start");
  });
  const options = JSON.stringify({ ...LIMITS, ...limits, copy: limits !== null, real });
  return await runSqliteScript(COPY_SCRIPT, [path, copy, options], resultSchema, io, (failure) =>
    copyError(path, copy, failure),
  );
}

function copyError(path: string, copy: string, failure: ScriptFailure): RunError {
  const { reason, code, message, facts } = failure;
  if (reason === "replaced") {
    return new RunError(`${path} led to another file while it was copied.`, {
      advice: "Find out what replaces it, and back it up at another time.",
    });
  }
  if (reason === "not_file") return startError(`${path} is not a file.`);
  if (reason === "not_sqlite" || code === "SQLITE_NOTADB") {
    return startError(`${path} is not a SQLite database.`, "Check the path. An encrypted database cannot be read.");
  }
  if (reason === "no_space") {
    return startError(
      `There is no room for a copy of ${path}: it needs ${formatBytes(facts.bytes ?? 0)}, and ${formatBytes(facts.free ?? 0)} are free where Belfry makes it.`,
      "Free some space on the disk of Belfry's data folder.",
    );
  }
  const attempts = `each of ${pluralize(facts.attempts ?? 0, "attempt")} to copy it, over ${facts.seconds ?? 0} s`;
  if (reason === "held") {
    return new RunError(`${path} was locked by its application, in the middle of a change, during ${attempts}.`, {
      advice: "See what its application does at that time, and back it up at another.",
    });
  }
  if (reason === "moving") {
    return new RunError(`${path} was written to during ${attempts}.`, {
      advice:
        "Back it up at a quieter time, or let its application use a write-ahead log (PRAGMA journal_mode=WAL): then it can be copied while it is written to.",
    });
  }
  if (reason === "unfolded") {
    return new RunError(`The copy of ${path} could not be made one file: SQLite left a journal beside it.`);
  }
  if (reason === "system") return systemError(path, copy, failure);
  const damaged = code.startsWith("SQLITE_CORRUPT");
  return new RunError(
    damaged ? `The database ${path} is damaged: ${message}` : `The copy of ${path} cannot be opened: ${message}`,
    { advice: damaged ? "Restore an earlier backup, or try sqlite3's .recover." : null },
  );
}

function systemError(path: string, copy: string, failure: ScriptFailure): RunError {
  const error = Object.assign(new Error(failure.message), { code: failure.code });
  const ofCopy = failure.path.startsWith(copy) || ["ENOSPC", "EDQUOT", "EFBIG"].includes(failure.code);
  if (ofCopy) return fileError(error, `The copy of ${path} in Belfry's data folder`);
  const kind: RunErrorKind = "cannot_start";
  const sidecar = SIDECARS.find((ending) => failure.path.endsWith(ending));
  return sidecar
    ? fileError(error, `${failure.path}, which holds a part of the database,`, kind)
    : fileError(error, `The database file ${path}`, kind);
}
