import type { PoolClient } from "pg";
import { AppError } from "@/lib/core/errors";
import type { SqliteHandle } from "./client";
import { PROGRAM_QUERY, type Program, readProgram } from "./program";

/** What a database holds: nothing yet, or an installation that this program knows. */
export type Known = "empty" | "known";

/**
 * An older program would read columns it does not know wrongly, and write rows that lack them.
 * @throws AppError `unavailable` that names both versions
 */
export function assertFileKnown(root: string, { raw }: SqliteHandle): Known {
  const hasTable = (name: string) => raw.prepare("select 1 from sqlite_master where name = ?").get(name) !== undefined;
  if (!hasTable("__drizzle_migrations")) return "empty";
  const row = raw.prepare("select max(created_at) as latest from __drizzle_migrations").get();
  const { latest } = row as { latest: number | null };
  if (!isNewer(root, latest)) return "known";
  const note = hasTable("system_state") ? raw.prepare(PROGRAM_QUERY).get() : undefined;
  throw newerDatabase(root, latest, note ? (JSON.parse((note as { value: string }).value) as Program) : null);
}

/** The same for a database on a server. */
export async function assertServerKnown(root: string, client: PoolClient): Promise<Known> {
  const hasTable = async (name: string) => {
    const { rows } = await client.query<{ name: string | null }>("select to_regclass($1)::text as name", [name]);
    return Boolean(rows[0]?.name);
  };
  if (!(await hasTable("drizzle.__drizzle_migrations"))) return "empty";
  const { rows } = await client.query<{ latest: string | null }>(
    "select max(created_at)::text as latest from drizzle.__drizzle_migrations",
  );
  const latest = rows[0]?.latest ? Number(rows[0].latest) : null;
  if (!isNewer(root, latest)) return "known";
  // A version that calls this table otherwise has left no note.
  const note = (await hasTable("system_state")) ? await client.query<{ value: Program }>(PROGRAM_QUERY) : null;
  throw newerDatabase(root, latest, note?.rows[0]?.value ?? null);
}

/** @param latest when the database's newest migration was made, milliseconds: Drizzle orders them by it */
function isNewer(root: string, latest: number | null): latest is number {
  return latest !== null && latest > readProgram(root).when;
}

function newerDatabase(root: string, latest: number, program: Program | null): AppError {
  const known = readProgram(root);
  const made = `made ${new Date(latest).toISOString().slice(0, 16).replace("T", " ")} UTC`;
  const newer = program
    ? `Belfry ${program.version}, migration ${program.migration}, ${made}`
    : `a migration that was ${made}`;
  return new AppError(
    "unavailable",
    `The database is newer than this program: it was last migrated by ${newer}. This is Belfry ${known.version}, and the newest migration that it knows is ${known.migration}. Nothing was changed. Start the newer version again, or restore a copy of the database from before the update.`,
  );
}
