import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Belfry, type BelfryOptions, prepareBelfry, startBelfry } from "./support/belfry";
import { runProgram, until } from "./support/child";
import { type CountingReceiver, startCountingReceiver } from "./support/counting-receiver";
import { freePort } from "./support/free-port";
import { type PostgresServer, startPostgres } from "./support/postgres";

const SECRET = "a key for the tests of crashes, long enough";
const EVENTS = 1_000;
const KILLS = 10;
const IN_FLIGHT = 8;
/** What was answered is settled within this time, even on a busy machine. */
const SETTLED_WITHIN_MS = 3_000;
/** Slow enough that every life of the process has its share of them. */
const EVERY_MS = 12;

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const between = (least: number, most: number) => least + Math.random() * (most - least);

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "belfry-crash-"));
  folders.push(folder);
  return folder;
}

let postgres: PostgresServer;
beforeAll(async () => {
  prepareBelfry();
  postgres = await startPostgres();
}, 240_000);
afterAll(async () => {
  await postgres?.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** An API key, made by the command. */
function createKey(dataDir: string, env: Record<string, string>): string {
  const said = runProgram(
    process.execPath,
    ["dist/cli.mjs", "api-key", "create", "--name", "crash", "--role", "admin", "--json"],
    {
      env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: "production", BELFRY_DATA_DIR: dataDir, ...env },
    },
  );
  return (JSON.parse(said) as { key: string }).key;
}

async function post(url: string, key: string, body: unknown): Promise<{ status: number; text: string }> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: answer.status, text: await answer.text() };
}

async function createChannel(belfry: Belfry, key: string, name: string, url: string): Promise<void> {
  const { status, text } = await post(`${belfry.url}/api/v1/channels`, key, {
    name,
    provider: "webhook",
    config: { url },
  });
  expect(status, text).toBe(201);
}

/** Marks of the notes whose delivery is not settled, as the database has it. */
async function unsettled(dataDir: string, databaseUrl: string | undefined): Promise<Set<string>> {
  const query = `select e.idempotency_key as mark from deliveries d join events e on e.id = d.event_id
    where d.status not in ('sent', 'dead', 'canceled', 'folded')`;
  if (!databaseUrl) {
    const database = new Database(path.join(dataDir, "belfry.db"), { readonly: true });
    const marks = database.prepare(query).pluck().all() as string[];
    database.close();
    return new Set(marks);
  }
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query<{ mark: string }>(query);
  await client.end();
  return new Set(rows.map((row) => row.mark));
}

interface Crashed {
  accepted: number;
  /** How often each mark was taken. */
  times: Map<string, number>;
  /** At each kill, what had reached the receiver but was not settled: how long ago it was answered in that life, or 0. */
  open: Map<string, number>[];
  words: string;
}

const markIn = (body: string) => /note-\d+-end/.exec(body)?.[0] ?? "";

