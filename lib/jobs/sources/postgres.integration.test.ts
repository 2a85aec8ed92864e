import { readdirSync, writeFileSync } from "node:fs";
import { Readable } from "node:stream";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type PostgresServer, startPostgres } from "@/e2e/support/postgres";
import { setRuntimeValue } from "@/lib/core/runtime";
import { bytesOf, type TestIo, testIo } from "../testing/io";
import { postgres } from "./postgres";
import { clientFor } from "./postgres-programs";

const PASSWORD = "p:a\\ss'w\"ord";
let server: PostgresServer;
let io: TestIo;
let host: string;
let port: number;

beforeAll(async () => {
  server = await startPostgres();
  const url = new URL(server.url);
  host = url.hostname;
  port = Number(url.port);
  server.createDatabase("shop");
  await sql("shop", `CREATE TABLE items AS SELECT n AS id, repeat('x', 200) AS name FROM generate_series(1, 20000) n`);
  await sql("postgres", `CREATE ROLE backup LOGIN SUPERUSER PASSWORD ${pg.escapeLiteral(PASSWORD)}`);
  const [hba] = await sql("postgres", "SHOW hba_file");
  writeFileSync(
    String(hba?.hba_file),
    "host all belfry all trust\nhost all all all scram-sha-256\nlocal all all trust\n",
  );
  await sql("postgres", "SELECT pg_reload_conf()");
});
afterAll(() => server.stop());
beforeEach(() => {
  io = testIo([PASSWORD]);
});
afterEach(() => {
  setRuntimeValue("toolsPath", null);
  io.remove();
});

