import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { setRuntimeValue } from "@/lib/core/runtime";
import { bytesOf, type TestIo, testIo } from "../testing/io";
import { sqlite } from "./sqlite";
import { checkDatabase } from "./sqlite-check";
import { storedBackup } from "./sqlite-testing";

let io: TestIo;
let file: string;
beforeEach(() => {
  io = testIo();
  file = join(io.folder, "app.db");
});
afterEach(() => {
  setRuntimeValue("toolsPath", null);
  io.remove();
});

/** A database as an application makes it that has the collation `unicase`, or functions and modules of its own. */
function make(sql: string, replacements: Record<string, string> = {}): void {
  const db = new Database(file);
  db.pragma("journal_mode = WAL");
  db.function("slug", { deterministic: true }, (text) => `slug of ${text}`);
  db.exec(sql);
  db.unsafeMode(true);
  db.pragma("writable_schema = ON");
  for (const [from, to] of Object.entries(replacements))
    db.prepare("UPDATE sqlite_schema SET sql = replace(sql, ?, ?)").run(from, to);
  db.close();
}

const BOOKS = `
  CREATE TABLE books (id INTEGER PRIMARY KEY, title TEXT COLLATE NOCASE, plain TEXT);
  CREATE INDEX books_title ON books (title COLLATE NOCASE);
  CREATE TABLE series (name TEXT COLLATE NOCASE PRIMARY KEY, n INTEGER) WITHOUT ROWID;
  CREATE TABLE other (n INTEGER UNIQUE);
  CREATE TABLE vacant (n INTEGER);
  INSERT INTO books (title, plain) VALUES ('b', 'x'), ('A', 'y'), ('c', 'z');
  INSERT INTO series VALUES ('b', 1), ('A', 2), ('c', 3);
  INSERT INTO other VALUES (1), (2);
`;

async function backUp(): Promise<{ bytes: Buffer; warnings: string[]; details: string[] }> {
  const config = sqlite.parse({ path: file });
  const { details = [] } = await sqlite.test(config, io);
  await sqlite.preflight(config, io);
  return { ...(await bytesOf(await sqlite.dump(config, io, []))), details };
}

const readable = (bytes: Buffer) => Readable.from([bytes], { objectMode: false });

async function expectRestorable(bytes: Buffer, contents: { tables: number; filledTables: number }): Promise<void> {
  expect(await sqlite.verify(readable(bytes), io)).toEqual({ files: null, ...contents });
  const path = join(io.folder, "restored.db");
  expect(await sqlite.restore(storedBackup(bytes), { path }, io, { mayOverwrite: false })).toEqual({ missing: [] });
  expect(readFileSync(path).equals(readFileSync(file))).toBe(true);
  expect(await sqlite.contentsAt({ path }, io)).toEqual({ files: null, ...contents });
}

test("fault A9: a collation that only the application has", async () => {
  make(BOOKS, { "COLLATE NOCASE": "COLLATE unicase" });
  const { bytes, warnings, details } = await backUp();
  expect(details).toEqual([
    "The indexes and constraints of 2 tables (books, series) could not be checked: only its application has the collation unicase. All pages of the file are sound.",
  ]);
  expect(warnings).toEqual([]);
  await expectRestorable(bytes, { tables: 4, filledTables: 3 });
});

test("fault A9: a collation with a name that has to be quoted", async () => {
  make(BOOKS, { "title COLLATE NOCASE": 'title COLLATE "icu-root $1"' });
  const { bytes, warnings, details } = await backUp();
  expect(warnings).toEqual([]);
  expect(details).toEqual([expect.stringContaining("the collation icu-root $1. All pages of the file are sound.")]);
  await expectRestorable(bytes, { tables: 4, filledTables: 3 });
});

