import { pluralize } from "@/lib/core/format-units";
import type { DatabaseTarget, JobIo, RestoreOutlook, StoredBackup } from "../contract";
import { type Connection, queryJson, serverVersion, withConnection, withServer } from "./postgres-client";
import { listNames } from "./postgres-failures";
import { type DatabaseServer, databaseExists } from "./postgres-restore";
import { readableSql } from "./postgres-sql";
import { nameWithoutOwner, ownerOf, readToc, statementsOf, type Toc } from "./postgres-toc";

/** What is known about a restore from the backup's head and the server. Changes nothing. @throws RunError */
export async function postgresOutlook(
  backup: StoredBackup,
  { config: server, database }: DatabaseTarget<DatabaseServer>,
  io: JobIo,
): Promise<RestoreOutlook> {
  const toc = await readToc(backup, io);
  const grantees = await granteesOf(toc, backup, io);
  return await withServer(server, io, async (admin) => {
    const facts = await factsOf(admin, io);
    const cannot = cannotComeBack(toc, grantees, facts, await serverVersion(admin, io), server.user);
    if (!(await databaseExists(admin, database, io))) {
      const refused = facts.mayCreate ? [] : [`${server.user} may not create databases (ALTER ROLE … CREATEDB).`];
      return { stays: [], cannot: [...refused, ...cannot] };
    }
    const over = await withConnection(server, database, io, (connection) =>
      lookOver(toc, new Set(facts.roles.map(({ name }) => name)), connection, io),
    );
    return { stays: over.stays, cannot: [...cannot, ...over.cannot] };
  });
}

interface Facts {
  isSuperuser: boolean;
  mayCreate: boolean;
  roles: { name: string; isOurs: boolean }[];
  extensions: string[];
}

async function factsOf(admin: Connection, io: JobIo): Promise<Facts> {
  const roles = await queryJson<{ name: string; isOurs: boolean }>(
    admin,
    `SELECT json_build_object('name', rolname, 'isOurs', pg_has_role(oid, 'MEMBER')) FROM pg_roles`,
    io,
  );
  const extensions = await queryJson<string>(admin, "SELECT to_json(name) FROM pg_available_extensions", io);
  const [self] = await queryJson<{ isSuperuser: boolean; mayCreate: boolean }>(
    admin,
    `SELECT json_build_object('isSuperuser', rolsuper, 'mayCreate', rolsuper OR rolcreatedb)
     FROM pg_roles WHERE rolname = current_user`,
    io,
  );
  return { isSuperuser: self?.isSuperuser ?? false, mayCreate: self?.mayCreate ?? false, roles, extensions };
}

const GRANTEE = /\b(?:TO|AUTHORIZATION) ("(?:[^"]|"")+"|[^\s";]+)(?: WITH GRANT OPTION)?$/s;

/** The roles that the backup's grants name. */
async function granteesOf(toc: Toc, backup: StoredBackup, io: JobIo): Promise<string[]> {
  const entries = toc.entries.filter(({ type }) => type.includes("ACL"));
  const statements = await statementsOf(entries, backup, io);
  const names = statements
    .filter((statement) => /^(GRANT|ALTER DEFAULT PRIVILEGES)\b/.test(statement))
    .flatMap((statement) => GRANTEE.exec(readableSql(statement))?.[1] ?? [])
    .filter((name) => name !== "PUBLIC")
    .map((name) => (name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name));
  return [...new Set(names)];
}

/** Only a superuser makes these. */
const SUPERUSER_ONLY: Readonly<Record<string, string>> = {
  "EVENT TRIGGER": "event trigger",
  "FOREIGN DATA WRAPPER": "foreign data wrapper",
  "ACCESS METHOD": "access method",
};

