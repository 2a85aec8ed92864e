import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Belfry, prepareBelfry, startBelfry } from "./support/belfry";
import { runProgram, until } from "./support/child";
import { type CountingReceiver, startCountingReceiver } from "./support/counting-receiver";
import { freePort } from "./support/free-port";
import { type PostgresServer, startPostgres } from "./support/postgres";

const SECRET = "a key for the tests of a lost database, long enough";
const EVENTS = 600;
const IN_FLIGHT = 8;

let dataDir: string;
let port: number;
let env: Record<string, string>;
let belfry: Belfry;
let postgres: PostgresServer;
let receiver: CountingReceiver;
let key: string;

beforeAll(() => {
  prepareBelfry();
  dataDir = mkdtempSync(path.join(tmpdir(), "belfry-lost-"));
}, 240_000);
afterAll(async () => {
  await belfry?.kill();
  await receiver?.stop();
  await postgres?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

const post = (route: string, body: unknown) =>
  fetch(`${belfry.url}/api/v1${route}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });

test("fault D2: PostgreSQL that comes up after Belfry is waited for, and Belfry says so", async () => {
  port = await freePort();
  const secrets = { BELFRY_SECRET_KEY: SECRET };
  env = { ...secrets, DATABASE_URL: `postgres://belfry:a%25word@127.0.0.1:${port}/postgres` };
  belfry = await startBelfry({ dataDir, env, waits: false });
  await until("it says that it waits", () => belfry.words().includes("waiting up to 60 s"), { words: belfry.words });
  postgres = await startPostgres({ port, keepsCommits: true });
  const isReady = () => belfry.words().includes("Belfry is ready");
  await until("it is ready", isReady, { words: belfry.words });
  expect(belfry.words().match(/waiting up to 60 s/g)).toHaveLength(1);
  expect(belfry.words()).not.toMatch(/a%25word|a%word/);
}, 120_000);

test("fault B15: connections are cut and the server is restarted while events come: all that was accepted arrives", async () => {
  receiver = await startCountingReceiver(() => 5);
  const args = ["dist/cli.mjs", "api-key", "create", "--name", "lost", "--role", "admin", "--json"];
  key = (
    JSON.parse(
      runProgram(process.execPath, args, {
        env: {
          PATH: process.env.PATH,
          HOME: process.env.HOME,
          NODE_ENV: "production",
          BELFRY_DATA_DIR: dataDir,
          ...env,
        },
      }),
    ) as { key: string }
  ).key;
  const channel = await post("/channels", {
    name: "bench",
    provider: "webhook",
    config: { url: `${receiver.url}/hook` },
  });
  expect(channel.status).toBe(201);

  const accepted: string[] = [];
  const others: { status: number; retryAfter: string | null }[] = [];
  let next = 0;
  const handIn = async () => {
    for (let seq = next++; seq < EVENTS; seq = next++) {
      const message = `note-${seq}-end`;
      const answer = await post("/notify", { title: "Backup failed", message, channels: ["bench"] });
      await answer.text();
      if (answer.status === 202) accepted.push(message);
      else others.push({ status: answer.status, retryAfter: answer.headers.get("retry-after") });
    }
  };
  const cut = "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'belfry%'";
  const disturb = async () => {
    for (const share of [0.2, 0.4, 0.6]) {
      await until(`${share} of the events`, () => next > EVENTS * share, { words: belfry.words });
      postgres.run(cut);
    }
    await until("most of the events", () => next > EVENTS * 0.8, { words: belfry.words });
    await postgres.shutDown();
    await postgres.startAgain();
  };
  await Promise.all([disturb(), ...Array.from({ length: IN_FLIGHT }, handIn)]);

  for (const { status, retryAfter } of others) expect([status, Number(retryAfter) > 0]).toEqual([503, true]);
  const arrived = () => receiver.arrivals.map(({ body }) => /note-\d+-end/.exec(body)?.[0] ?? "");
  const missing = () => accepted.filter((message) => !arrived().includes(message));
  await until("all have arrived", () => missing().length === 0, { timeoutMs: 100_000, words: belfry.words }).catch(
    () => undefined,
  );
  expect(missing(), belfry.words()).toEqual([]);
  expect(accepted.length).toBeGreaterThan(EVENTS * 0.9);
  // What was not accepted was not sent either: an answer means what it says.
  expect(new Set(arrived()).size).toBe(accepted.length);
  expect(belfry.child.exitCode).toBeNull();
  expect(belfry.words()).not.toContain("nothing handled");
  expect(belfry.words().match(/lost the connection to the database/g)?.length ?? 0).toBeLessThanOrEqual(2);
}, 240_000);

test("fault B15: while the server stays away a request is refused with when to ask again, and then taken", async () => {
  await postgres.shutDown("SIGINT");
  const refused = await post("/notify", { title: "Disk full", message: "away", channels: ["bench"] });
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  await postgres.startAgain();
  await until("it takes events again", async () => {
    const answer = await post("/notify", { title: "Disk full", message: "back again", channels: ["bench"] });
    return answer.status === 202;
  });
  const hasArrived = () => receiver.arrivals.some(({ body }) => body.includes("back again"));
  await until("it has arrived", hasArrived, { words: belfry.words });
  expect(belfry.child.exitCode).toBeNull();
}, 120_000);
