import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type PostgresServer, startPostgres } from "@/e2e/support/postgres";
import { verifyPassword } from "@/lib/secrets/password";

type Row = Record<string, string | number | null>;
type Query = (statement: string) => Promise<Row[]>;

let folder = "";
let postgres: PostgresServer;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-seed-"));
  postgres = await startPostgres();
  const made = spawnSync(process.execPath, ["lib/runtime/prepare.mjs", "command"], { encoding: "utf8" });
  expect(made.status, made.stderr).toBe(0);
}, 120_000);
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the seed as `npm run seed` does. */
function seed(dataDir: string, env: Record<string, string> = {}) {
  const { PATH = "" } = process.env;
  return spawnSync(process.execPath, ["--enable-source-maps", "dist/seed.mjs"], {
    encoding: "utf8",
    env: { PATH, NODE_ENV: "production", BELFRY_DATA_DIR: dataDir, ...env },
  });
}

async function expectThirtyDays(query: Query, words: string): Promise<void> {
  const one = async (statement: string) => Number(Object.values((await query(statement))[0] ?? {})[0]);

  const people = await query("select email, role, password_hash from users order by role");
  expect(people.map(({ role }) => role)).toEqual(["admin", "operator", "viewer"]);
  const password = /not shown again: (\S+)/.exec(words)?.[1] ?? "";
  for (const { email, password_hash } of people) {
    expect(words).toContain(email);
    expect(await verifyPassword(password, String(password_hash))).toBe(true);
  }

  const statuses = new Set((await query("select distinct status from runs")).map(({ status }) => status));
  expect(statuses).toEqual(new Set(["success", "warning", "failure", "canceled"]));
  expect(await one("select count(*) from runs where event_id is null and status <> 'canceled'")).toBe(0);
  const [span] = await query("select min(started_at) as first, max(finished_at) as last from runs");
  const days = (Number(span?.last) - Number(span?.first)) / 86_400_000;
  expect(days).toBeGreaterThan(28);
  expect(Number(span?.last)).toBeLessThanOrEqual(Date.now());
  expect(await one("select count(*) from artifacts where job_id is not null")).toBeGreaterThan(80);

  expect(await one("select count(*) from alerts where status = 'firing'")).toBeGreaterThan(0);
  expect(await one("select count(*) from alerts where status = 'resolved'")).toBeGreaterThan(5);
  expect(await one("select count(*) from attempts where status = 429")).toBe(1);
  expect(await one("select count(*) from deliveries where status = 'dead' and reason like '404%'")).toBe(1);
  // The storm on two channels: its problems, and their recoveries.
  expect(await one("select count(*) from deliveries where kind = 'digest' and status = 'sent'")).toBe(4);
  expect(await one("select count(*) from deliveries where status = 'folded' and folded_into is null")).toBe(0);

  // A server that starts on this has nothing to send, nothing to catch up with, and nobody to send it to.
  expect(await one("select count(*) from deliveries where status in ('pending', 'sending', 'held')")).toBe(0);
  expect(await one("select count(*) from runs where status in ('queued', 'running')")).toBe(0);
  for (const { enabled } of await query("select enabled from channels")) expect(Boolean(enabled)).toBe(false);
  expect(await one(`select count(*) from jobs where next_run_at <= ${Date.now() - 60_000}`)).toBe(0);
}

describe("the demo set", () => {
  test("fills an empty SQLite folder, and refuses it the second time", async () => {
    const dataDir = path.join(folder, "sqlite");
    mkdirSync(dataDir, { mode: 0o700 });
    writeFileSync(path.join(dataDir, "action-key"), "a build leaves one behind\n");
    const { status, stdout, stderr } = seed(dataDir);
    expect([status, stderr]).toEqual([0, ""]);
    const database = new Database(path.join(dataDir, "belfry.db"), { readonly: true });
    await expectThirtyDays(async (statement) => database.prepare(statement).all() as Row[], stdout);
    database.close();

    const again = seed(dataDir);
    expect(again.status).toBe(1);
    expect(again.stderr).toMatch(/^The data folder .* is not empty \(.+\)\. The demo set only fills an empty one/);
    expect(again.stderr.trim().split("\n")).toHaveLength(1);
  });

  test("leaves alone what is in a folder", () => {
    const dataDir = path.join(folder, "taken");
    mkdirSync(dataDir);
    writeFileSync(path.join(dataDir, "letter.txt"), "mine");
    expect(seed(dataDir).status).toBe(1);
    expect(readdirSync(dataDir)).toEqual(["letter.txt"]);
  });

  test("fills an empty PostgreSQL database, and refuses one that has accounts", async () => {
    const url = postgres.createDatabase("seed");
    const { status, stdout, stderr } = seed(path.join(folder, "postgres"), { DATABASE_URL: url });
    expect([status, stderr]).toEqual([0, ""]);
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await expectThirtyDays(async (statement) => (await client.query(statement)).rows as Row[], stdout);
    await client.end();

    const again = seed(path.join(folder, "another"), { DATABASE_URL: url });
    expect([again.status, again.stderr]).toEqual([
      1,
      "The database has accounts already. The demo set only fills an empty one.\n",
    ]);
  });
});
