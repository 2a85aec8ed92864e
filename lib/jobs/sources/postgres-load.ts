import { pluralize } from "@/lib/core/format-units";
import type { JobIo, StoredBackup, ToolInput } from "../contract";
import { RunError } from "../run-error";
import { type Connection, type PostgresServer, queryJson, withConnection } from "./postgres-client";
import { postgresError } from "./postgres-error";
import { FailureReader, isOwnerFailure, type RestoreFailure } from "./postgres-failures";
import { withOwnSearchPath } from "./postgres-search-path";
import { conninfoValue } from "./postgres-sql";
import { executeEach, type FailedStatement } from "./postgres-statements";
import { statementsOf, type Toc, type TocEntry, withList } from "./postgres-toc";

/** Where a backup is loaded into, and with what. */
export interface PostgresLoad {
  backup: StoredBackup;
  toc: Toc;
  server: PostgresServer;
  database: string;
  /** pg_restore. */
  program: string;
  /** The client encoding of the dump's statements. */
  encoding: string;
}

export interface Loaded {
  /** What is not there, or not whole. */
  objects: RestoreFailure[];
  /** Objects that are there, but belong to the user who restores. */
  owners: RestoreFailure[];
  /** Grants, and what else regulates access. */
  grants: FailedStatement[];
}

/** After one of these nothing more can succeed, though pg_restore goes on to the end. */
const HOPELESS =
  /server closed the connection|no connection to the server|terminating connection|connection to server|SSL SYSCALL|No space left/i;
const NAME_NOT_FOUND = /does not exist/i;
/** A setting of the database must not make its own restore impossible. */
const WRITABLE = "-c default_transaction_read_only=off";
const ACCESS = new Set(["ACL", "DEFAULT ACL", "ACL LANGUAGE"]);
/** What the entries of grants consist of. */
const ABOUT_ACCESS =
  /^(?:GRANT|REVOKE|ALTER DEFAULT PRIVILEGES|SET SESSION AUTHORIZATION|RESET SESSION AUTHORIZATION)\b/;

/**
 * Loads a backup into an empty database, as much of it as goes. What fails is tried again at the end, with the
 * database's own search path: then everything else is there. Grants are given one by one, for pg_restore sends those of an
 * object together, and one to a missing role would undo what is revoked from PUBLIC.
 * @throws RunError when pg_restore gave up, or nothing came back
 */
export async function loadWhatGoes(load: PostgresLoad, io: JobIo): Promise<Loaded> {
  const { toc } = load;
  const byId = new Map(toc.entries.map((entry) => [entry.id, entry]));
  const isAccess = ({ id }: RestoreFailure) => id !== null && ACCESS.has(byId.get(id)?.type ?? "");
  const first = await run(load, [], io);
  const access = first.filter(isAccess);
  let objects = first.filter((failure) => failure.id !== null && !isOwnerFailure(failure) && !isAccess(failure));
  const again = entriesOf(objects, toc);
  const ids = new Set(again.map(({ id }) => id));
  // What is not there has no owner either.
  const owners = first.filter((failure) => isOwnerFailure(failure) && !ids.has(failure.id ?? 0));
  if (again.length) {
    io.log(`Trying ${pluralize(again.length, "object")} again that failed, with the database's own search path`);
    const second = await withList(again, io, (list) => run(load, [`--use-list=${list}`], io, true));
    objects = second.filter((failure) => failure.id !== null && !isOwnerFailure(failure));
    const failed = new Set(objects.map(({ id }) => id));
    owners.push(...second.filter((failure) => isOwnerFailure(failure) && !failed.has(failure.id)));
    if (failed.size === toc.entries.filter(isContent).length) throw nothingCameBack(objects);
  }
  return { objects, owners, grants: await grantEach(entriesOf(access, toc), load, io) };
}

/**
 * Loads a backup in one transaction.
 * @param isOver what exists is dropped first, as far as the backup holds it
 * @throws RunError with the target as it was
 */