test("fault A9: functions of the application in an index, a generated column, a constraint and a view", async () => {
  make(`
    CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT);
    CREATE INDEX posts_slug ON posts (slug(title));
    CREATE TABLE pages (title TEXT, slug TEXT NOT NULL GENERATED ALWAYS AS (slug(title)) VIRTUAL, CHECK (slug(title) <> ''));
    CREATE VIEW slugs AS SELECT slug(title) FROM posts;
    CREATE TABLE other (n INTEGER);
    INSERT INTO posts (title) VALUES ('one'), ('two');
    INSERT INTO pages (title) VALUES ('one');
  `);
  const { bytes, warnings, details } = await backUp();
  expect(warnings).toEqual([]);
  expect(details).toEqual([
    "The indexes and constraints of 2 tables (posts, pages) could not be checked: only its application has the function slug. All pages of the file are sound.",
  ]);
  await expectRestorable(bytes, { tables: 3, filledTables: 2 });
});

test("fault A9: virtual tables of modules and tokenizers that only the application has", async () => {
  make(
    `CREATE VIRTUAL TABLE search USING fts5(body);
     CREATE VIRTUAL TABLE words USING fts5(body, tokenize = 'porter');
     CREATE TABLE notes (body TEXT);
     INSERT INTO notes VALUES ('one');
     INSERT INTO search VALUES ('one');
     INSERT INTO words VALUES ('one');`,
    { "words USING fts5": "words USING vec0", porter: "own_tokenizer" },
  );
  const { bytes } = await backUp();
  const { tables } = (await sqlite.verify(readable(bytes), io)) as { tables: number };
  // The notes, and what the two searches keep in ordinary tables.
  expect(tables).toBe(11);
  const path = join(io.folder, "restored.db");
  await sqlite.restore(storedBackup(bytes), { path }, io, { mayOverwrite: false });
  expect(readFileSync(path).equals(readFileSync(file))).toBe(true);
});

test("fault A9: a tokenizer that only the application has", async () => {
  make("CREATE VIRTUAL TABLE words USING fts5(body, tokenize = 'porter'); INSERT INTO words VALUES ('one')", {
    porter: "own_tokenizer",
  });
  const { bytes, warnings, details } = await backUp();
  expect(warnings).toEqual([]);
  expect(details).toEqual([
    expect.stringMatching(/of 1 table \(words\) could not .*All pages of the file are sound\.$/),
  ]);
  await expectRestorable(bytes, { tables: 5, filledTables: 5 });
});

test("what is damaged is found although a collation is unknown", async () => {
  make(BOOKS, { "COLLATE NOCASE": "COLLATE unicase" });
  const db = new Database(file);
  const root = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'books_title'").pluck().get() as number;
  db.close();
  const bytes = readFileSync(file);
  bytes.fill(0xff, (root - 1) * 4_096, root * 4_096);
  writeFileSync(file, bytes);
  await expect(backUp()).rejects.toMatchObject({ message: expect.stringContaining("The database is damaged") });
  await expect(sqlite.verify(readable(bytes), io)).rejects.toMatchObject({
    message: expect.stringContaining("The database is damaged"),
  });
});

test("an index without one of its entries is damage, and the Test says so as a run does", async () => {
  make(
    "CREATE TABLE t (id INTEGER PRIMARY KEY, n INTEGER); CREATE INDEX t_n ON t (n); INSERT INTO t (n) VALUES (1), (2)",
  );
  const db = new Database(file);
  db.unsafeMode(true);
  db.exec("CREATE TABLE keeper (x)");
  db.pragma("writable_schema = ON");
  db.exec("UPDATE sqlite_schema SET sql = 'CREATE INDEX t_n ON t (n) WHERE n <> 2' WHERE name = 't_n'");
  db.close();
  const again = new Database(file);
  again.exec("INSERT INTO t (n) VALUES (2)");
  again.unsafeMode(true);
  again.pragma("writable_schema = ON");
  again.exec("UPDATE sqlite_schema SET sql = 'CREATE INDEX t_n ON t (n)' WHERE name = 't_n'");
  again.close();
  const config = sqlite.parse({ path: file });
  await expect(sqlite.test(config, io)).rejects.toThrow(/missing from index t_n/);
  await expect(sqlite.dump(config, io, [])).rejects.toThrow(/missing from index t_n/);
});

