import { pluralize } from "@/lib/core/format-units";
import type { RestoreMode } from "@/lib/core/restore-mode";
import type { DatabaseTarget, JobIo, RestoreOptions, RestoreReport, StoredBackup } from "../contract";
import { RunError, startError } from "../run-error";
import { forceDropDatabase, withCleanupIo } from "./postgres-cleanup";
import {
  type Connection,
  type PostgresServer,
  query,
  queryJson,
  serverVersion,
  withConnection,
  withServer,
} from "./postgres-client";
import { existingData, isUnfinished } from "./postgres-existing";
import { groupSentences, missingObjects } from "./postgres-failures";
import { type Loaded, loadAllOrNothing, loadWhatGoes, type PostgresLoad } from "./postgres-load";
import { withRestoreLock } from "./postgres-lock";
import { clientFor } from "./postgres-programs";
import {
  createDatabase,
  type DatabaseProperties,
  finishDatabase,
  missingProperties,
  propertiesOfBackup,
} from "./postgres-properties";
import { literal } from "./postgres-sql";
import { assertMayTakeName, besideName, takeName } from "./postgres-swap";
import { readToc, type Toc } from "./postgres-toc";

export type DatabaseServer = PostgresServer & { database: string };

/** One restore, its backup's head read. */
interface Restore {
  admin: Connection;
  backup: StoredBackup;
  toc: Toc;
  server: DatabaseServer;
  program: string;
}

/** Restores into a database of the server. @throws RunError when nothing came back; then the target is as it was */
export async function restoreDatabase(
  backup: StoredBackup,
  { config: server, database }: DatabaseTarget<DatabaseServer>,
  io: JobIo,
  options: RestoreOptions,
): Promise<RestoreReport> {
  return await withServer(
    server,
    io,
    (admin) =>
      withRestoreLock(admin, database, io, async () => {
        const isNew = !(await databaseExists(admin, database, io));
        const present = isNew ? null : await existingData(server, database, io);
        if (present && !options.mayOverwrite) throw new RunError(`The database ${database} already has data.`);
        const mode = options.mode ?? (present ? "all_or_nothing" : "as_much_as_possible");
        assertSensible(mode, database, present);
        const toc = await readToc(backup, io);
        const program = await clientFor("pg_restore", await serverVersion(admin, io), io, toc.dumpVersion);
        const restore: Restore = { admin, backup, toc, server, program };
        if (mode === "swap") return await swapIn(restore, database, isNew, io);
        if (isNew) return await restoreIntoNew(restore, database, mode, io);
        return await restoreIntoExisting(restore, database, mode, present !== null, io);
      }),
    database,
  );
}

/** Rows of the backup among those of the old tables would be worse than either. */
function assertSensible(mode: RestoreMode, database: string, present: string | null): void {
  if (mode !== "as_much_as_possible" || !present) return;
  throw startError(
    `As much as possible can only be restored into a new or an empty database, and ${database} has data.`,
    "Choose another name, or “all or nothing”, or “swap”.",
  );
}

async function restoreIntoNew(
  restore: Restore,
  database: string,
  mode: RestoreMode,
  io: JobIo,
): Promise<RestoreReport> {
  const { admin, backup, toc, server } = restore;
  const properties = await propertiesOfBackup(toc, backup, database, io);
  const drop = () => dropQuietly(server, database, io);
  const failed = await createDatabase(admin, database, properties, drop, io);
  let isLoaded = false;
  try {
    const load = loadOf(restore, database, properties);
    const loaded = mode === "all_or_nothing" ? await loadWhole(load, false, io) : await loadWhatGoes(load, io);
    isLoaded = true;
    const roles = await rolesOf(admin, io);
    const dangers = [...(await runsWithMoreRights(loaded, load, io)), ...lacksRowSecurity(loaded, toc)];
    failed.push(...(await finishDatabase(admin, database, properties, dangers.length > 0, io)));
    return {
      missing: [
        ...missingOf(loaded, toc, roles, server.user),
        ...(await withConnection(server, database, io, (connection) =>
          missingProperties(properties, connection, database, failed, io),
        )),
        ...(dangers.length ? [closedSentence(database, dangers)] : []),
      ],
    };
  } catch (error) {
    // Half a restore that nobody can distinguish from a whole one is worse than none.
    if (!isLoaded || io.signal.aborted) await drop();
    else io.log(`All that could be restored is in the database ${database}, but it could not be finished`);
    throw error;
  }
}

async function restoreIntoExisting(
  restore: Restore,
  database: string,
  mode: RestoreMode,
  hasData: boolean,
  io: JobIo,
): Promise<RestoreReport> {
  const { admin, backup, toc, server } = restore;
  const properties = await propertiesOfBackup(toc, backup, database, io);
  const load = loadOf(restore, database, properties);
  const loaded = mode === "all_or_nothing" ? await loadWhole(load, hasData, io) : await loadIntoEmpty(load, io);
  // The database's own owner, grants and settings are left: they may be stricter than the backup's by intention. Those of
  // a database that an earlier restore made and never finished are nobody's intention.
  const isLeft = await isUnfinished(admin, database, io);
  const failed = isLeft ? await finishDatabase(admin, database, properties, false, io) : [];
  const roles = await rolesOf(admin, io);
  const own = await withConnection(server, database, io, (connection) =>
    missingProperties(properties, connection, database, failed, io),
  );
  return { missing: [...missingOf(loaded, toc, roles, server.user), ...own] };
}

