import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { closeDatabase, databaseHandle, openDatabase } from "./client";
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

/** A copy of the open database, as the one that `database()` returns. */
export interface DatabaseCopy {
  /** Closes the copy and opens the original. */
  openOriginal(): Promise<void>;
  /** Closes what is open and opens the copy. */
  openCopy(): Promise<void>;
  /** Closes what is open and removes the copy. */
  remove(): Promise<void>;
}

/** Copies the open database as an administrator would: `cp -a` of the file, or a database made from the original as template. */
export async function copyDatabase(): Promise<DatabaseCopy> {
  const original = databaseHandle();
  await closeDatabase();
  const copy = original.kind === "sqlite" ? copyFile(original.file) : await copyOnServer(original.url);
  const open = async (options: { url?: string; file: string }) => {
    await closeDatabase();
    openDatabase(options);
  };
  await open(copy.options);
  return {
    openOriginal: () => open(original.kind === "sqlite" ? { file: original.file } : { url: original.url, file: "" }),
    openCopy: () => open(copy.options),
    async remove() {
      await closeDatabase();
      await copy.remove();
    },
  };
}

function copyFile(file: string) {
  const folder = mkdtempSync(path.join(tmpdir(), "belfry-copy-"));
  execFileSync("cp", ["-a", `${path.dirname(file)}/.`, folder]);
  const remove = async () => rmSync(folder, { recursive: true, force: true });
  return { options: { file: path.join(folder, path.basename(file)) }, remove };
}

async function copyOnServer(address: string) {
  const url = new URL(address);
  const name = `${url.pathname.slice(1)}_copy`;
  await administer(`create database ${name} template ${url.pathname.slice(1)}`);
  url.pathname = `/${name}`;
  return { options: { url: url.href, file: "" }, remove: () => administer(`drop database ${name} with (force)`) };
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
