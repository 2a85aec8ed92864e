import { formatBytes } from "@/lib/core/format-units";
import type { JobIo } from "../contract";
import { type PostgresServer, query, withConnection } from "./postgres-client";
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
        (SELECT count(*) FROM pg_largeobject_metadata), pg_database_size(current_database()),
        coalesce(shobj_description(d.oid, 'pg_database') = ${literal(UNFINISHED)}, false)
       FROM pg_database d WHERE d.datname = current_database()`,
      io,
    );
    const [objects, large, bytes, isUnfinished] = (row ?? "0|0|0|f").split("|");
    if (Number(objects) + Number(large) === 0) return null;
    const what = `${objects} tables, views and sequences${Number(large) ? ` and ${large} large objects` : ""} of the database ${database} (${formatBytes(Number(bytes))})`;
    return isUnfinished === "t" ? `${what}, which a restore that did not end left` : what;
  });
}