test("a value that breaks a constraint is remarked, and backed up", async () => {
  make("CREATE TABLE t (n INTEGER CHECK (n < 100)); INSERT INTO t VALUES (50)", { "100": "10" });
  const { bytes, warnings } = await backUp();
  expect(warnings).toEqual([expect.stringContaining("CHECK constraint failed in t")]);
  await expectRestorable(bytes, { tables: 1, filledTables: 1 });
});

test.each([
  ["small pages", "PRAGMA page_size = 512; PRAGMA auto_vacuum = FULL"],
  ["large pages", "PRAGMA page_size = 65536; PRAGMA encoding = 'UTF-16le'; PRAGMA auto_vacuum = INCREMENTAL"],
])("what SQLite itself brings is checked without a remark: %s", async (_, pragmas) => {
  make(`${pragmas};
    CREATE TABLE kept (k TEXT PRIMARY KEY, v ANY) STRICT, WITHOUT ROWID;
    CREATE TABLE made (n INTEGER, twice INTEGER AS (n * 2) STORED, CHECK (twice > n));
    CREATE INDEX made_half ON made (n / 2) WHERE n > 1;
    CREATE TABLE source (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT);
    CREATE VIRTUAL TABLE outside USING fts5(body, content = 'source', content_rowid = 'id');
    CREATE VIRTUAL TABLE four USING fts4(body);
    CREATE VIRTUAL TABLE boxes USING rtree(id, x1, x2);
    CREATE TRIGGER follow AFTER INSERT ON source BEGIN INSERT INTO four (body) VALUES (new.body); END;
    CREATE VIEW all_of_it AS SELECT body FROM source;
    INSERT INTO kept VALUES ('a', 1), ('b', x'00ff');
    INSERT INTO made (n) VALUES (1), (2), (3);
    INSERT INTO source (body) VALUES ('one'), ('two');
    INSERT INTO boxes VALUES (1, 0.0, 1.0);
    ANALYZE`);
  const { bytes, warnings } = await backUp();
  expect(warnings).toEqual([]);
  // The three tables, four of FTS5, five of FTS4, three of the R-tree.
  expect(await sqlite.verify(readable(bytes), io)).toMatchObject({ tables: 15 });
});

test("many tables, and names of any kind, are counted by one process", async () => {
  const names = Array.from({ length: 400 }, (_, i) => `t ${i} "quoted" 'x'\n--`);
  const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
  make(
    names
      .map((name, i) => `CREATE TABLE ${quoted(name)} (n)${i % 2 ? "" : `; INSERT INTO ${quoted(name)} VALUES (1)`}`)
      .join(";"),
  );
  const { contents, oddities, unchecked } = await checkDatabase(file, io);
  expect([contents.tables, contents.filledTables, oddities, unchecked]).toEqual([400, 200, [], []]);
});

test("a table whose rows need inner pages is filled, and one that was emptied is not", async () => {
  make(`CREATE TABLE big (pad TEXT); CREATE TABLE emptied (pad TEXT);
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO big SELECT hex(zeroblob(500)) FROM n;
    INSERT INTO emptied SELECT pad FROM big; DELETE FROM emptied WHERE pad <> ''`);
  const { contents } = await checkDatabase(file, io);
  expect(contents).toEqual({ files: null, tables: 2, filledTables: 1 });
});

test("nothing is needed of the machine but Belfry itself", async () => {
  setRuntimeValue("toolsPath", join(io.folder, "no-tools"));
  make(BOOKS);
  const { bytes, warnings } = await backUp();
  expect(warnings).toEqual([]);
  expect(await sqlite.verify(readable(bytes), io)).toEqual({ files: null, tables: 4, filledTables: 3 });
});
