import { formatBytes } from "@/lib/core/format-units";
import type { JobIo } from "../contract";
import { type Connection, type PostgresServer, query, withConnection } from "./postgres-client";
import { UNFINISHED } from "./postgres-properties";
import { literal } from "./postgres-sql";

/** What a database holds that a restore would overwrite, in a sentence; null: nothing. */
export async function existingData(server: PostgresServer, database: string, io: JobIo): Promise<string | null> {
  return await withConnection(server, database, io, async (connection) => {
    const [row] = await query(
      connection,
      `SELECT (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'
          AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'e')),
        (SELECT count(*) FROM pg_largeobject_metadata), pg_database_size(current_database())`,
      io,
    );
    const [objects, large, bytes] = (row ?? "0|0|0").split("|");
    if (Number(objects) + Number(large) === 0) return null;
    const what = `${objects} tables, views and sequences${Number(large) ? ` and ${large} large objects` : ""} of the database ${database} (${formatBytes(Number(bytes))})`;
    return (await isUnfinished(connection, database, io)) ? `${what}, which a restore that did not end left` : what;
  });
}

/** Whether a restore made the database and did not end: it was killed, or it is running. */
export async function isUnfinished(connection: Connection, database: string, io: JobIo): Promise<boolean> {
  const rows = await query(
    connection,
    `SELECT 1 FROM pg_database WHERE datname = ${literal(database)} AND shobj_description(oid, 'pg_database') = ${literal(UNFINISHED)}`,
    io,
  );
  return rows.length > 0;
}
