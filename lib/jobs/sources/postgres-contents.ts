import { Readable } from "node:stream";
import type { BackupContents } from "@/lib/core/backup-contents";
import type { JobIo } from "../contract";
import { isRunError, RunError } from "../run-error";
import { type Connection, outputOf, PSQL } from "./postgres-client";
import { countCopies } from "./postgres-copy-scan";
import { postgresError } from "./postgres-error";
import { newestRestore } from "./postgres-programs";

/**
 * Reads a whole dump as a restore would, and counts its tables. Listing succeeds on a truncated dump; only writing out everything finds
 * the damage. The table of contents, with every statement, is read before the first row; then all rows are.
 * @throws RunError when it cannot be read to its end
 */
export async function dumpContents(dump: Readable, io: JobIo): Promise<BackupContents> {
  const { stdout, ended } = io.tools.start(await newestRestore(io), ["--data-only", "--file=-"], { stdin: dump });
  // How the tool ended says more than that its output broke off.
  const counted = await countCopies(stdout).catch((error: unknown) => ({ error }));
  const { code, stderr } = await ended;
  if (code !== 0) throw new RunError(`The dump cannot be read to its end: ${postgresError(stderr).message}`);
  if ("error" in counted) throw counted.error;
  return { files: null, ...counted };
}

/** The tables whose rows pg_dump copies, and of an extension's own tables the rows that the extension names. */
const COUNT = `SET row_security = off;
SET search_path = '';
SELECT format('SELECT EXISTS (SELECT FROM ONLY %I.%I %s)', n.nspname, c.relname, x.condition)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN LATERAL (SELECT e.extcondition[array_position(e.extconfig, c.oid)] AS condition
  FROM pg_extension e WHERE c.oid = ANY (e.extconfig)) x ON true
WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND (x.condition IS NOT NULL OR NOT EXISTS (SELECT FROM pg_depend d
    WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'))
\\gexec
`;

/**
 * Counts a database's tables as `dumpContents` counts those of its dump.
 * @returns null for the filled ones where the user may not see every row
 */
export async function databaseContents(connection: Connection, io: JobIo): Promise<BackupContents> {
  const count = async (script: string) => {
    const tool = io.tools.start("psql", [...PSQL, "-v", "ON_ERROR_STOP=1", "-f", "-"], {
      env: connection.env,
      stdin: Readable.from([Buffer.from(script)], { objectMode: false }),
    });
    const { code, stderr, output } = await outputOf(tool);
    if (code !== 0) throw postgresError(stderr, code === 2 ? "cannot_start" : "failed");
    return output.toString("latin1").split("\n").filter(Boolean);
  };
  try {
    const answers = await count(COUNT);
    return { files: null, tables: answers.length, filledTables: answers.filter((line) => line === "t").length };
  } catch (error) {
    io.signal.throwIfAborted();
    if (!isRunError(error) || error.kind === "cannot_start") throw error;
    const tables = await count(COUNT.replace("\\gexec", ";"));
    return { files: null, tables: tables.length, filledTables: null };
  }
}