/** Hands in the events while the process is killed and started again, and waits until they have arrived. */
async function crashAgainAndAgain(databaseUrl?: string): Promise<Crashed> {
  const dataDir = newFolder();
  const env: Record<string, string> = {
    BELFRY_SECRET_KEY: SECRET,
    ...(databaseUrl ? { DATABASE_URL: databaseUrl } : {}),
  };
  const options: BelfryOptions = { dataDir, port: await freePort(), env };
  const receiver = await startCountingReceiver(() => between(0, 60));
  let belfry = await startBelfry(options);
  const key = createKey(dataDir, env);
  try {
    await createChannel(belfry, key, "bench", `${receiver.url}/hook`);
    let accepted = 0;
    let next = 0;
    const beganAt = Date.now();
    // A caller that gets no answer asks again with the same key, as callers do.
    const handIn = async () => {
      for (let seq = next++; seq < EVENTS; seq = next++) {
        await sleep(beganAt + seq * EVERY_MS - Date.now());
        const mark = `note-${seq}-end`;
        const body = { title: "Backup failed", message: mark, channels: ["bench"], idempotencyKey: mark };
        let status = 0;
        while (status !== 202) {
          status = await post(`${belfry.url}/api/v1/notify`, key, body).then(
            (answer) => answer.status,
            () => 0,
          );
          if (status !== 202) await sleep(20);
        }
        accepted++;
      }
    };
    const handedIn = Promise.all(Array.from({ length: IN_FLIGHT }, handIn));
    const open: Map<string, number>[] = [];
    let bornAt = beganAt;
    for (let kills = 0; kills < KILLS; kills++) {
      await sleep(between(20, 700));
      await belfry.kill();
      const killedAt = Date.now();
      const marks = await unsettled(dataDir, databaseUrl);
      const arrivals = receiver.arrivals.map((arrival) => ({ ...arrival, mark: markIn(arrival.body) }));
      const reached = arrivals.filter(({ mark }) => marks.has(mark));
      const ageOf = (answeredAt: number) => (answeredAt > bornAt ? killedAt - answeredAt : 0);
      open.push(new Map(reached.map(({ mark, answeredAt }) => [mark, ageOf(answeredAt)])));
      bornAt = Date.now();
      // One more does not even get as far as its start.
      if (kills === KILLS / 2) {
        const halfStarted = await startBelfry({ ...options, waits: false });
        await sleep(between(50, 400));
        await halfStarted.kill();
      }
      belfry = await startBelfry(options);
    }
    await handedIn;
    const count = () => new Set(receiver.arrivals.map(({ body }) => markIn(body))).size;
    await until("everything has arrived", () => count() >= EVENTS, { timeoutMs: 100_000 }).catch(() => undefined);
    // For doubles that come late.
    await sleep(2_000);
    const times = new Map<string, number>();
    for (const { body } of receiver.arrivals) times.set(markIn(body), (times.get(markIn(body)) ?? 0) + 1);
    return { accepted, times, open, words: belfry.words() };
  } finally {
    await belfry.kill();
    await receiver.stop();
  }
}

describe.each(["SQLite", "PostgreSQL"])("1,000 events while the process is killed ten times, on %s", (database) => {
  let crashed: Crashed;
  beforeAll(async () => {
    crashed = await crashAgainAndAgain(database === "SQLite" ? undefined : postgres.createDatabase("crash"));
  }, 240_000);

  test("pain 09: of all that was accepted nothing is missing", () => {
    expect(crashed.accepted).toBe(EVENTS);
    const missing = Array.from({ length: EVENTS }, (_, seq) => `note-${seq}-end`).filter(
      (mark) => !crashed.times.has(mark),
    );
    expect(missing, crashed.words).toEqual([]);
  });

  test("pain 10: only what was in flight or not yet settled at a kill comes twice", () => {
    const doubled = [...crashed.times].filter(([, times]) => times > 1).map(([mark]) => mark);
    const mayDouble = new Set(crashed.open.flatMap((marks) => [...marks.keys()]));
    expect(doubled.filter((mark) => !mayDouble.has(mark))).toEqual([]);
    for (const [mark, times] of crashed.times) {
      const kills = crashed.open.filter((marks) => marks.has(mark)).length;
      expect(times, mark).toBeLessThanOrEqual(1 + kills);
    }
    // The rest was settled: a program that settles nothing would double everything and still pass above.
    const ages = crashed.open.flatMap((marks) => [...marks.values()]);
    expect(Math.max(0, ...ages)).toBeLessThan(SETTLED_WITHIN_MS);
    expect(doubled.length).toBeLessThan(EVENTS / 2);
  });
});

