import type { PoolClient } from "pg";
import { AppError } from "@/lib/core/errors";
import type { SqliteHandle } from "./client";
import { PROGRAM_QUERY, type Program, readProgram } from "./program";

/** The newest migration that a database has. */
export interface NewestMigration {
  /** When it was made, milliseconds: what Drizzle orders migrations by. */
  when: number;
  /** The program that used the database last, where it left a note. */
  program: Program | null;
}

/** @returns null for a database that no migration has seen */
export function newestOnFile({ raw }: SqliteHandle): NewestMigration | null {
  const tables = raw.prepare("select count(*) as n from sqlite_master where name = '__drizzle_migrations'").get();
  if ((tables as { n: number }).n === 0) return null;
  const row = raw.prepare("select max(created_at) as latest from __drizzle_migrations").get();
  const note = raw.prepare(PROGRAM_QUERY).get() as { value: string } | undefined;
  const { latest } = row as { latest: number | null };
  return latest === null ? null : { when: latest, program: note ? (JSON.parse(note.value) as Program) : null };
}

/** @returns null for a database that no migration has seen */
export async function newestOnServer(client: PoolClient): Promise<NewestMigration | null> {
  const table = await client.query<{ name: string | null }>(
    "select to_regclass('drizzle.__drizzle_migrations')::text as name",
  );
  if (!table.rows[0]?.name) return null;
  const row = await client.query<{ latest: string | null }>(
    "select max(created_at)::text as latest from drizzle.__drizzle_migrations",
  );
  const latest = row.rows[0]?.latest ?? null;
  if (latest === null) return null;
  const note = await client.query<{ value: Program }>(PROGRAM_QUERY);
  return { when: Number(latest), program: note.rows[0]?.value ?? null };
}

/**
 * An older program would read columns it does not know wrongly, and write rows that lack them.
 * @throws AppError `unavailable` that names both versions
 */
export function assertKnown(root: string, found: NewestMigration | null): void {
  const known = readProgram(root);
  if (!found || found.when <= known.when) return;
  const made = `made ${new Date(found.when).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const newer = found.program
    ? `Belfry ${found.program.version}, migration ${found.program.migration}, ${made}`
    : `a migration that was ${made}`;
  throw new AppError(
    "unavailable",
    `The database is newer than this program: it was last migrated by ${newer}. This is Belfry ${known.version}, and the newest migration that it knows is ${known.migration}. Nothing was changed. Start the newer version again, or restore a copy of the database from before the update.`,
  );
}