/** Into a database beside, which takes the name when everything came back. */
async function swapIn(restore: Restore, database: string, isNew: boolean, io: JobIo): Promise<RestoreReport> {
  const { admin, server } = restore;
  if (!isNew) await assertMayTakeName(admin, database, io);
  const beside = besideName(database, "restored");
  const { missing } = await restoreIntoNew(restore, beside, "as_much_as_possible", io);
  if (missing.length) {
    for (const sentence of missing) io.log(sentence);
    throw new RunError(
      `Not everything came back, so ${database} is as it was. ${missing.slice(0, 3).join(" ")}${missing.length > 3 ? ` And ${missing.length - 3} more; the log has all.` : ""}`,
      { advice: `What came back is in the database ${beside}: use it, or remove it.` },
    );
  }
  await takeName(admin, server, beside, database, isNew, io);
  return { missing };
}

function loadOf(
  { backup, toc, server, program }: Restore,
  database: string,
  { encoding }: DatabaseProperties,
): PostgresLoad {
  return { backup, toc, server, database, program, encoding };
}

async function loadIntoEmpty(load: PostgresLoad, io: JobIo): Promise<Loaded> {
  try {
    return await loadWhatGoes(load, io);
  } catch (error) {
    io.log(`The database ${load.database}, which was empty, holds what had come back until then`);
    throw error;
  }
}

async function loadWhole(load: PostgresLoad, isOver: boolean, io: JobIo): Promise<Loaded> {
  await loadAllOrNothing(load, isOver, io);
  return { objects: [], owners: [], grants: [] };
}

function missingOf({ objects, owners, grants }: Loaded, toc: Toc, roles: ReadonlySet<string>, user: string): string[] {
  const entries = new Map(toc.entries.map((entry) => [entry.id, entry]));
  const given = owners.map(({ command, error }) => ({ what: command.replace(/;$/, ""), error }));
  return [
    ...missingObjects(objects, entries, roles),
    ...groupSentences(
      given,
      (count) => `could not be done, so ${count === 1 ? "it belongs" : "they belong"} to ${user}`,
    ),
    ...groupSentences(
      grants.map(({ statement, error }) => ({ what: statement, error })),
      () => "could not be done",
    ),
  ];
}

/** Functions and views that work with the rights of their owner, and were given to the user who restores. */
async function runsWithMoreRights({ owners }: Loaded, load: PostgresLoad, io: JobIo): Promise<string[]> {
  const { server, database } = load;
  if (!owners.some(({ command }) => /^ALTER (?:FUNCTION|PROCEDURE|ROUTINE|VIEW|TABLE) /.test(command))) return [];
  return await withConnection(server, database, io, async (connection) => {
    const [count] = await query(
      connection,
      `SELECT (SELECT count(*) FROM pg_proc p WHERE prosecdef AND proowner = (SELECT oid FROM pg_roles WHERE rolname = current_user) AND ${NOT_OF_EXTENSION("pg_proc", "p")})
        + (SELECT count(*) FROM pg_class c WHERE relkind = 'v' AND relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)
           AND relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace) AND ${NOT_OF_EXTENSION("pg_class", "c")})`,
      io,
    );
    if (Number(count) === 0) return [];
    const [work, have] = count === "1" ? ["works", "has"] : ["work", "have"];
    const what = pluralize(Number(count), "function or view", "functions and views");
    return [`${what} in it that ${work} with the owner's rights now ${have} those of ${server.user}`];
  });
}

/** Row security that did not come back: rows may be seen that were hidden. */
function lacksRowSecurity({ objects }: Loaded, toc: Toc): string[] {
  const types = new Set(["POLICY", "ROW SECURITY"]);
  const ids = new Set(toc.entries.filter(({ type }) => types.has(type)).map(({ id }) => id));
  const failed = new Set(objects.flatMap(({ id }) => (id !== null && ids.has(id) ? id : [])));
  return failed.size ? [`${pluralize(failed.size, "policy", "policies")} of row security did not come back`] : [];
}

const NOT_OF_EXTENSION = (catalog: string, alias: string) =>
  `NOT EXISTS (SELECT FROM pg_depend WHERE classid = '${catalog}'::regclass AND objid = ${alias}.oid AND deptype = 'e')`;

function closedSentence(database: string, dangers: string[]): string {
  return `PUBLIC may not connect to ${database}, for ${dangers.join(", and ")}. Mend that, then GRANT CONNECT.`;
}

async function rolesOf(admin: Connection, io: JobIo): Promise<ReadonlySet<string>> {
  return new Set(await queryJson<string>(admin, "SELECT to_json(rolname) FROM pg_roles", io));
}

/** Whether the server has a database of the name. */
export async function databaseExists(admin: Connection, database: string, io: JobIo): Promise<boolean> {
  return (await query(admin, `SELECT 1 FROM pg_database WHERE datname = ${literal(database)}`, io)).length > 0;
}

async function dropQuietly(server: DatabaseServer, database: string, io: JobIo): Promise<void> {
  try {
    await withCleanupIo(server, io, (cleanup) =>
      withServer(server, cleanup, (admin) => forceDropDatabase(admin, database, cleanup), database),
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    io.log(`The incomplete database ${database} could not be removed: ${reason}`);
  }
}