describe("two processes on one database", () => {
  let receiver: CountingReceiver;
  let databaseUrl = "";
  let key = "";
  const started: Belfry[] = [];
  const CHANNELS = Array.from({ length: 8 }, (_, index) => `channel-${index}`);

  async function start(env: Record<string, string> = {}): Promise<Belfry> {
    const belfry = await startBelfry({
      dataDir: newFolder(),
      env: { DATABASE_URL: databaseUrl, BELFRY_SECRET_KEY: SECRET, ...env },
    });
    started.push(belfry);
    return belfry;
  }
  const nameOf = ({ dataDir }: Belfry) => readFileSync(path.join(dataDir, "worker-id"), "utf8").trim();

  beforeAll(async () => {
    databaseUrl = postgres.createDatabase("shared");
    receiver = await startCountingReceiver(() => between(0, 30));
    const [first] = [await start(), await start()];
    key = createKey(newFolder(), { DATABASE_URL: databaseUrl, BELFRY_SECRET_KEY: SECRET });
    for (const name of CHANNELS) await createChannel(first, key, name, `${receiver.url}/${name}`);
  }, 240_000);
  afterAll(async () => {
    for (const belfry of started) await belfry.kill();
    await receiver.stop();
  });

  async function notify(belfry: Belfry | undefined, body: Record<string, unknown>): Promise<void> {
    const { status, text } = await post(`${belfry?.url}/api/v1/notify`, key, body);
    expect(status, text).toBe(202);
  }
  const arrivedAt = (channel: string, text: RegExp) =>
    receiver.arrivals.filter(({ path: to, body }) => to === `/${channel}` && text.test(body));

  async function queueOwners(): Promise<string[]> {
    const client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
    const { rows } = await client.query<{ owner: string }>(
      "select distinct queue_owner as owner from channel_states where queue_owner is not null",
    );
    await client.end();
    return rows.map(({ owner }) => owner);
  }

  test("both deliver, and what belongs to one problem arrives in its order", async () => {
    const ROUNDS = 12;
    await Promise.all(
      CHANNELS.map(async (channel, index) => {
        for (let round = 0; round < ROUNDS; round++) {
          const isFiring = round % 2 === 0;
          await notify(started[(index + round) % 2], {
            title: `Disk ${index}`,
            message: `round ${round}.`,
            tone: isFiring ? "failure" : "success",
            status: isFiring ? "firing" : "resolved",
            dedupKey: `disk-${index}`,
            channels: [channel],
          });
          // Sometimes the next comes while the one before is still under way.
          await sleep(between(0, 60));
        }
      }),
    );
    const isLast = new RegExp(`round ${ROUNDS - 1}\\.`);
    await until("the last of each arrived", () => CHANNELS.every((name) => arrivedAt(name, isLast).length > 0), {
      timeoutMs: 100_000,
    });
    // A problem that ended before it got out is reported in the message of its end; so each round is reported exactly once.
    for (const channel of CHANNELS) {
      const reported = arrivedAt(channel, /round/).flatMap(({ body }) => [...body.matchAll(/round (\d+)\./g)]);
      expect(
        reported.map(([, round]) => Number(round)),
        channel,
      ).toEqual(Array.from({ length: ROUNDS }, (_, round) => round));
    }
    // Which of the two takes up a channel is a race, so the one without a queue gets new channels until it has won one.
    for (let index = 0; ; index++) {
      const owners = await queueOwners();
      const idle = started.find((belfry) => !owners.some((owner) => owner.startsWith(nameOf(belfry))));
      if (!idle) break;
      expect(index, "channels that the other process took up every time").toBeLessThan(20);
      const name = `extra-${index}`;
      await createChannel(idle, key, name, `${receiver.url}/${name}`);
      await notify(idle, { title: "Extra", message: "for the idle process.", channels: [name] });
      await until("it arrived", () => arrivedAt(name, /idle process/).length > 0, { timeoutMs: 60_000 });
    }
  }, 240_000);

  test("pain 09: when one of them is killed, the other takes up its work", async () => {
    const [first, second] = started;
    const COUNT = 200;
    const marks = Array.from({ length: COUNT }, (_, seq) => `shared-${seq}-end`);
    for (const [seq, mark] of marks.entries()) {
      if (seq === COUNT / 2) await first?.kill();
      const belfry = seq < COUNT / 2 ? first : second;
      await notify(belfry, { title: "Shared", message: mark, channels: [CHANNELS[seq % CHANNELS.length]] });
    }
    const missing = () => marks.filter((mark) => !receiver.arrivals.some(({ body }) => body.includes(mark)));
    await until("everything has arrived", () => missing().length === 0, { timeoutMs: 100_000, words: second?.words });
    const doubled = marks.filter((mark) => receiver.arrivals.filter(({ body }) => body.includes(mark)).length > 1);
    expect(doubled.length).toBeLessThan(COUNT / 4);
  }, 240_000);

  test("a key that is not the database's stops the start, in words", async () => {
    const belfry = await startBelfry({
      dataDir: newFolder(),
      env: { DATABASE_URL: databaseUrl, BELFRY_SECRET_KEY: "another key, which is long enough as well" },
      waits: false,
    });
    started.push(belfry);
    await until("it has ended", () => belfry.child.exitCode !== null, { words: belfry.words });
    expect(belfry.child.exitCode).toBe(1);
    expect(belfry.words()).toContain("The secret key does not belong to this database.");
  });
});
