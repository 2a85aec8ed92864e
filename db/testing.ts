import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { and, eq, lte } from "drizzle-orm";
import { closeDatabase, database, databaseHandle, openDatabase } from "./client";
import { migrate } from "./migrate";
import { ask, databaseAddress, makeResettable, newDatabaseName, takeDatabase } from "./testing-databases";

/** Which database the store suite runs on: PostgreSQL when its address is set, SQLite otherwise. */
const POSTGRES_URL = process.env.BELFRY_TEST_DATABASE_URL;
/** A migrated database of that kind, a file or a name on the server, that each test gets a copy of. */
const TEMPLATE = POSTGRES_URL ? process.env.BELFRY_TEST_POSTGRES_TEMPLATE : process.env.BELFRY_TEST_SQLITE_TEMPLATE;

/**
 * A fresh, migrated database of the kind under test, as the one that `database()` returns.
 * @returns the function that closes and removes it
 */
export async function freshDatabase(): Promise<() => Promise<void>> {
  if (TEMPLATE) return newDatabase(TEMPLATE);
  const remove = await newDatabase();
  await migrate(process.cwd());
  return remove;
}

/**
 * Makes the template of a suite, before its tests.
 * @param place a file that does not exist, or the address of a database that does not, on PostgreSQL
 */
export async function makeTemplate(place: { file: string } | { url: string }): Promise<void> {
  if ("url" in place) await ask(databaseAddress(place.url, "postgres"), `create database ${nameIn(place.url)}`);
  openDatabase({ file: "", ...place });
  await migrate(process.cwd());
  await closeDatabase();
  if ("url" in place) await makeResettable(place.url);
}

/**
 * A database of the kind under test that no migration has seen, as the one that `database()` returns.
 * @returns the function that closes and removes it
 */
export function emptyDatabase(): Promise<() => Promise<void>> {
  return newDatabase();
}

async function newDatabase(template?: string): Promise<() => Promise<void>> {
  if (!POSTGRES_URL) {
    const folder = mkdtempSync(path.join(tmpdir(), "belfry-store-"));
    if (template) copyFileSync(template, path.join(folder, "belfry.db"));
    openDatabase({ file: path.join(folder, "belfry.db") });
    return async () => {
      await closeDatabase();
      rmSync(folder, { recursive: true, force: true });
    };
  }
  return template ? databaseLike(template, POSTGRES_URL) : newOnServer(POSTGRES_URL);
}

async function databaseLike(template: string, server: string): Promise<() => Promise<void>> {
  const { url, giveBack } = await takeDatabase(server, template);
  openDatabase({ url, file: "" });
  return async () => {
    await closeDatabase();
    await giveBack();
  };
}

async function newOnServer(server: string): Promise<() => Promise<void>> {
  const name = newDatabaseName();
  await ask(server, `create database ${name}`);
  openDatabase({ url: databaseAddress(server, name), file: "" });
  return async () => {
    await closeDatabase();
    await ask(server, `drop database ${name} with (force)`);
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
  const server = databaseAddress(address, "postgres");
  const name = `${nameIn(address)}_copy`;
  await ask(server, `create database ${name} template ${nameIn(address)}`);
  const remove = async () => void (await ask(server, `drop database ${name} with (force)`));
  return { options: { url: databaseAddress(address, name), file: "" }, remove };
}

const nameIn = (address: string) => new URL(address).pathname.slice(1);

/** How many deliveries are being sent, and how many are due. @param now milliseconds */
export async function deliveriesUnderWay(now: number): Promise<{ sending: number; due: number }> {
  const { orm, t } = database();
  const { deliveries: d } = t;
  const [sending, due] = await Promise.all([
    orm.$count(d, eq(d.status, "sending")),
    orm.$count(d, and(eq(d.status, "pending"), lte(d.dueAt, now))),
  ]);
  return { sending, due };
}
