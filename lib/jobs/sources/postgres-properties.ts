import type { JobIo, StoredBackup } from "../contract";
import { RunError, toRunError } from "../run-error";
import { type Connection, outputOf, query, serverVersion } from "./postgres-client";
import { postgresError } from "./postgres-error";
import { cutSentence } from "./postgres-failures";
import { clientFor } from "./postgres-programs";
import {
  asciiIdentifier,
  forDatabase,
  identifier,
  literal,
  readableSql,
  type SqlBytes,
  splitStatements,
} from "./postgres-sql";
import { executeEach, type FailedStatement } from "./postgres-statements";
import { statementsOf, type Toc } from "./postgres-toc";

/**
 * What belongs to a database itself, not to anything in it, as the statements that pg_dump writes about it: how it is created, its
 * owner, its settings, who may connect.
 */
export interface DatabaseProperties {
  /** The client encoding that the statements are written in. */
  encoding: string;
  /** Encoding, locale and provider are in it. Null: the dump says nothing. */
  create: SqlBytes | null;
  /** `ALTER DATABASE … SET`, `ALTER ROLE … IN DATABASE … SET`: in force while its rows are restored. */
  settings: SqlBytes[];
  /** Owner, comment, limit, grants. */
  others: SqlBytes[];
}

/** Marks a database that is being restored. It stays where a restore did not end. */
export const UNFINISHED = "Belfry is restoring this database; if no restore is running, it is incomplete.";

const SETTING = /^ALTER (?:DATABASE|ROLE) .* SET /s;
const ABOUT_PUBLIC = /^(?:GRANT|REVOKE) .* (?:TO|FROM) PUBLIC(?: WITH GRANT OPTION)?$/s;

function propertiesFrom(statements: readonly SqlBytes[], database: string): DatabaseProperties {
  const about = statements.flatMap((statement) => forDatabase(statement, database) ?? []);
  const others = about.filter((statement) => !statement.startsWith("CREATE DATABASE"));
  const encoding = statements.flatMap((statement) => /^SET client_encoding = '(\w+)'$/.exec(statement)?.[1] ?? [])[0];
  return {
    encoding: encoding ?? "UTF8",
    create: about.find((statement) => statement.startsWith("CREATE DATABASE")) ?? null,
    settings: others.filter((statement) => SETTING.test(statement)),
    others: others.filter((statement) => !SETTING.test(statement)),
  };
}

/** The properties that a backup holds, as statements about a database of another name. */
export async function propertiesOfBackup(
  toc: Toc,
  backup: StoredBackup,
  database: string,
  io: JobIo,
): Promise<DatabaseProperties> {
  const entries = toc.entries.filter(
    ({ type, nameAndOwner }) => type.startsWith("DATABASE") || nameAndOwner.startsWith("DATABASE "),
  );
  return propertiesFrom(await statementsOf(entries, backup, io), database);
}

/** The properties that a database has, written by pg_dump like those of a backup, so that they can be compared. */
async function propertiesOfDatabase(connection: Connection, database: string, io: JobIo): Promise<DatabaseProperties> {
  const program = await clientFor("pg_dump", await serverVersion(connection, io), io);
  const args = ["--create", "--schema-only", "--exclude-schema=*", "--no-password"];
  const { code, stderr, output } = await outputOf(io.tools.start(program, args, { env: connection.env }));
  if (code !== 0) throw postgresError(stderr);
  return propertiesFrom(splitStatements(output.toString("latin1")), database);
}

/**
 * Makes a new database as the backup's was, into which nobody but its owner may connect before it is finished.
 * @param drop removes it again, also when the run was canceled; called only for a database that this call made
 * @returns what could not be as it was. @throws RunError when it cannot be made
 */
export async function createDatabase(
  admin: Connection,
  database: string,
  { create, settings, encoding }: DatabaseProperties,
  drop: () => Promise<void>,
  io: JobIo,
): Promise<FailedStatement[]> {
  const whole = create ?? `CREATE DATABASE ${asciiIdentifier(database)} WITH TEMPLATE = template0`;
  const isMade = await createAs(admin, database, whole, io);
  const name = identifier(database);
  try {
    await query(admin, `REVOKE ALL ON DATABASE ${name} FROM PUBLIC`, io);
    await query(admin, `COMMENT ON DATABASE ${name} IS ${literal(UNFINISHED)}`, io);
    await query(admin, `ALTER DATABASE ${name} ALLOW_CONNECTIONS true`, io);
    return [...isMade, ...(await executeEach(settings, encoding, admin, io))];
  } catch (error) {
    await drop();
    throw error;
  }
}

