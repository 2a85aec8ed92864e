import { createRequire } from "node:module";
import { join } from "node:path";
import type { JobIo } from "../contract";
import { isRunError } from "../run-error";
import type { ToolEnd } from "../tool-io";

/** How long a statement waits for another program that holds the file. */
const BUSY_MS = 30_000;

const SCRIPT = `
const [driver, file, sql] = process.argv.slice(1);
try {
  const db = new (require(driver))(file, { readonly: true, fileMustExist: true, timeout: ${BUSY_MS} });
  const statement = db.prepare(sql);
  if (statement.reader) for (const row of statement.raw().all()) console.log(row.join("|"));
  else statement.run();
} catch (error) {
  console.error("Error: " + error.message);
  process.exitCode = 1;
}
`;

/**
 * Runs one statement on a SQLite file, opened read-only, in a child process: with Debian's `sqlite3`, or where that is
 * missing with the library Belfry itself uses. Files of others are never opened in this process: their size and their
 * locks must not block it.
 */
export async function querySqlite(file: string, sql: string, io: JobIo): Promise<ToolEnd & { stdout: string }> {
  try {
    return await io.tools.run(
      "sqlite3",
      ["-readonly", "-batch", "-bail", "-cmd", `.timeout ${BUSY_MS}`, file, sql],
      // It prints nothing while it copies.
      { silenceMs: null },
    );
  } catch (error) {
    if (!isRunError(error) || error.kind !== "cannot_start") throw error;
    const driver = createRequire(join(process.cwd(), "package.json")).resolve("better-sqlite3");
    return await io.tools.run(process.execPath, ["-e", SCRIPT, driver, file, sql], { silenceMs: null });
  }
}

/** A string as SQL writes it. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
