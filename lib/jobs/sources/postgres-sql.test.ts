import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { withOwnSearchPath } from "./postgres-search-path";
import { asciiIdentifier, forDatabase, splitStatements } from "./postgres-sql";
import { besideName } from "./postgres-swap";

test("a script is split where its statements end, not inside of quotes, bodies and comments", () => {
  const script = [
    "\\restrict abc",
    "-- a comment; with 'a quote",
    `GRANT SELECT ON TABLE public."a;b""c\n\\d" TO app;`,
    `COMMENT ON DATABASE shop IS 'it''s; E''\\';`,
    `COMMENT ON DATABASE shop IS E'\\'; x';`,
    "CREATE FUNCTION f() AS $_$ SELECT ';'; $x$ $_$;",
    "\\connect shop",
    "SELECT 1",
  ].join("\n");
  expect(splitStatements(script)).toEqual([
    `GRANT SELECT ON TABLE public."a;b""c\n\\d" TO app`,
    `COMMENT ON DATABASE shop IS 'it''s; E''\\'`,
    `COMMENT ON DATABASE shop IS E'\\'; x'`,
    "CREATE FUNCTION f() AS $_$ SELECT ';'; $x$ $_$",
  ]);
});

test("a statement about a database gets the name of another one, whatever else in it is called so", () => {
  for (const [from, to] of [
    ["CREATE DATABASE shop WITH TEMPLATE = template0", 'CREATE DATABASE "new" WITH TEMPLATE = template0'],
    ['ALTER DATABASE "sh""op x" OWNER TO database', 'ALTER DATABASE "new" OWNER TO database'],
    [
      "ALTER ROLE database IN DATABASE shop SET search_path TO 'shop'",
      "ALTER ROLE database IN DATABASE \"new\" SET search_path TO 'shop'",
    ],
    ["GRANT CREATE,CONNECT ON DATABASE shop TO shop", 'GRANT CREATE,CONNECT ON DATABASE "new" TO shop'],
    ["REVOKE ALL ON DATABASE shop FROM PUBLIC", 'REVOKE ALL ON DATABASE "new" FROM PUBLIC'],
    ["COMMENT ON DATABASE shop IS 'ON DATABASE shop'", "COMMENT ON DATABASE \"new\" IS 'ON DATABASE shop'"],
    ["GRANT SELECT ON TABLE public.database TO shop", null],
    ["SET SESSION AUTHORIZATION shop", null],
  ] as const) {
    expect(forDatabase(from, "new")).toBe(to);
  }
  expect(asciiIdentifier('a"é☂\\')).toBe('U&"a""\\+0000e9\\+002602\\\\"');
});

const SET_PATH = "SELECT pg_catalog.set_config('search_path', '', false);\n";

async function changed(dump: Buffer, size: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let at = 0; at < dump.length; at += size) chunks.push(dump.subarray(at, at + size));
  const out: Buffer[] = [];
  for await (const chunk of withOwnSearchPath(Readable.from(chunks, { objectMode: false }))) out.push(chunk as Buffer);
  return Buffer.concat(out);
}

test("only the entry about the search path is changed, at its own length", async () => {
  const length = Buffer.from([0, SET_PATH.length, 0, 0, 0]);
  const text = Buffer.from(SET_PATH);
  const dump = Buffer.concat([Buffer.from("PGDMP"), length, text, Buffer.alloc(40_000, "x"), length, text]);
  for (const size of [1000, 7, 100_000]) {
    const result = await changed(dump, size);
    expect(result.length).toBe(dump.length);
    expect(result.subarray(10, 10 + text.length).toString()).toBe(`${"RESET search_path;".padEnd(text.length - 1)}\n`);
    expect(result.subarray(10 + text.length).equals(dump.subarray(10 + text.length))).toBe(true);
  }
  const other = Buffer.concat([Buffer.from("PGDMP"), text]);
  expect((await changed(other, 3)).equals(other)).toBe(true);
});

test("a name beside another one fits into 63 bytes and breaks no letter", () => {
  const at = new Date("2026-11-26T10:30:00.123Z");
  expect(besideName("shop", "before", at)).toBe("shop_before_20261126t103000z");
  const long = besideName("é".repeat(31), "restored", at);
  expect(Buffer.byteLength(long)).toBeLessThanOrEqual(63);
  expect(long).toMatch(/^é+_restored_20261126t103000z$/);
});
