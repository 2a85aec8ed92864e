import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JobIo } from "../contract";
import { RunError } from "../run-error";
import type { RunningTool, ToolEnd } from "../tool-io";

export interface PostgresServer {
  host: string;
  port: number;
  user: string;
  password?: string;
}

/** Address and credentials of one database. Passed to the tools in the environment, never as arguments. */
export interface Connection {
  env: Record<string, string>;
  /** Removes the password file. */
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_S = "10";
/** For what may have to look at every object of a database. */
const LONG_LIMIT_MS = 600_000;
/** No start file, no password prompt, bare rows. */
export const PSQL = ["-X", "-w", "-A", "-t", "-q"];

/**
 * Makes a connection's environment. The password is in a file of mode 0600 for as long as the work takes, neither in
 * the process list nor in any environment.
 */
export async function openConnection(server: PostgresServer, database: string, io: JobIo): Promise<Connection> {
  const passFile = join(io.workDir, `pgpass-${randomBytes(8).toString("hex")}`);
  await writeFile(passFile, `*:*:*:*:${(server.password ?? "").replace(/[\\:]/g, "\\$&")}\n`, {
    mode: 0o600,
    flag: "wx",
  });
  return {
    env: {
      PGHOST: server.host,
      PGPORT: String(server.port),
      PGUSER: server.user,
      PGDATABASE: database,
      PGPASSFILE: passFile,
      PGCONNECT_TIMEOUT: CONNECT_TIMEOUT_S,
      PGAPPNAME: "belfry",
    },
    close: () => rm(passFile, { force: true }),
  };
}

/** Opens a connection for one piece of work and closes it. */
export async function withConnection<T>(
  server: PostgresServer,
  database: string,
  io: JobIo,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await openConnection(server, database, io);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/**
 * A connection to a database of the server other than the one that the work is about, which may have been lost, or be
 * about to get another name.
 */
export async function withServer<T>(
  server: PostgresServer & { database: string },
  io: JobIo,
  work: (connection: Connection) => Promise<T>,
  except?: string,
): Promise<T> {
  const candidates = ["postgres", server.database, "template1"].filter((name) => name !== except);
  for (const candidate of candidates.slice(0, -1)) {
    const connection = await openConnection(server, candidate, io);
    try {
      const answers = await query(connection, "SELECT 1", io).then(
        () => true,
        () => false,
      );
      if (answers) return await work(connection);
    } finally {
      await connection.close();
    }
  }
  return await withConnection(server, candidates.at(-1) ?? server.database, io, work);
}

/**
 * One query through `psql`; rows as lines, columns separated by `|`. @throws RunError with the server's message
 * @param limitMs milliseconds after which it is stopped
 */
export async function query(connection: Connection, sql: string, io: JobIo, limitMs = 60_000): Promise<string[]> {
  const { code, stdout, stderr } = await io.tools.run("psql", [...PSQL, "-v", "ON_ERROR_STOP=1", "-c", sql], {
    env: { ...connection.env, PGCLIENTENCODING: "UTF8" },
    timeLimitMs: limitMs,
  });
  if (code !== 0) throw postgresError(stderr, code === 2 ? "cannot_start" : "failed");
  return stdout.split("\n").filter(Boolean);
}

/**
 * A query whose rows are one JSON value each, so that names may hold anything; any number of rows.
 * @throws RunError with the server's message
 */
export async function queryJson<T>(connection: Connection, sql: string, io: JobIo): Promise<T[]> {
  const tool = io.tools.start("psql", [...PSQL, "-v", "ON_ERROR_STOP=1", "-c", sql], {
    env: { ...connection.env, PGCLIENTENCODING: "UTF8" },
    timeLimitMs: LONG_LIMIT_MS,
  });
  const { output, code, stderr } = await outputOf(tool);
  if (code !== 0) throw postgresError(stderr, code === 2 ? "cannot_start" : "failed");
  return output
    .toString("utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

/** A tool's whole output in memory, as bytes, of any length. */
export async function outputOf({ stdout, ended }: RunningTool): Promise<ToolEnd & { output: Buffer }> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of stdout as AsyncIterable<Buffer>) chunks.push(chunk);
  } catch (error) {
    // How the tool ended says more than that its output broke off.
    await ended;
    throw error;
  }
  return { ...(await ended), output: Buffer.concat(chunks) };
}

/** The server's major version. */
export async function serverVersion(connection: Connection, io: JobIo): Promise<number> {
  const [line] = await query(connection, "SHOW server_version_num", io);
  const version = Math.floor(Number(line) / 10_000);
  if (!Number.isFinite(version) || version < 1)
    throw new RunError(`The server did not report its version: ${line ?? "no answer"}`);
  return version;
}

const ADVICE: [RegExp, string][] = [
  [/password authentication failed|no password supplied|authentication failed/i, "Check user and password."],
  [/no pg_hba\.conf entry/i, "The server does not let this user in from this machine: add a line to its pg_hba.conf."],
  [/database ".*" does not exist/i, "Check the database's name."],
  [
    /role ".*" does not exist/i,
    "Create that role on the server first, or restore as much as possible into a new database.",
  ],
  [
    /Connection refused/i,
    "Nothing listens there: check host and port, and that PostgreSQL runs and listens on that address.",
  ],
  [/could not translate host name|Name or service not known/i, "Check the host's name."],
  [
    /timeout expired|No route to host|Network is unreachable/i,
    "The host does not answer: check the address and any firewall between.",
  ],
  [
    /row-level security/i,
    "Row security hides rows from this user, and a dump without them would be no backup: ALTER ROLE … BYPASSRLS, or back up as the owner or a superuser.",
  ],
  [/permission denied to create database/i, "Give the user the right to create databases: ALTER ROLE … CREATEDB."],
  [
    /cannot drop .* because other objects depend on it|cannot drop .* depends on/i,
    "Something made since the backup depends on what would be replaced. Choose “swap”: the backup is restored into a new database, which then takes the name, and the old one is kept.",
  ],
  [
    /unrecognized configuration parameter/i,
    "A newer pg_dump made the backup: restore it on a server of that version, or as much as possible into a new database.",
  ],
  [
    /out of shared memory|max_locks_per_transaction/i,
    "The backup has too many objects for one transaction: raise max_locks_per_transaction on the server, or choose another mode than all or nothing.",
  ],
  [/permission denied/i, "Grant the user the right to read everything: GRANT pg_read_all_data TO the user."],
  [/No space left|could not extend file/i, "The server's disk is full."],
  [
    /server closed the connection|terminating connection|connection to server was lost|SSL SYSCALL/i,
    "The server ended the connection; its log says why.",
  ],
  [/already exists/i, "Restore into an empty database, or allow overwriting."],
];

/** The error output of a PostgreSQL tool as a RunError, with advice. */
export function postgresError(stderr: string, kind: "failed" | "cannot_start" = "failed"): RunError {
  const lines = stderr.split("\n").filter((line) => line.trim());
  const message = (lines.length > 8 ? [...lines.slice(0, 8), `and ${lines.length - 8} more lines.`] : lines).join("\n");
  return new RunError(message || "PostgreSQL's tool gave no reason.", {
    kind,
    advice: ADVICE.find(([pattern]) => pattern.test(stderr))?.[1] ?? null,
  });
}