function cannotComeBack(toc: Toc, grantees: string[], facts: Facts, version: number, user: string): string[] {
  const roles = new Set(facts.roles.map(({ name }) => name));
  const owners = [...new Set(toc.entries.map((entry) => ownerOf(entry, roles)).filter(Boolean))];
  const missing = owners.filter((name) => !roles.has(name));
  const ours = new Set(facts.roles.filter(({ isOurs }) => isOurs).map(({ name }) => name));
  const foreign = facts.isSuperuser ? [] : owners.filter((name) => roles.has(name) && !ours.has(name));
  const noGrantee = grantees.filter((name) => !roles.has(name));
  const wanted = toc.entries.filter(({ type }) => type === "EXTENSION").map(({ nameAndOwner }) => nameAndOwner.trim());
  const unavailable = wanted.filter((name) => !facts.extensions.includes(name));
  const special = facts.isSuperuser ? [] : toc.entries.filter(({ type }) => SUPERUSER_ONLY[type]);
  const is = (names: string[], one: string, many: string) => (names.length === 1 ? one : many);
  return [
    ...(toc.serverVersion > version
      ? [
          `The backup is of PostgreSQL ${toc.serverVersion} and the server is older (${version}): it may not know everything in it.`,
        ]
      : []),
    ...(missing.length
      ? [
          `${is(missing, "The role", "The roles")} ${listNames(missing)} ${is(missing, "does", "do")} not exist on the server: what belonged to ${is(missing, "it", "them")} will belong to ${user}.`,
        ]
      : []),
    ...(foreign.length
      ? [
          `${user} is no superuser and no member of ${listNames(foreign)}: what belonged to ${is(foreign, "it", "them")} will belong to ${user}.`,
        ]
      : []),
    ...(noGrantee.length
      ? [
          `${is(noGrantee, "The role", "The roles")} ${listNames(noGrantee)} ${is(noGrantee, "does", "do")} not exist on the server: grants to ${is(noGrantee, "it", "them")} are left out.`,
        ]
      : []),
    ...(unavailable.length
      ? [
          `The server does not have ${is(unavailable, "the extension", "the extensions")} ${listNames(unavailable)}: neither ${is(unavailable, "it", "they")} nor what uses ${is(unavailable, "it", "them")} can come back.`,
        ]
      : []),
    ...(special.length
      ? [
          `Only a superuser can restore ${listNames([...new Set(special.map(({ type }) => `${SUPERUSER_ONLY[type]}s`))])}.`,
        ]
      : []),
  ];
}

/** Relations of a database, named as a table of contents names them. */
const RELATIONS = `SELECT json_build_array(CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW'
    WHEN 'S' THEN 'SEQUENCE' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, n.nspname, c.relname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('e', 'i'))
  ORDER BY 1::text`;

/** Foreign keys and views: what depends, its name, and the relation it depends on. */
const DEPENDENTS = `SELECT json_build_array(format('%s.%s', n.nspname, c.relname), what.name, rn.nspname, r.relname)
  FROM (SELECT conrelid AS of, confrelid AS on_relation, 'foreign key ' || conname AS name FROM pg_constraint WHERE contype = 'f' AND conparentid = 0
    UNION SELECT w.ev_class, d.refobjid, 'view' FROM pg_depend d JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
      WHERE d.refclassid = 'pg_class'::regclass AND d.deptype = 'n' AND d.refobjid <> w.ev_class) what
  JOIN pg_class c ON c.oid = what.of JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_class r ON r.oid = what.on_relation JOIN pg_namespace rn ON rn.oid = r.relnamespace
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;

/** What a restore over a database would leave in it, and what in it stands against one. */
async function lookOver(
  toc: Toc,
  roles: ReadonlySet<string>,
  connection: Connection,
  io: JobIo,
): Promise<RestoreOutlook> {
  const held = new Set(
    toc.entries.map((entry) => JSON.stringify([entry.type, entry.schema, nameWithoutOwner(entry, roles)])),
  );
  const names = new Set(
    toc.entries
      .filter(({ type }) => /(TABLE|VIEW)$/.test(type))
      .map((entry) => `${entry.schema}.${nameWithoutOwner(entry, roles)}`),
  );
  const relations = await queryJson<[string, string, string]>(connection, RELATIONS, io);
  const beside = relations.filter((relation) => !held.has(JSON.stringify(relation)));
  const dependents = await queryJson<[string, string, string, string]>(connection, DEPENDENTS, io);
  const inTheWay = dependents.filter(([of, , schema, name]) => !names.has(of) && names.has(`${schema}.${name}`));
  return {
    stays: beside.length
      ? [
          `${pluralize(beside.length, "table, view or sequence", "tables, views and sequences")} that the backup does not hold: ${listNames(beside.map(([, schema, name]) => `${schema}.${name}`))}.`,
        ]
      : [],
    cannot: inTheWay.length
      ? [
          `${listNames(inTheWay.map(([of, what, schema, name]) => `${of} (${what}) depends on ${schema}.${name}`))}, and was made since the backup: “all or nothing” will fail. Choose “swap”, or a new database.`,
        ]
      : [],
  };
}
