import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { JobIo, StoredBackup } from "../contract";
import { RunError } from "../run-error";
import { outputOf } from "./postgres-client";
import { postgresError } from "./postgres-error";
import { newestRestore } from "./postgres-programs";
import { type SqlBytes, splitStatements } from "./postgres-sql";

/** One line of a dump's table of contents. */
export interface TocEntry {
  id: number;
  /** `TABLE DATA` */
  type: string;
  /** Null: belongs to no schema. */
  schema: string | null;
  /** Its name, and its owner behind a blank. Both may hold blanks. */
  nameAndOwner: string;
}

export interface Toc {
  /** Major version of the server that was dumped. */
  serverVersion: number;
  /** Major version of the pg_dump that made the dump: an older pg_restore cannot read it. */
  dumpVersion: number;
  entries: TocEntry[];
}

/** Types of more than one word, which the list writes in front of the schema. */
const LONG_TYPES = [
  "ACCESS METHOD",
  "ACL LANGUAGE",
  "BLOB METADATA",
  "CHECK CONSTRAINT",
  "DATABASE PROPERTIES",
  "DEFAULT ACL",
  "EVENT TRIGGER",
  "FK CONSTRAINT",
  "FOREIGN DATA WRAPPER",
  "FOREIGN TABLE",
  "INDEX ATTACH",
  "MATERIALIZED VIEW DATA",
  "MATERIALIZED VIEW",
  "OPERATOR CLASS",
  "OPERATOR FAMILY",
  "PROCEDURAL LANGUAGE",
  "PUBLICATION TABLES IN SCHEMA",
  "PUBLICATION TABLE",
  "ROW SECURITY",
  "SECURITY LABEL",
  "SEQUENCE OWNED BY",
  "SEQUENCE SET",
  "SHELL TYPE",
  "STATISTICS DATA",
  "SUBSCRIPTION TABLE",
  "TABLE ATTACH",
  "TABLE DATA",
  "TEXT SEARCH CONFIGURATION",
  "TEXT SEARCH DICTIONARY",
  "TEXT SEARCH PARSER",
  "TEXT SEARCH TEMPLATE",
  "USER MAPPING",
];
const ENTRY = new RegExp(`^(\\d+); \\d+ \\d+ (${LONG_TYPES.join("|")}|[A-Z]+) (\\S+) ?(.*)$`);

/** Reads the table of contents, which is at the head of a dump; the rest of it is not read. @throws RunError */
export async function readToc(backup: StoredBackup, io: JobIo): Promise<Toc> {
  const text = (await readHead(backup, ["--create", "--list"], io)).toString("utf8");
  const versionOf = (what: string) =>
    Number(new RegExp(`^; +Dumped ${what} version: (\\d+)`, "m").exec(text)?.[1] ?? 0);
  return {
    serverVersion: versionOf("from database"),
    dumpVersion: versionOf("by pg_dump"),
    entries: text.split("\n").flatMap((line) => parseEntry(line) ?? []),
  };
}

function parseEntry(line: string): TocEntry | null {
  const [, id, type, schema, nameAndOwner] = ENTRY.exec(line) ?? [];
  if (!id || !type) return null;
  return { id: Number(id), type, schema: schema === "-" ? null : (schema ?? null), nameAndOwner: nameAndOwner ?? "" };
}

/** The statements that a restore of these entries would execute. Entries of data are not among them. @throws RunError */
export async function statementsOf(entries: readonly TocEntry[], backup: StoredBackup, io: JobIo): Promise<SqlBytes[]> {
  if (entries.length === 0) return [];
  return await withList(entries, io, async (list) => {
    const script = await readHead(backup, ["--create", `--use-list=${list}`, "--file=-"], io);
    return splitStatements(script.toString("latin1"));
  });
}

/** A file that lists the entries for pg_restore, in their order, for as long as the work takes. */
export async function withList<T>(
  entries: readonly TocEntry[],
  io: JobIo,
  work: (path: string) => Promise<T>,
): Promise<T> {
  const path = join(io.workDir, `toc-${randomBytes(8).toString("hex")}`);
  await writeFile(path, entries.map(({ id }) => `${id};\n`).join(""), { flag: "wx", mode: 0o600 });
  try {
    return await work(path);
  } finally {
    await rm(path, { force: true });
  }
}

async function readHead(backup: StoredBackup, args: string[], io: JobIo): Promise<Buffer> {
  const stdin = await backup.open();
  try {
    const tool = io.tools.start(await newestRestore(io), args, { stdin });
    const { code, stderr, output } = await outputOf(tool);
    if (code !== 0) throw new RunError(`The dump cannot be read: ${postgresError(stderr).message}`);
    return output;
  } finally {
    stdin.destroy();
  }
}

/** An entry's name without its owner, as far as the roles are known that may own it. */
export function nameWithoutOwner({ nameAndOwner }: TocEntry, roles: ReadonlySet<string>): string {
  return splitOwner(nameAndOwner, roles).name;
}

/** The owner of an entry; empty: none. */
export function ownerOf({ nameAndOwner }: TocEntry, roles: ReadonlySet<string>): string {
  return splitOwner(nameAndOwner, roles).owner;
}

/** The longest known role at the end; a role that is not known is taken to be one word. */
function splitOwner(text: string, roles: ReadonlySet<string>): { name: string; owner: string } {
  for (let at = text.indexOf(" "); at >= 0; at = text.indexOf(" ", at + 1)) {
    if (roles.has(text.slice(at + 1))) return { name: text.slice(0, at), owner: text.slice(at + 1) };
  }
  const last = text.lastIndexOf(" ");
  return last < 0 ? { name: text, owner: "" } : { name: text.slice(0, last), owner: text.slice(last + 1) };
}

/** `index public.p_norm_idx` */
export function describeEntry(entry: TocEntry, roles: ReadonlySet<string>): string {
  const name = nameWithoutOwner(entry, roles);
  const qualified = entry.schema ? `${entry.schema}.${name}` : name;
  if (entry.type === "TABLE DATA") return `the rows of ${qualified}`;
  if (entry.type === "MATERIALIZED VIEW DATA") return `the rows of the materialized view ${qualified}`;
  if (entry.type === "BLOB") return `large object ${name}`;
  if (entry.type === "BLOBS") return "the contents of the large objects";
  if (entry.type === "FK CONSTRAINT") return `foreign key ${qualified}`;
  return `${entry.type.toLowerCase()} ${qualified}`;
}