export async function loadAllOrNothing(load: PostgresLoad, isOver: boolean, io: JobIo): Promise<void> {
  const args = ["--exit-on-error", "--single-transaction", ...(isOver ? ["--clean", "--if-exists"] : [])];
  try {
    await run(load, args, io);
  } catch (error) {
    if (!(error instanceof RunError) || !NAME_NOT_FOUND.test(error.message) || /role ".*"/.test(error.message))
      throw error;
    io.log("Trying it again with the database's own search path");
    await run(load, args, io, true);
  }
}

async function run(load: PostgresLoad, args: string[], io: JobIo, hasOwnPath = false): Promise<RestoreFailure[]> {
  const { server, database, program, backup } = load;
  const reader = new FailureReader();
  return await withConnection(server, database, io, async (connection) => {
    io.log(`Restoring into ${database} with ${program}`);
    const { code, stderr } = await io.tools.run(
      program,
      ["--verbose", "--no-password", ...args, `--dbname=dbname=${conninfoValue(database)}`],
      {
        env: {
          ...connection.env,
          PGOPTIONS: [WRITABLE, ...(hasOwnPath ? await ownPath(connection, io) : [])].join(" "),
        },
        ...(await inputOf(backup, hasOwnPath)),
        silenceMs: null,
        onLine: (line) => {
          if (reader.line(line)) io.log(line);
        },
      },
    );
    const hopeless = reader.failures.find(({ error }) => HOPELESS.test(error));
    if (hopeless) throw postgresError(hopeless.error);
    if (code !== 0 && !reader.isFinished) throw postgresError(ownErrors(stderr));
    return reader.failures;
  });
}

async function inputOf(backup: StoredBackup, hasOwnPath: boolean): Promise<ToolInput> {
  if (hasOwnPath) return { stdin: withOwnSearchPath(await backup.open()) };
  return (await backup.toolInput?.()) ?? { stdin: await backup.open() };
}

/** The database's own search path as an option of a session: one that the user who restores has would come before it. */
async function ownPath(connection: Connection, io: JobIo): Promise<string[]> {
  const [setting] = await queryJson<string>(
    connection,
    `SELECT to_json(setting) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase, unnest(s.setconfig) setting
     WHERE d.datname = current_database() AND s.setrole = 0 AND setting LIKE 'search_path=%'`,
    io,
  );
  return setting === undefined ? [] : [`-c ${setting.replace(/[\\\s]/g, "\\$&")}`];
}

/** Without what pg_restore says about its progress. */
function ownErrors(stderr: string): string {
  const lines = stderr.split("\n");
  const from = lines.findIndex((line) => line.startsWith("pg_restore: error:"));
  return (from < 0 ? lines : lines.slice(from)).join("\n");
}

/** The entries that failed, in the dump's order. */
function entriesOf(failures: readonly RestoreFailure[], toc: Toc): TocEntry[] {
  const ids = new Set(failures.map(({ id }) => id));
  return toc.entries.filter(({ id }) => ids.has(id));
}

function isContent({ type }: TocEntry): boolean {
  return !ACCESS.has(type) && !type.startsWith("DATABASE");
}

function nothingCameBack(failures: readonly RestoreFailure[]): RunError {
  const { message, advice } = postgresError(failures[0]?.error ?? "");
  return new RunError(`Nothing came back: ${message}`, { advice });
}

async function grantEach(
  entries: TocEntry[],
  { backup, server, database, encoding }: PostgresLoad,
  io: JobIo,
): Promise<FailedStatement[]> {
  if (entries.length === 0) return [];
  const statements = (await statementsOf(entries, backup, io)).filter((statement) => ABOUT_ACCESS.test(statement));
  return await withConnection(server, database, io, (connection) =>
    executeEach(statements, encoding, { ...connection, env: { ...connection.env, PGOPTIONS: WRITABLE } }, io),
  );
}
