import { pluralize } from "@/lib/core/format-units";
import type { JobIo } from "../contract";
import { startError } from "../run-error";
import { type Connection, query, queryJson } from "./postgres-client";
import { LARGE_OBJECTS_ADVICE } from "./postgres-error";
import { listNames } from "./postgres-failures";

interface Unreadable {
  kind: "table" | "sequence" | "schema" | "rows";
  name: string;
}

interface UnreadableLarge {
  count: number;
  owners: string[];
}

/** Tables and sequences that the user may not read, and tables whose row security hides rows: pg_dump refuses all of them. */
const UNREADABLE = `
WITH own AS (SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_namespace'::regclass AND d.objid = pg_namespace.oid AND d.deptype = 'e')),
  objects AS (SELECT c.oid, c.relkind, own.oid AS schema_oid, format('%s.%s', own.nspname, c.relname) AS name
    FROM pg_class c JOIN own ON own.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'S') AND NOT EXISTS (SELECT FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e'))
SELECT json_build_object('kind', CASE WHEN NOT has_schema_privilege(schema_oid, 'USAGE') THEN 'schema'
    WHEN relkind = 'S' THEN 'sequence'
    WHEN NOT has_table_privilege(oid, 'SELECT') THEN 'table' ELSE 'rows' END, 'name', name)
FROM objects WHERE NOT has_schema_privilege(schema_oid, 'USAGE')
  OR CASE relkind WHEN 'S' THEN NOT has_sequence_privilege(oid, 'SELECT')
     ELSE NOT has_table_privilege(oid, 'SELECT') OR row_security_active(oid) END
ORDER BY name`;

/** How many large objects the user may not read, by their owners; `pg_read_all_data` has no say in it. */
const UNREADABLE_LARGE = `
SELECT json_build_object('count', count(*), 'owners', coalesce(json_agg(DISTINCT pg_get_userbyid(lomowner)), '[]'))
FROM pg_largeobject_metadata l
WHERE current_setting('lo_compat_privileges') = 'off' AND NOT pg_has_role(lomowner, 'USAGE')
  AND NOT EXISTS (SELECT FROM aclexplode(l.lomacl) a WHERE a.privilege_type = 'SELECT'
    AND (a.grantee = 0 OR pg_has_role(a.grantee, 'USAGE')))`;

/** What a person should know about what a dump of the database holds. */
const REMARKS = `SELECT json_build_object(
  'foreign', (SELECT count(*) FROM pg_class WHERE relkind = 'f'),
  'unlogged', (SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relpersistence = 'u'),
  'subscriptions', (SELECT count(*) FROM pg_stat_subscription),
  'super', (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
  'standby', pg_is_in_recovery())`;

/** Checks that the user may read everything a dump has to hold. @throws RunError that names what is not readable */
export async function assertReadable(connection: Connection, io: JobIo): Promise<void> {
  const unreadable = await queryJson<Unreadable>(connection, UNREADABLE, io);
  const [large = { count: 0, owners: [] }] = await queryJson<UnreadableLarge>(connection, UNREADABLE_LARGE, io);
  if (unreadable.length === 0 && large.count === 0) return;
  const hidden = unreadable.filter(({ kind }) => kind === "rows").map(({ name }) => name);
  const closed = unreadable.filter(({ kind }) => kind !== "rows").map(({ name }) => name);
  const said = [
    closed.length
      ? `The user may not read ${pluralize(closed.length, "table or sequence", "tables and sequences")}: ${listNames(closed)}.`
      : "",
    hidden.length
      ? `Row security hides rows of ${pluralize(hidden.length, "table")} from the user: ${listNames(hidden)}.`
      : "",
    large.count
      ? `The user may not read ${pluralize(large.count, "large object")}, owned by ${listNames(large.owners)}.`
      : "",
  ];
  const advice = [
    closed.length
      ? "GRANT pg_read_all_data TO the user (PostgreSQL 14 and newer), or SELECT on each, or back up as the owner."
      : "",
    hidden.length ? "ALTER ROLE … BYPASSRLS, or back up as the owner or a superuser." : "",
    large.count ? LARGE_OBJECTS_ADVICE : "",
  ];
  throw startError(said.filter(Boolean).join(" "), advice.filter(Boolean).join(" "));
}

interface Remarks {
  foreign: number;
  unlogged: number;
  subscriptions: number;
  super: boolean;
  standby: boolean;
}

/** What is not in a dump, or not as one may think, a sentence each. */
export async function remarksOn(connection: Connection, io: JobIo): Promise<string[]> {
  const [found] = await queryJson<Remarks>(connection, REMARKS, io);
  if (!found) return [];
  const [large] = await query(connection, "SELECT count(*) FROM pg_largeobject_metadata", io);
  return [
    "Roles and their passwords belong to the server, and are not part of the backup.",
    ...(found.foreign
      ? [`The rows of ${pluralize(found.foreign, "foreign table")} are on other servers, and not part of the backup.`]
      : []),
    ...(found.subscriptions && !found.super
      ? [`Only a superuser can back up subscriptions (${found.subscriptions}).`]
      : []),
    ...(found.unlogged && found.standby
      ? [`The server is a standby, which has no rows of ${pluralize(found.unlogged, "unlogged table")}.`]
      : []),
    ...(Number(large)
      ? [`${pluralize(Number(large), "large object")} ${Number(large) === 1 ? "is" : "are"} part of the backup.`]
      : []),
  ];
}
