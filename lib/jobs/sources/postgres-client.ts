import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JobIo } from "../contract";
import { RunError, startError } from "../run-error";

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
      PGCLIENTENCODING: "UTF8",
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

/** A connection to any database of the server, to query about another one, which may have been lost. */
export async function withServer<T>(
  server: PostgresServer & { database: string },
  io: JobIo,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  return await withConnection(server, "postgres", io, async (connection) => {
    const answers = await query(connection, "SELECT 1", io).then(
      () => true,
      () => false,
    );
    return answers ? await work(connection) : await withConnection(server, server.database, io, work);
  });
}

/** One query through `psql`; rows as lines, columns separated by `|`. @throws RunError with the server's message */
export async function query(connection: Connection, sql: string, io: JobIo): Promise<string[]> {
  const { code, stdout, stderr } = await io.tools.run(
    "psql",
    ["-X", "-w", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql],
    {
      env: connection.env,
      timeLimitMs: 60_000,
    },
  );
  if (code !== 0) throw postgresError(stderr, code === 2 ? "cannot_start" : "failed");
  return stdout.split("\n").filter(Boolean);
}

/**
 * The client program that can talk to this server: Debian's default one, or the one of the server's version where
 * the default is too old. pg_dump refuses a server that is newer than itself.
 * @throws RunError that names the package to add
 */
export async function clientFor(program: "pg_dump" | "pg_restore", serverVersion: number, io: JobIo): Promise<string> {
  const { stdout } = await io.tools.run(program, ["--version"]);
  const version = Number(/(\d+)(?:\.|\s|$|beta|rc|devel)/.exec(stdout.replace(/^\D*/, ""))?.[1] ?? 0);
  if (version >= serverVersion) return program;
  const exact = `/usr/lib/postgresql/${serverVersion}/bin/${program}`;
  if (existsSync(exact)) return exact;
  throw startError(
    `${program} ${version} is too old for the server's PostgreSQL ${serverVersion}.`,
    `Install the package postgresql-client-${serverVersion} (from apt.postgresql.org where Debian does not have it).`,
  );
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
  [/role ".*" does not exist/i, "Create that role on the server first."],
  [
    /Connection refused/i,
    "Nothing listens there: check host and port, and that PostgreSQL runs and listens on that address.",
  ],
  [/could not translate host name|Name or service not known/i, "Check the host's name."],
  [
    /timeout expired|No route to host|Network is unreachable/i,
    "The host does not answer: check the address and any firewall between.",
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

/** A name as SQL writes it. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL writes it. */
export function literal(text: string): string {
  return `E'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}
