import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { closeDatabase, openDatabase } from "./client";
import { migrate } from "./migrate";

/** Which database the store suite runs on: PostgreSQL when its address is set, SQLite otherwise. */
const POSTGRES_URL = process.env.BELFRY_TEST_DATABASE_URL;

/**
 * A fresh, migrated database of the kind under test, as the one that `database()` returns.
 * @returns the function that closes and removes it
 */
export async function freshDatabase(): Promise<() => Promise<void>> {
  const remove = await emptyDatabase();
  await migrate(process.cwd());
  return remove;
}

/**
 * A database of the kind under test that no migration has seen, as the one that `database()` returns.
 * @returns the function that closes and removes it
 */
export async function emptyDatabase(): Promise<() => Promise<void>> {
  if (!POSTGRES_URL) {
    const folder = mkdtempSync(path.join(tmpdir(), "belfry-store-"));
    openDatabase({ file: path.join(folder, "belfry.db") });
    return async () => {
      await closeDatabase();
      rmSync(folder, { recursive: true, force: true });
    };
  }
  const name = `belfry_${process.pid}_${Date.now().toString(36)}_${Math.random().toString(36).slice(2, 8)}`;
  await administer(`create database ${name}`);
  const url = new URL(POSTGRES_URL);
  url.pathname = `/${name}`;
  openDatabase({ url: url.href, file: "" });
  return async () => {
    await closeDatabase();
    await administer(`drop database ${name} with (force)`);
  };
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: POSTGRES_URL });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
