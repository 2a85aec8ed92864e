import { Readable } from "node:stream";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { bytesOf, type TestIo, testIo } from "../testing/io";
import { postgres } from "./postgres";
import { withServer } from "./postgres-client";
import { removeOldScratch } from "./postgres-scratch";
import { PASSWORD, startTestServer, type TestServer } from "./postgres-testing";

let server: TestServer;
let io: TestIo;

beforeAll(async () => {
  server = await startTestServer(["limited", "reader"]);
  await server.sql("postgres", "CREATE DATABASE shop");
  await server.sql(
    "shop",
    `CREATE TABLE a (n int); INSERT INTO a VALUES (1); CREATE TABLE b (n int); CREATE TABLE "c d" (id serial);
    CREATE SCHEMA inner_; CREATE TABLE inner_.e (n int); GRANT SELECT ON a TO limited;
    CREATE TABLE family (n int); CREATE TABLE child () INHERITS (family); INSERT INTO child VALUES (1);
    CREATE TABLE parts (n int) PARTITION BY LIST (n); CREATE TABLE part PARTITION OF parts DEFAULT; INSERT INTO parts VALUES (1);
    CREATE VIEW v AS SELECT 1; CREATE MATERIALIZED VIEW m AS SELECT 1;
    CREATE EXTENSION postgres_fdw; CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw; CREATE FOREIGN TABLE far (n int) SERVER s;
    SELECT lo_from_bytea(0, 'x');`,
  );
});
afterAll(() => server.stop());
beforeEach(() => {
  io = testIo([PASSWORD]);
});
afterEach(() => io.remove());

const target = (database: string, more?: object) => ({ config: server.config("shop", more), database });
const asLimited = { user: "limited" };
const databases = async () =>
  (await server.sql("postgres", "SELECT datname FROM pg_database")).map(({ datname }) => datname);

test("fault A1: a dump and its database are counted alike: tables with rows of their own, not views, parents or foreign tables", async () => {
  const { bytes } = await bytesOf(await postgres.dump(server.config("shop"), io, []));
  const contents = await postgres.verify(Readable.from([bytes], { objectMode: false }), io);
  expect(contents).toEqual({ files: null, tables: 7, filledTables: 3 });
  expect(await postgres.contentsAt(target("shop"), io)).toEqual(contents);
});

test("fault A1: a user who may not see every row counts no filled tables, rather than wrong ones", async () => {
  expect(await postgres.contentsAt(target("shop", asLimited), io)).toEqual({
    files: null,
    tables: 7,
    filledTables: null,
  });
  await expect(postgres.contentsAt(target("nothing"), io)).rejects.toMatchObject({ kind: "cannot_start" });
});

test("a dump with a damaged head or a missing end does not verify", async () => {
  const { bytes } = await bytesOf(await postgres.dump(server.config("shop"), io, []));
  const verify = (damaged: Buffer) => postgres.verify(Readable.from([damaged], { objectMode: false }), io);
  const flipped = Buffer.from(bytes);
  flipped.fill(0xff, 600, 700);
  await expect(verify(flipped)).rejects.toThrow("cannot be read to its end");
  for (const end of [0, 100, 3_000, bytes.length - 20]) {
    await expect(verify(bytes.subarray(0, end))).rejects.toThrow("cannot be read to its end");
  }
});

test("fault A9: Test finds what a run would fail on: tables that may not be read, by name", async () => {
  await expect(postgres.test(server.config("shop", asLimited), io)).rejects.toMatchObject({
    kind: "cannot_start",
    message: expect.stringMatching(/^The user may not read 8 tables and sequences: .*inner_\.e/),
    advice: expect.stringContaining("pg_read_all_data"),
  });
  const { details } = await postgres.test(server.config("shop"), io);
  expect(details?.join(" ")).toMatch(/1 foreign table are on other servers.*1 large object is part/);
});