async function sql(database: string, text: string): Promise<Record<string, unknown>[]> {
  const url = new URL(server.url);
  url.pathname = `/${database}`;
  const client = new pg.Client({ connectionString: url.href });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const config = (more: object = {}) =>
  postgres.parse({ host, port, user: "backup", password: PASSWORD, database: "shop", ...more });
const stored = (bytes: Buffer) => ({ open: async () => Readable.from([bytes], { objectMode: false }) });
const dumped = async (more: object = {}) => (await bytesOf(await postgres.dump(config(more), io, []))).bytes;
const rows = async (database: string) => Number((await sql(database, "SELECT count(*) AS n FROM items"))[0]?.n);

test("a dump with a password full of signs is whole, and leaves no password file", async () => {
  const bytes = await dumped();
  expect(bytes.subarray(0, 5).toString()).toBe("PGDMP");
  await postgres.verify(Readable.from([bytes], { objectMode: false }), io);
  expect(readdirSync(io.folder)).toEqual([]);
  expect((await postgres.test(config(), io)).message).toMatch(/shop answers: PostgreSQL \d+, .*MB/);
});

test("pain 01: wrong password, closed port and unknown database cannot start, with the server's message and advice", async () => {
  await expect(postgres.preflight(config({ password: "wrong-password" }), io)).rejects.toMatchObject({
    kind: "cannot_start",
    message: expect.stringContaining("password authentication failed"),
    advice: "Check user and password.",
  });
  await expect(postgres.preflight(config({ port: 1 }), io)).rejects.toMatchObject({
    kind: "cannot_start",
    message: expect.stringContaining("Connection refused"),
  });
  await expect(postgres.preflight(config({ database: "nothing" }), io)).rejects.toMatchObject({
    kind: "cannot_start",
    message: expect.stringContaining('database "nothing" does not exist'),
  });
  expect(readdirSync(io.folder)).toEqual([]);
});

test("a connection that is killed in the middle of a dump is a failure, although its output looks clean", async () => {
  server.createDatabase("large");
  // More than the sockets between server and tool hold: the server waits while nobody reads.
  await sql(
    "large",
    "CREATE TABLE items AS SELECT n AS id, repeat('x', 400) AS name FROM generate_series(1, 100000) n",
  );
  const dump = await postgres.dump(config({ database: "large" }), io, []);
  await expect
    .poll(() =>
      sql(
        "postgres",
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'large' AND usename = 'backup' AND wait_event = 'ClientWrite'",
      ),
    )
    .not.toEqual([]);
  await expect(bytesOf(dump)).rejects.toMatchObject({ message: expect.stringMatching(/connection|terminat/i) });
});

test("a truncated dump lists well, but does not verify", async () => {
  const bytes = await dumped();
  await expect(postgres.verify(Readable.from([bytes.subarray(0, 500_000)], { objectMode: false }), io)).rejects.toThrow(
    "cannot be read to its end",
  );
});

test("a database whose name is a connection string is only a name", async () => {
  const name = "host=127.0.0.9 dbname='x";
  await sql("postgres", `CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  await sql(name, "CREATE TABLE items AS SELECT 1 AS id");
  const bytes = await dumped({ database: name });
  await postgres.restore(stored(bytes), { config: config(), database: `${name} copy` }, io, { mayOverwrite: false });
  expect(await rows(`${name} copy`)).toBe(1);
});

test("restore into a new database makes it", async () => {
  const target = { config: config(), database: "shop_copy" };
  expect(await postgres.existingTarget(target, io)).toBeNull();
  await postgres.restore(stored(await dumped()), target, io, { mayOverwrite: false });
  expect(await rows("shop_copy")).toBe(20_000);
  expect(await postgres.existingTarget(target, io)).toContain("1 tables");
});

test("restore over data needs permission, and replaces it", async () => {
  const bytes = await dumped();
  await sql("postgres", "CREATE DATABASE shop_over");
  await sql("shop_over", "CREATE TABLE items AS SELECT 1 AS id");
  const target = { config: config(), database: "shop_over" };
  await expect(postgres.restore(stored(bytes), target, io, { mayOverwrite: false })).rejects.toThrow(
    "already has data",
  );
  await postgres.restore(stored(bytes), target, io, { mayOverwrite: true });
  expect(await rows("shop_over")).toBe(20_000);
});

test("pain 06: a partial restore is a failure: a new database is dropped, an old one keeps its data", async () => {
  const half = (await dumped()).subarray(0, 500_000);
  await expect(
    postgres.restore(stored(half), { config: config(), database: "shop_half" }, io, { mayOverwrite: false }),
  ).rejects.toThrow();
  expect(await sql("postgres", "SELECT 1 FROM pg_database WHERE datname = 'shop_half'")).toEqual([]);
  await sql("postgres", "CREATE DATABASE shop_kept");
  await sql("shop_kept", "CREATE TABLE items AS SELECT generate_series(1, 7) AS id");
  await expect(
    postgres.restore(stored(half), { config: config(), database: "shop_kept" }, io, { mayOverwrite: true }),
  ).rejects.toThrow();
  expect(await rows("shop_kept")).toBe(7);
});

test("a restore works when the source's own database was lost", async () => {
  const bytes = await dumped();
  const target = { config: config({ database: "shop_lost" }), database: "shop_lost" };
  await postgres.restore(stored(bytes), target, io, { mayOverwrite: false });
  expect(await rows("shop_lost")).toBe(20_000);
});

test("a server newer than the tool is found before the dump, and the package is named", async () => {
  await expect(clientFor("pg_dump", 99, io)).rejects.toMatchObject({
    kind: "cannot_start",
    message: expect.stringMatching(/pg_dump \d+ is too old for the server's PostgreSQL 99/),
    advice: expect.stringContaining("postgresql-client-99"),
  });
});

test("a missing pg_dump cannot start, and the package is named", async () => {
  setRuntimeValue("toolsPath", io.folder);
  await expect(postgres.preflight(config(), io)).rejects.toMatchObject({
    kind: "cannot_start",
    advice: expect.stringContaining("postgresql-client"),
  });
});

test("passwords and names with line breaks are refused", () => {
  for (const more of [
    { password: "a\nb" },
    { database: "a\nb" },
    { host: "a\0b" },
    { database: "x".repeat(64) },
    { port: 0 },
  ]) {
    expect(postgres.configSchema.safeParse({ host, port, user: "u", database: "d", ...more }).success).toBe(false);
  }
});
