import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { countCopies } from "./postgres-copy-scan";

const SCRIPT = `--
-- PostgreSQL database dump
--

SET statement_timeout = 0;

COPY public.filled (id, name) FROM stdin;
1	COPY public.no (id) FROM stdin;\\nx
2	\\\\.
3	\\N
\\.


COPY public.empty (id) FROM stdin;
\\.


COPY public."odd
name" (id) FROM stdin;
é
\\.


COPY public.no_columns  FROM stdin;


\\.

COPY public.empty_at_once (id) FROM stdin;
\\.
COPY public.last (id) FROM stdin;
COPY public.no (id) FROM stdin;
\\.
SELECT pg_catalog.setval('x', 1, false);
`;

test("tables are counted wherever the output is cut into chunks", async () => {
  const bytes = Buffer.from(SCRIPT);
  for (const size of [1, 2, 3, 5, 7, 64, bytes.length]) {
    const chunks = [];
    for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
    expect(await countCopies(Readable.from(chunks, { objectMode: false }))).toEqual({ tables: 6, filledTables: 4 });
  }
  expect(await countCopies(Readable.from([Buffer.from("COPY a (b) FROM stdin;\n\\.\n")]))).toEqual({
    tables: 1,
    filledTables: 0,
  });
  expect(await countCopies(Readable.from([]))).toEqual({ tables: 0, filledTables: 0 });
});

test("a row of fifty megabytes is one row", async () => {
  const chunk = Buffer.alloc(1_000_000, "x");
  function* script() {
    yield Buffer.from("\nCOPY a (b) FROM stdin;\n");
    for (let i = 0; i < 50; i++) yield chunk;
    yield Buffer.from("\n\\.\n");
  }
  expect(await countCopies(Readable.from(script(), { objectMode: false }))).toEqual({ tables: 1, filledTables: 1 });
});