describe("fault D5: a role that may read everything by pg_read_all_data", () => {
  const asReader = { user: "reader" };
  beforeAll(() => server.sql("postgres", "GRANT pg_read_all_data TO reader"));

  test("large objects of others are named before the dump, with the right that helps", async () => {
    await server.sql("postgres", "CREATE DATABASE large");
    await server.sql("large", "CREATE TABLE t AS SELECT 1 AS n; SELECT lo_from_bytea(4711, 'x')");
    const refused = { advice: expect.stringMatching(/^pg_read_all_data does not cover large objects: .* owner/) };
    await expect(postgres.test(server.config("large", asReader), io)).rejects.toMatchObject({
      kind: "cannot_start",
      message: expect.stringMatching(/^The user may not read 1 large object, owned by \w+\.$/),
      ...refused,
    });
    const dump = await postgres.dump(server.config("large", asReader), io, []);
    await expect(bytesOf(dump)).rejects.toMatchObject(refused);
    await server.sql("large", "GRANT SELECT ON LARGE OBJECT 4711 TO reader");
    await postgres.test(server.config("large", asReader), io);
  });

  test("row security needs BYPASSRLS, a restore test CREATEDB: neither advice names pg_read_all_data", async () => {
    await server.sql("postgres", "CREATE DATABASE guarded");
    await server.sql(
      "guarded",
      "CREATE TABLE t AS SELECT 1 AS n; ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY none ON t USING (false)",
    );
    const adviceOf = (tried: Promise<unknown>) => tried.then(String, (error: { advice: string }) => error.advice);
    const hidden = await adviceOf(postgres.test(server.config("guarded", asReader), io));
    const scratch = await adviceOf(postgres.scratch(server.config("shop", asReader), io));
    expect(hidden).toContain("BYPASSRLS");
    expect(scratch).toContain("CREATEDB");
    for (const advice of [hidden, scratch]) expect(advice).not.toContain("pg_read_all_data");
  });

  test("a restore that it may not make is advised to use the owner", async () => {
    await server.sql("postgres", "CREATE DATABASE foreign_owner");
    const backup = await server.backup("shop", io);
    const restored = postgres.restore(backup, target("foreign_owner", asReader), io, { mayOverwrite: false });
    const advice = await restored.then(
      ({ missing }) => missing.join(" "),
      (error: { advice: string }) => error.advice,
    );
    expect(advice).toMatch(/owner|superuser/);
    expect(advice).not.toContain("right to read everything");
  });
});

test("row security that would hide rows is a failure with advice, never a smaller dump", async () => {
  await server.sql("postgres", "CREATE DATABASE rls; ");
  await server.sql(
    "rls",
    "CREATE TABLE t AS SELECT 1 AS n; GRANT SELECT ON t TO limited; ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY none ON t USING (false)",
  );
  await expect(postgres.test(server.config("rls", asLimited), io)).rejects.toMatchObject({
    message: "Row security hides rows of 1 table from the user: public.t.",
    advice: expect.stringContaining("BYPASSRLS"),
  });
  const dump = await postgres.dump(server.config("rls", asLimited), io, []);
  await expect(bytesOf(dump)).rejects.toMatchObject({ advice: expect.stringContaining("BYPASSRLS") });
  expect(await postgres.contentsAt(target("rls", asLimited), io)).toEqual({
    files: null,
    tables: 1,
    filledTables: null,
  });
  expect(await postgres.contentsAt(target("rls"), io)).toEqual({ files: null, tables: 1, filledTables: 1 });
});

test("a database of a restore test is removed although someone is connected, also after the run was canceled", async () => {
  const backup = await server.backup("shop", io);
  const scratch = await postgres.scratch(server.config("shop"), io);
  const place = scratch.target as ReturnType<typeof target>;
  expect(place.database).toMatch(/^belfry_restore_test_\d{8}_/);
  expect((await postgres.restore(backup, place, io, { mayOverwrite: false })).missing).toEqual([]);
  expect(await postgres.contentsAt(place, io)).toEqual(await postgres.contentsAt(target("shop"), io));
  const lingering = await server.connect(place.database);
  io.abort(new Error("canceled"));
  await scratch.remove();
  expect(await databases()).not.toContain(place.database);
  await lingering.end().catch(() => undefined);
});

test("without the right to create databases no restore can be tested, and the advice says which right it is", async () => {
  await expect(postgres.scratch(server.config("shop", asLimited), io)).rejects.toMatchObject({
    kind: "cannot_start",
    advice: expect.stringContaining("CREATEDB"),
  });
});

test("databases that killed restore tests left are removed after a day, and no others", async () => {
  const names = [
    "belfry_restore_test_20200101_0abc",
    "belfry_restore_test_20990101_0abc",
    "belfry_restore_test_mine",
    "belfry_restore_test_20200102_0used",
  ];
  for (const name of names) await server.sql("postgres", `CREATE DATABASE ${name}`);
  const user = await server.connect("belfry_restore_test_20200102_0used");
  try {
    const removed = await withServer(server.config("shop"), io, (admin) => removeOldScratch(admin, io));
    expect(removed).toEqual(["belfry_restore_test_20200101_0abc"]);
    expect(await databases()).toEqual(expect.arrayContaining(names.slice(1)));
    expect(await databases()).not.toContain(names[0]);
  } finally {
    await user.end();
  }
});

test("the outlook names extensions that the server does not have, and reads only the head of a backup", async () => {
  const { bytes } = await bytesOf(await postgres.dump(server.config("shop"), io, []));
  // An extension of the same length that no server has.
  const text = bytes.toString("latin1").replaceAll("postgres_fdw", "postgres_xyz");
  const changed = Buffer.from(text, "latin1");
  let read = 0;
  const head = {
    open: async () =>
      Readable.from(
        (async function* () {
          yield changed;
          for (; read < 200; read++) yield Buffer.alloc(1_000_000);
        })(),
        { objectMode: false },
      ),
  };
  const outlook = await postgres.outlook(head, target("shop_new"), io);
  expect(outlook).toEqual({
    stays: [],
    cannot: ["The server does not have the extension postgres_xyz: neither it nor what uses it can come back."],
  });
  expect(read).toBeLessThan(50);
});
