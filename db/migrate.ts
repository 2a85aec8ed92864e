import { existsSync } from "node:fs";
import path from "node:path";
import { drizzle as drizzleSqlite } from "drizzle-orm/better-sqlite3";
import { migrate as migrateSqlite } from "drizzle-orm/better-sqlite3/migrator";
import { drizzle as drizzlePostgres } from "drizzle-orm/node-postgres";
import { migrate as migratePostgres } from "drizzle-orm/node-postgres/migrator";
import { AppError } from "@/lib/core/errors";
import { databaseHandle } from "./client";
import { assertFileKnown, assertServerKnown } from "./newer-database";
import { waitForDatabase } from "./wait-for-database";

/** Any number; all processes on one PostgreSQL database use the same. */
const MIGRATION_LOCK = 7_203_115;

/**
 * Migrates the open database to the newest schema, in one transaction: a migration that fails leaves the version
 * before as it was. Several processes may start at once: one migrates, the others wait.
 * @param root the folder that holds `drizzle/`
 * @param before called before anything is changed, with whether the database is empty; what it throws ends the migration
 * @throws AppError `unavailable` when PostgreSQL cannot be used, or a newer program has migrated the
 * database: then nothing is changed
 */
export async function migrate(root: string, before: (isNew: boolean) => void = () => undefined): Promise<void> {
  const handle = databaseHandle();
  const folder = path.join(root, "drizzle", handle.kind);
  if (!existsSync(folder)) throw new AppError("internal", `The migrations are missing: ${folder}`);
  if (handle.kind === "sqlite") {
    before(assertFileKnown(root, handle) === "empty");
    migrateSqlite(drizzleSqlite(handle.raw), { migrationsFolder: folder });
    return;
  }
  await waitForDatabase(0);
  const client = await handle.pool.connect();
  try {
    await client.query("select pg_advisory_lock($1)", [MIGRATION_LOCK]);
    before((await assertServerKnown(root, client)) === "empty");
    await migratePostgres(drizzlePostgres(client), { migrationsFolder: folder });
  } finally {
    await client.query("select pg_advisory_unlock($1)", [MIGRATION_LOCK]).catch(() => undefined);
    client.release();
  }
}