/** Without what another server may not have: the tablespace, the provider's name, at last the locale. */
function attempts(create: SqlBytes): SqlBytes[] {
  const anywhere = create.replace(/ TABLESPACE = (?:"(?:[^"]|"")+"|\S+)/, "");
  const plain = anywhere.replace(/ LOCALE_PROVIDER = libc/, "");
  const encoded = /^.*? ENCODING = '[^']*'/s.exec(plain)?.[0] ?? /^.* TEMPLATE = template0/s.exec(plain)?.[0] ?? plain;
  return [...new Set([create, anywhere, plain, encoded, `${encoded} LC_COLLATE = 'C' LC_CTYPE = 'C'`])];
}

async function createAs(admin: Connection, database: string, create: SqlBytes, io: JobIo): Promise<FailedStatement[]> {
  let first: string | null = null;
  for (const attempt of attempts(create)) {
    const [failed] = await executeEach([`${attempt} ALLOW_CONNECTIONS = false`], "SQL_ASCII", admin, io);
    if (!failed) return first === null ? [] : [{ statement: readableSql(normalized(create)), error: first }];
    first ??= failed.error;
    if (await isThere(admin, database, io)) {
      throw new RunError(`The database ${database} was made by someone else in the meantime.`, {
        advice: "Another restore into it may be running. Choose another name, or wait for it.",
      });
    }
    if (/permission denied|must be/i.test(failed.error)) break;
  }
  throw postgresError(`The database ${database} could not be made: ${first}`);
}

async function isThere(admin: Connection, database: string, io: JobIo): Promise<boolean> {
  return (await query(admin, `SELECT 1 FROM pg_database WHERE datname = ${literal(database)}`, io)).length > 0;
}

/**
 * Gives a restored database its owner, its grants and the rest.
 * @param isClosed keep it closed to everybody who was granted nothing by name
 */
export async function finishDatabase(
  admin: Connection,
  database: string,
  { others, encoding }: DatabaseProperties,
  isClosed: boolean,
  io: JobIo,
): Promise<FailedStatement[]> {
  const name = asciiIdentifier(database);
  const own = others.filter((statement) => !ABOUT_PUBLIC.test(statement));
  const comment = own.some((statement) => statement.startsWith("COMMENT "))
    ? []
    : [`COMMENT ON DATABASE ${name} IS NULL`];
  // In one transaction: between the standard rights and what was revoked of them nobody may come in. Only PUBLIC is
  // named in it, so it cannot fail for want of a role.
  const toPublic = [
    `GRANT CONNECT, TEMPORARY ON DATABASE ${name} TO PUBLIC`,
    ...others.filter((statement) => ABOUT_PUBLIC.test(statement)),
  ];
  const opened = isClosed ? [] : [`BEGIN;${toPublic.join(";")};COMMIT`];
  // The comment first: who gives a database away may no longer change it.
  return await executeEach(
    [...comment, ...own.filter(isOwner), ...opened, ...own.filter((statement) => !isOwner(statement))],
    encoding,
    admin,
    io,
  );
}

function isOwner(statement: SqlBytes): boolean {
  return /^ALTER DATABASE .* OWNER TO /s.test(statement);
}

/** What a database lacks of the backup's properties, with the server's reasons where it gave any. */
export async function missingProperties(
  wanted: DatabaseProperties,
  connection: Connection,
  database: string,
  failed: readonly FailedStatement[],
  io: JobIo,
): Promise<string[]> {
  let actual: DatabaseProperties;
  try {
    actual = await propertiesOfDatabase(connection, database, io);
  } catch (error) {
    // What came back is worth more than the proof that it is complete.
    io.signal.throwIfAborted();
    const { message } = toRunError(error);
    return [
      ...failed.map(({ statement, error: reason }) => `Could not be done: ${cutSentence(statement)} (${reason})`),
      `Whether the database's own owner, grants and settings are as they were could not be read: ${message}`,
    ];
  }
  const all = ({ create, settings, others }: DatabaseProperties) =>
    [normalized(create ?? ""), ...settings, ...others].filter(Boolean).map(readableSql);
  const present = new Set(all(actual));
  const reasons = new Map(failed.map(({ statement, error }) => [statement, error]));
  return all(wanted)
    .filter((statement) => !present.has(statement))
    .map((statement) => {
      const reason = reasons.get(statement);
      return `The database itself is not as it was, for it lacks: ${cutSentence(statement)}${reason ? ` (${reason})` : ""}`;
    });
}

/** What only one of two server versions writes is no difference. */
function normalized(create: SqlBytes): SqlBytes {
  return create
    .replace(/ LOCALE_PROVIDER = libc/, "")
    .replace(/ LC_COLLATE = ('[^']*') LC_CTYPE = \1/, " LOCALE = $1")
    .replace(/ TABLESPACE = pg_default/, "");
}
