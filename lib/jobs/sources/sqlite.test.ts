import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bytesOf, type TestIo, testIo } from "../testing/io";
import { sqlite } from "./sqlite";
import { storedBackup } from "./sqlite-testing";

let io: TestIo;
let file: string;
beforeEach(() => {
  io = testIo();
  file = join(io.folder, "app.db");
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)");
  const insert = db.prepare("INSERT INTO t (name) VALUES (?)");
  db.transaction(() => {
    for (let i = 0; i < 2_000; i++) insert.run(`row ${i} ${"x".repeat(100)}`);
  })();
  db.close();
});
afterEach(() => io.remove());

const rowsIn = (path: string) => {
  const db = new Database(path, { readonly: true });
  const row = db.prepare("SELECT count(*) AS n FROM t").get() as { n: number };
  db.close();
  return row.n;
};

async function dumped(): Promise<Buffer> {
  return (await bytesOf(await sqlite.dump(sqlite.parse({ path: file }), io, []))).bytes;
}

test("a dump is a whole database", async () => {
  const bytes = await dumped();
  const copy = join(io.folder, "copy.db");
  writeFileSync(copy, bytes);
  expect(rowsIn(copy)).toBe(2_000);
  expect(await sqlite.verify(Readable.from([bytes], { objectMode: false }), io)).toEqual({
    files: null,
    tables: 1,
    filledTables: 1,
  });
});

test("pain 01: a file that is gone, is no database, or may not be read cannot start", async () => {
  const preflight = (path: string) => sqlite.preflight(sqlite.parse({ path }), io);
  await expect(preflight(join(io.folder, "gone.db"))).rejects.toMatchObject({
    kind: "cannot_start",
    message: expect.stringContaining("does not exist"),
  });
  const text = join(io.folder, "text.db");
  writeFileSync(text, "this is a plain text and no database at all");
  await expect(preflight(text)).rejects.toMatchObject({
    kind: "cannot_start",
    message: expect.stringContaining("not a SQLite"),
  });
  await expect(preflight(io.folder)).rejects.toMatchObject({
    kind: "cannot_start",
    message: expect.stringContaining("not a file"),
  });
});

test("a damaged database is a failure, not a backup", async () => {
  const bytes = readFileSync(file);
  bytes.fill(0xff, 8_192, 60_000);
  writeFileSync(file, bytes);
  await expect(dumped()).rejects.toThrow(/damaged|could not be read|malformed/i);
});

test("paths with quotes, spaces and a leading dash in a name are only names", async () => {
  const folder = join(io.folder, "-x 'quoted' \"folder\"");
  mkdirSync(folder);
  writeFileSync(join(folder, "-rf.db"), readFileSync(file));
  const { bytes } = await bytesOf(await sqlite.dump(sqlite.parse({ path: join(folder, "-rf.db") }), io, []));
  expect(bytes.subarray(0, 15).toString()).toBe("SQLite format 3");
});

test("a relative path, one with .. and one with a line break are refused", () => {
  for (const path of ["data.db", "/srv/../etc/x.db", "/srv/a\nb.db", ""]) {
    expect(sqlite.configSchema.safeParse({ path }).success).toBe(false);
  }
});

test("restore to a new file", async () => {
  const bytes = await dumped();
  const path = join(io.folder, "new.db");
  expect(await sqlite.existingTarget({ path }, io)).toBeNull();
  await sqlite.restore(storedBackup(bytes), { path }, io, { mayOverwrite: false });
  expect(rowsIn(path)).toBe(2_000);
});

test("restore over the old file needs permission, and removes the old journal", async () => {
  const bytes = await dumped();
  // Committed rows that are only in the old file's journal must not be replayed into the new one.
  const db = new Database(file);
  db.exec("INSERT INTO t (name) VALUES ('after the backup')");
  const wal = readFileSync(`${file}-wal`);
  db.close();
  writeFileSync(`${file}-wal`, wal);
  expect(await sqlite.existingTarget({ path: file }, io)).toContain("app.db");
  await expect(sqlite.restore(storedBackup(bytes), { path: file }, io, { mayOverwrite: false })).rejects.toThrow(
    "already exists",
  );
  await sqlite.restore(storedBackup(bytes), { path: file }, io, { mayOverwrite: true });
  expect(rowsIn(file)).toBe(2_000);
});

test("pain 06: a backup cut short restores nothing and leaves what was there", async () => {
  const bytes = await dumped();
  await expect(
    sqlite.restore(storedBackup(bytes.subarray(0, bytes.length / 2)), { path: file }, io, { mayOverwrite: true }),
  ).rejects.toThrow();
  expect(rowsIn(file)).toBe(2_000);
});

test("a symbolic link as the database is followed", async () => {
  const link = join(io.folder, "link.db");
  symlinkSync(file, link);
  const { message } = await sqlite.test(sqlite.parse({ path: link }), io);
  expect(message).toContain("link.db opens");
});
