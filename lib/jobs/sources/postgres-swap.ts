import { pluralize } from "@/lib/core/format-units";
import type { JobIo } from "../contract";
import { RunError, startError } from "../run-error";
import { type Connection, type PostgresServer, query, queryJson } from "./postgres-client";
import { listNames } from "./postgres-failures";
import { identifier, literal } from "./postgres-sql";

/** PostgreSQL silently cuts longer names. */
const NAME_BYTES = 63;

/** A name for a database beside another one: `shop_before_20261126t103000z`. */
export function besideName(database: string, why: "restored" | "before", at = new Date()): string {
  const end = `_${why}_${at
    .toISOString()
    .replace(/[-:]|\.\d+/g, "")
    .toLowerCase()}`;
  let begin = database;
  while (Buffer.byteLength(begin + end) > NAME_BYTES) begin = [...begin].slice(0, -1).join("");
  return begin + end;
}

/** Found before hours of work: the user may rename the database. @throws RunError */
export async function assertMayTakeName(admin: Connection, database: string, io: JobIo): Promise<void> {
  const [may] = await query(
    admin,
    `SELECT r.rolsuper OR (r.rolcreatedb AND pg_has_role(d.datdba, 'USAGE'))
     FROM pg_roles r, pg_database d WHERE r.rolname = current_user AND d.datname = ${literal(database)}`,
    io,
  );
  if (may === "t") return;
  throw startError(
    `The user may not rename the database ${database}.`,
    "Connect as its owner with the right CREATEDB, or as a superuser; or restore into a new database.",
  );
}

/**
 * Gives a restored database the name of another one, which is kept under a name that says so. Both or neither; nobody's connection is ended for it.
 * @throws RunError that names the new database when the old one is in use
 */
export async function takeName(
  admin: Connection,
  server: PostgresServer,
  beside: string,
  database: string,
  isNew: boolean,
  io: JobIo,
): Promise<void> {
  const before = besideName(database, "before");
  const renames = [
    ...(isNew ? [] : [`ALTER DATABASE ${identifier(database)} RENAME TO ${identifier(before)}`]),
    `ALTER DATABASE ${identifier(beside)} RENAME TO ${identifier(database)}`,
  ];
  try {
    // Statements that are sent together are one transaction.
    await query(admin, renames.join("; "), io);
  } catch (error) {
    io.signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    const users = await usersOf(admin, database, io).catch(() => null);
    throw new RunError(
      `Everything came back into the database ${beside}, but it could not take the name ${database}, which is as it was. ${users ?? reason}`,
      { advice: `Stop the programs that use it, then execute as ${server.user}: ${renames.join("; ")};`, cause: error },
    );
  }
  io.log(
    isNew
      ? `Everything came back, and the database is named ${database}`
      : `Everything came back. The old database is kept as ${before}; remove it when nobody needs it`,
  );
}

/** Who is connected, in a sentence; null: nobody. */
async function usersOf(admin: Connection, database: string, io: JobIo): Promise<string | null> {
  const users = await queryJson<string>(
    admin,
    `SELECT to_json(coalesce(usename, '?') || coalesce(' (' || nullif(application_name, '') || ')', ''))
     FROM pg_stat_activity WHERE datname = ${literal(database)} AND backend_type = 'client backend'`,
    io,
  );
  if (users.length === 0) return null;
  return `It has ${pluralize(users.length, "connection")}: ${listNames([...new Set(users)])}.`;
}
