import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import pg from "pg";
import { type PostgresServer, postgresPrograms, startPostgres } from "@/e2e/support/postgres";
import type { StoredBackup } from "../contract";
import { bytesOf, type TestIo } from "../testing/io";
import { postgres } from "./postgres";

/** The tests' superuser needs this password, so that a tool that asks for one would be found. */
export const PASSWORD = "p:a\\ss'w\"ord";

export interface TestServer {
  config(database: string, more?: object): never;
  sql(database: string, text: string): Promise<Record<string, unknown>[]>;
  /** A session that stays open until it is closed. */
  connect(database: string): Promise<pg.Client>;
  backup(database: string, io: TestIo, more?: object): Promise<StoredBackup>;
  /** The whole schema as SQL, with the database's own properties. Two databases that are alike have the same, but for their names. */
  schema(database: string): string;
  stop(): Promise<void>;
}

/** A real server with a superuser `backup`, and a role without rights for each of the given names, all with the password. */
export async function startTestServer(roles: string[] = []): Promise<TestServer> {
  const server: PostgresServer = await startPostgres();
  const url = new URL(server.url);
  const [host, port] = [url.hostname, Number(url.port)];
  const connect = async (database: string) => {
    const client = new pg.Client({ host, port, user: "belfry", database });
    client.on("error", () => undefined);
    await client.connect();
    return client;
  };
  const sql = async (database: string, text: string) => {
    const client = await connect(database);
    try {
      const result: unknown = await client.query(text);
      return (Array.isArray(result) ? result.at(-1) : result).rows as Record<string, unknown>[];
    } finally {
      await client.end();
    }
  };
  const [hba] = await sql("postgres", "SHOW hba_file");
  await sql("postgres", `CREATE ROLE backup LOGIN SUPERUSER PASSWORD ${pg.escapeLiteral(PASSWORD)}`);
  for (const role of roles) {
    await sql("postgres", `CREATE ROLE ${pg.escapeIdentifier(role)} LOGIN PASSWORD ${pg.escapeLiteral(PASSWORD)}`);
  }
  writeFileSync(
    String(hba?.hba_file),
    "host all belfry all trust\nhost all all all scram-sha-256\nlocal all all trust\n",
  );
  await sql("postgres", "SELECT pg_reload_conf()");
  const config = (database: string, more: object = {}) =>
    postgres.parse({ host, port, user: "backup", password: PASSWORD, database, ...more }) as never;
  return {
    config,
    sql,
    connect,
    async backup(database, io, more) {
      const { bytes } = await bytesOf(await postgres.dump(config(database, more), io, []));
      return storedBytes(bytes);
    },
    schema(database) {
      const address = [`--host=${host}`, `--port=${port}`, "--username=belfry", `--dbname=${database}`];
      const args = ["--create", "--schema-only", ...address];
      const text = execFileSync(join(postgresPrograms(), "pg_dump"), args, { maxBuffer: 1e9, encoding: "latin1" });
      return text
        .replace(/^\\.*\n/gm, "")
        .replaceAll(`"${database}"`, "NAME")
        .replaceAll(database, "NAME");
    },
    stop: () => server.stop(),
  };
}

export function storedBytes(bytes: Buffer): StoredBackup {
  return { open: async () => Readable.from([bytes], { objectMode: false }) };
}
