import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Handle } from "../client";

const BREAKPOINT = "--> statement-breakpoint";

interface Journal {
  entries: { tag: string }[];
}

/** A copy of the migrations that a test may shorten or damage. */
export interface MigrationsCopy {
  /** The folder that holds `drizzle/`: what `migrate` takes. */
  root: string;
  /** How many statements a migration has. */
  countStatements(tag: string): number;
  remove(): void;
}

/**
 * Copies the migrations of both databases.
 * @param options `until` the last migration to keep; `fault` puts a statement that fails before one of a migration
 */
export function copyMigrations(options: {
  kind: Handle["kind"];
  until?: string;
  fault?: { tag: string; before: number };
}): MigrationsCopy {
  const root = mkdtempSync(path.join(tmpdir(), "belfry-migrations-"));
  const folder = path.join(root, "drizzle", options.kind);
  cpSync(path.join(process.cwd(), "drizzle", options.kind), folder, { recursive: true });
  const statementsOf = (tag: string) => readFileSync(path.join(folder, `${tag}.sql`), "utf8").split(BREAKPOINT);
  if (options.until !== undefined) {
    const file = path.join(folder, "meta", "_journal.json");
    const journal = JSON.parse(readFileSync(file, "utf8")) as Journal;
    const last = journal.entries.findIndex(({ tag }) => tag === options.until);
    if (last < 0) throw new Error(`There is no migration ${options.until}.`);
    writeFileSync(file, JSON.stringify({ ...journal, entries: journal.entries.slice(0, last + 1) }));
  }
  if (options.fault) {
    const { tag, before } = options.fault;
    const statements = statementsOf(tag);
    statements.splice(before, 0, "\nINSERT INTO no_such_table VALUES (1);");
    writeFileSync(path.join(folder, `${tag}.sql`), statements.join(BREAKPOINT));
  }
  return {
    root,
    countStatements: (tag) => statementsOf(tag).length,
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** Every migration of the program. */
export function allMigrations(kind: Handle["kind"]): string[] {
  const file = path.join(process.cwd(), "drizzle", kind, "meta", "_journal.json");
  return (JSON.parse(readFileSync(file, "utf8")) as Journal).entries.map(({ tag }) => tag);
}

/** Schema and rows as text: two databases that read the same here hold the same. */
export async function dumpDatabase(handle: Handle): Promise<Record<string, string[]>> {
  const query = async (text: string): Promise<Record<string, unknown>[]> =>
    handle.kind === "sqlite"
      ? (handle.raw.prepare(text).all() as Record<string, unknown>[])
      : (await handle.pool.query(text)).rows;
  const lines = async (text: string) => (await query(text)).map((row) => JSON.stringify(row)).sort();
  const [tables, schema] =
    handle.kind === "sqlite"
      ? ["select name from sqlite_master where type = 'table'", "select type, name, tbl_name, sql from sqlite_master"]
      : [
          `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
           where table_schema in ('public', 'drizzle')`,
          `select table_name, column_name, data_type, is_nullable, column_default from information_schema.columns
           where table_schema in ('public', 'drizzle')
           union all select tablename, indexname, indexdef, null, null from pg_indexes where schemaname = 'public'
           union all select conrelid::regclass::text, conname, pg_get_constraintdef(oid), null, null from pg_constraint
           where connamespace = 'public'::regnamespace`,
        ];
  const dump: Record<string, string[]> = { schema: await lines(schema) };
  for (const { name } of await query(tables)) dump[String(name)] = await lines(`select * from ${name}`);
  return dump;
}

/** The migrations that the database has seen, oldest first, by the hash of their text. */
export async function appliedMigrations(handle: Handle): Promise<string[]> {
  const text = (table: string) => `select hash from ${table} order by created_at`;
  const rows =
    handle.kind === "sqlite"
      ? (handle.raw.prepare(text("__drizzle_migrations")).all() as { hash: string }[])
      : (await handle.pool.query<{ hash: string }>(text("drizzle.__drizzle_migrations"))).rows;
  return rows.map(({ hash }) => hash);
}
