import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { peekRuntimeValue } from "@/lib/core/runtime";
import type { JobIo } from "../contract";
import { RunError } from "../run-error";
import type { RunningTool, ToolEnd } from "../tool-io";
import { postgresError } from "./postgres-error";

export interface PostgresServer {
  host: string;
  port: number;
  user: string;
  password?: string;
  /** TLS only, with a certificate of a trusted authority for this host. */
  verifyServer: boolean;
}

/** Address and credentials of one database. Passed to the tools in the environment, never as arguments. */
export interface Connection {
  env: Record<string, string>;
  /** Removes the files with the password and the authorities. */
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
  const caFile = server.verifyServer ? await writeAuthorities(io) : null;
  return {
    env: {
      PGHOST: server.host,
      PGPORT: String(server.port),
      PGUSER: server.user,
      PGDATABASE: database,
      PGPASSFILE: passFile,
      PGCONNECT_TIMEOUT: CONNECT_TIMEOUT_S,
      PGAPPNAME: "belfry",
      ...(caFile ? { PGSSLMODE: "verify-full", PGSSLROOTCERT: caFile } : {}),
    },
    async close() {
      for (const file of [passFile, caFile]) if (file) await rm(file, { force: true });
    },
  };
}

/** libpq takes one file with every authority: https://www.postgresql.org/docs/current/libpq-ssl.html */
async function writeAuthorities(io: JobIo): Promise<string> {
  const file = join(io.workDir, `authorities-${randomBytes(8).toString("hex")}.pem`);
  const trusted = [...rootCertificates, ...(peekRuntimeValue("authorities") ?? [])];
  await writeFile(file, `${trusted.join("\n")}\n`, { mode: 0o600, flag: "wx" });
  return file;
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
