import { createRequire } from "node:module";
import { join } from "node:path";
import { z } from "zod";
import { parseJson } from "@/lib/core/parse-json";
import type { JobIo } from "../contract";
import { RunError } from "../run-error";

/** What a script could not do, as it prints it. */
const failureSchema = z.object({
  /** A closed list per script; `system` is an error of the file system, `sqlite` one of SQLite. */
  reason: z.string(),
  /** Of the system (`EACCES`) or of SQLite (`SQLITE_CORRUPT`). */
  code: z.string().default(""),
  message: z.string().default(""),
  path: z.string().default(""),
  facts: z.record(z.string(), z.number()).default({}),
});
export type ScriptFailure = z.output<typeof failureSchema>;

/** Begins every script: how it answers, and how it opens a database that is Belfry's own copy. */
const PRELUDE = `
const fs = require("node:fs");
const [driver, ...given] = process.argv.slice(1);
const Database = require(driver);

class Refused extends Error {
  constructor(reason, facts) {
    super(reason);
    this.reason = reason;
    this.facts = facts;
  }
}

function answer(work) {
  let reply;
  try {
    reply = { value: work() };
  } catch (error) {
    const sqlite = String(error.code ?? "").startsWith("SQLITE_");
    const reason = error.reason ?? (sqlite ? "sqlite" : error.syscall ? "system" : "defect");
    const { code, path, facts } = error;
    reply = { failure: { reason, code, path, facts, message: reason === "defect" ? error.stack : error.message } };
  }
  process.stdout.write(JSON.stringify(reply));
}

// Alone with the file: no shared memory beside it, and nothing that a hostile schema names is run.
function openOwn(file) {
  const db = new Database(file, { fileMustExist: true, timeout: 0 });
  db.pragma("trusted_schema = OFF");
  db.pragma("cell_size_check = ON");
  db.pragma("locking_mode = EXCLUSIVE");
  return db;
}

function readAt(fd, length, position) {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, fs.readSync(fd, bytes, 0, length, position));
}
`;

/**
 * Runs a script with SQLite in a child process. Databases are never opened in this process: closing any descriptor of a
 * file drops the locks that this process holds on it, among them those on Belfry's own database.
 * @param onFailure makes the error of what the script could not do
 * @returns what the script answered
 */
export async function runSqliteScript<T>(
  script: string,
  args: string[],
  schema: z.ZodType<T>,
  io: JobIo,
  onFailure: (failure: ScriptFailure) => RunError,
): Promise<T> {
  const driver = createRequire(join(process.cwd(), "package.json")).resolve("better-sqlite3");
  const { code, stdout, stderr } = await io.tools.run(
    process.execPath,
    ["-e", PRELUDE + script, driver, ...args],
    // It prints nothing while it works.
    { silenceMs: null },
  );
  const reply = z
    .union([z.object({ failure: failureSchema }), z.object({ value: schema })])
    .safeParse(code === 0 ? parseJson(stdout) : null);
  if (!reply.success) throw new RunError(`SQLite ended without an answer (exit code ${code}). ${stderr}`.trim());
  if ("failure" in reply.data) throw onFailure(reply.data.failure);
  return reply.data.value;
}
