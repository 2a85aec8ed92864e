import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { providerOf } from "@/lib/providers/registry";
import { type Api, apiOf } from "./support/api";
import { type Belfry, prepareBelfry, startBelfry } from "./support/belfry";
import { runProgram, until } from "./support/child";
import { type CountingReceiver, startCountingReceiver } from "./support/counting-receiver";
import { type PostgresServer, startPostgres } from "./support/postgres";

const SECRET = "a key for the tests of several processes, long enough";
const HOUR_MS = 3_600_000;
const SHIFTED_CLOCK = path.join(import.meta.dirname, "support/shifted-clock.cjs");

let postgres: PostgresServer;
let receiver: CountingReceiver;
/** How long the receiver thinks before it answers. */
let answerMs = 0;
beforeAll(async () => {
  prepareBelfry();
  [postgres, receiver] = await Promise.all([startPostgres(), startCountingReceiver(() => answerMs)]);
}, 240_000);
afterAll(async () => {
  await receiver?.stop();
  await postgres?.stop();
});

/** Several workers of the built program on one PostgreSQL database. */
class Cluster {
  readonly members: Belfry[] = [];
  private readonly folders: string[] = [];
  private readonly env: Record<string, string>;
  private readonly client: pg.Client;
  private key = "";

  constructor(name: string) {
    const url = postgres.createDatabase(name);
    this.env = { DATABASE_URL: url, BELFRY_SECRET_KEY: SECRET, BELFRY_ROLE: "worker" };
    this.client = new pg.Client({ connectionString: url });
  }

  private folder(): string {
    const folder = mkdtempSync(path.join(tmpdir(), "belfry-several-"));
    this.folders.push(folder);
    return folder;
  }

  async query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.client.query<Row>(text, values)).rows;
  }

  async connect(): Promise<this> {
    await this.client.connect();
    return this;
  }

  async start(env: Record<string, string> = {}, dataDir = this.folder()): Promise<Belfry> {
    const belfry = await startBelfry({ dataDir, env: { ...this.env, ...env } });
    this.members.push(belfry);
    if (this.key === "") this.key = this.createKey(belfry);
    return belfry;
  }

  private createKey({ dataDir }: Belfry): string {
    const args = ["dist/cli.mjs", "api-key", "create", "--name", "several", "--role", "admin", "--json"];
    const env = { PATH: process.env.PATH, NODE_ENV: "production" as const, BELFRY_DATA_DIR: dataDir, ...this.env };
    return (JSON.parse(runProgram(process.execPath, args, { env })) as { key: string }).key;
  }

  apiOf({ url }: Belfry): Api {
    return apiOf(url, this.key);
  }

  /** Webhook channels, each with a path of its own at the receiver. */
  async createChannels(count: number): Promise<string[]> {
    const names = Array.from({ length: count }, (_, index) => `${index}-${Math.random().toString(36).slice(2)}`);
    const now = Date.now();
    for (const [index, name] of names.entries())
      await this.query(
        `insert into channels (id, name, provider, enabled, config, subscriptions, created_at, updated_at)
         values ($1, $2, 'webhook', true, $3, '[]', $4, $4)`,
        [`chn_${name}`, name, JSON.stringify({ url: `${receiver.url}/${name}` }), now + index],
      );
    await this.query(
      `insert into system_state (key, value, updated_at) values ('routing-version', $1, $2)
       on conflict (key) do update set value = excluded.value`,
      [String(now), now],
    );
    return names;
  }

  /** How many queues each member owns. */
  async shares(): Promise<number[]> {
    const rows = await this.query<{ owner: string }>(
      "select queue_owner as owner from channel_states where queue_owner is not null",
    );
    return this.members.map((member) => rows.filter(({ owner }) => owner.startsWith(workerId(member))).length);
  }

  /** The member that owns the channel's queue. */
  async ownerOf(channel: string): Promise<Belfry | undefined> {
    const [row] = await this.query<{ owner: string | null }>(
      "select s.queue_owner as owner from channel_states s join channels c on c.id = s.channel_id where c.name = $1",
      [channel],
    );
    return this.members.find((member) => row?.owner?.startsWith(workerId(member)));
  }

  async leader(): Promise<Belfry | undefined> {
    const [row] = await this.query<{ owner: string }>(
      "select value->>'owner' as owner from system_state where key = 'scheduler-lease'",
    );
    return this.members.find((member) => row?.owner?.startsWith(workerId(member)));
  }

  words = () => this.members.map((member) => member.words()).join("\n— — —\n");

  async end(): Promise<void> {
    for (const { child } of this.members) child.kill("SIGCONT");
    for (const member of this.members) await member.kill();
    await this.client.end();
    for (const folder of this.folders) rmSync(folder, { recursive: true, force: true });
  }
}

const workerId = ({ dataDir }: Belfry) => readFileSync(path.join(dataDir, "worker-id"), "utf8").trim();

let cluster: Cluster;
async function openCluster(name: string): Promise<Cluster> {
  cluster = await new Cluster(name).connect();
  return cluster;
}
afterEach(async () => {
  answerMs = 0;
  await cluster.end();
}, 60_000);

/** How often each mark arrived at a channel. */
function arrivals(channel: string): Map<string, number> {
  const times = new Map<string, number>();
  for (const { path: to, body } of receiver.arrivals) {
    if (to !== `/${channel}`) continue;
    const mark = /note-\d+-end/.exec(body)?.[0] ?? body;
    times.set(mark, (times.get(mark) ?? 0) + 1);
  }
  return times;
}

const notes = (from: number, count: number, channel: string) =>
  Array.from({ length: count }, (_, index) => ({
    title: "Backup failed",
    message: `note-${from + index}-end`,
    channels: [channel],
  }));

describe("fault B16: the owner of a channel is stopped with work in hand and goes on later", () => {
  test("only what was in flight then comes twice, and nothing is lost", async () => {
    const COUNT = 800;
    const group = await openCluster("stopped");
    const first = await group.start();
    const second = await group.start();
    const [channel = ""] = await group.createChannels(1);
    answerMs = 30;
    for (let from = 0; from < COUNT; from += 100) await group.apiOf(first).post("/notify", notes(from, 100, channel));
    await until("some have arrived", () => arrivals(channel).size > COUNT / 4, { words: group.words });
    const owner = await group.ownerOf(channel);
    if (!owner) throw new Error("Nobody owns the queue.");
    owner.child.kill("SIGSTOP");
    // What it had sent by then may be answered and not written.
    await new Promise((done) => setTimeout(done, 500));
    const reached = new Set(arrivals(channel).keys());
    const settled = await group.query<{ mark: string }>(
      `select substring(e.notification->>'message' from 'note-\\d+-end') as mark
       from deliveries d join events e on e.id = d.event_id where d.status = 'sent'`,
    );
    const mayDouble = [...reached].filter((mark) => !settled.some((row) => row.mark === mark));
    const other = owner === first ? second : first;
    await until("the other has taken over", async () => (await group.ownerOf(channel)) === other, {
      timeoutMs: 90_000,
      words: group.words,
    });
    owner.child.kill("SIGCONT");
    const open = async () =>
      Number((await group.query<{ n: string }>("select count(*) as n from deliveries where status <> 'sent'"))[0]?.n);
    await until("everything is settled", async () => (await open()) === 0, { timeoutMs: 90_000, words: group.words });
    await until("the first has noticed", () => owner.words().includes("lost a channel queue"), { timeoutMs: 60_000 });
    const times = arrivals(channel);
    expect(times.size).toBe(COUNT);
    const doubled = [...times].filter(([, count]) => count > 1);
    // A request that had been begun and had not arrived goes on after the stop: as many as may be in flight at once.
    const begun = doubled.filter(([mark]) => !mayDouble.includes(mark));
    expect(begun.length).toBeLessThanOrEqual(providerOf("webhook")?.concurrency ?? 0);
    expect(Math.max(...times.values())).toBeLessThanOrEqual(2);
    expect(mayDouble.length).toBeLessThan(COUNT / 2);
  }, 240_000);
});

describe("fault B19: channels are spread over the workers", () => {
  test("each takes its share, also when one comes, and those of one that is killed are taken by the others", async () => {
    const group = await openCluster("spread");
    const first = await group.start();
    const second = await group.start();
    const channels = await group.createChannels(12);
    let sent = 0;
    /** One notification to each channel. */
    const notifyAll = async (through: Belfry) => {
      const notifications = channels.flatMap((channel) => notes(sent, 1, channel));
      await group.apiOf(through).post("/notify", notifications);
      sent++;
    };
    const haveAll = () => channels.every((channel) => arrivals(channel).size === sent);
    // A queue that has had nothing to do for a while is nobody's.
    const sharesBecome = (what: string, wanted: number[], through: Belfry) =>
      until(
        what,
        async () => {
          await notifyAll(through);
          return (await group.shares()).join() === wanted.join();
        },
        { timeoutMs: 90_000, everyMs: 500, words: group.words },
      );
    await sharesBecome("both have half", [6, 6], first);
    const third = await group.start();
    await sharesBecome("the third has its share", [4, 4, 4], second);
    await until("everything has arrived", haveAll, { words: group.words });
    await second.kill();
    await notifyAll(third);
    await until("what was the killed one's is sent too", haveAll, { timeoutMs: 90_000, words: group.words });
    await sharesBecome("the others have all", [6, 0, 6], first);
    await until("everything has arrived", haveAll, { timeoutMs: 90_000, words: group.words });
  }, 240_000);
});

describe("fault B17: a process whose clock is two hours ahead", () => {
  const ahead = { NODE_OPTIONS: `--require=${SHIFTED_CLOCK}`, TEST_CLOCK_AHEAD_MS: String(2 * HOUR_MS) };

  test("says so and takes nothing, until its clock is right or it is the last", async () => {
    const group = await openCluster("ahead");
    const wrong = await group.start(ahead);
    // Alone it works, because nobody else would say that its clock is wrong.
    expect(await group.leader()).toBe(wrong);
    const right = await group.start();
    await until("the right one leads", async () => (await group.leader()) === right, { words: group.words });
    const channels = await group.createChannels(6);
    const all = (mark: number) => channels.flatMap((channel) => notes(mark, 1, channel));
    const have = (count: number) => () => channels.every((channel) => arrivals(channel).size === count);
    await group.apiOf(wrong).post("/notify", all(1));
    await until("what the wrong one accepted is sent", have(1), { timeoutMs: 20_000, words: group.words });
    expect(await group.shares()).toEqual([0, 6]);
    const alert = async () => {
      const rows = await group.query<{ status: string; message: string }>(
        "select status, message from alerts where subject_id = $1 order by id",
        [`clock@${workerId(wrong)}`],
      );
      return rows.at(-1);
    };
    await until("it is reported", async () => (await alert())?.status === "firing", { words: group.words });
    expect((await alert())?.message).toContain("The clock of this machine is 2 h ahead of the database's.");
    await right.kill();
    await group.apiOf(wrong).post("/notify", all(2));
    await until("the last one takes over", have(2), { timeoutMs: 60_000, words: group.words });
    wrong.child.kill("SIGUSR2");
    await until("it is resolved", async () => (await alert())?.status === "resolved", { words: group.words });
    const another = await group.start();
    let mark = 3;
    const share = async () => {
      await group.apiOf(another).post("/notify", all(mark++));
      return (await group.shares()).join() === "3,0,3";
    };
    await until("both share again", share, { timeoutMs: 60_000, everyMs: 500, words: group.words });
    expect(another.words()).not.toContain("clock differs");
  }, 240_000);

  test("leaves nothing locked when it is killed", async () => {
    const group = await openCluster("ahead_killed");
    const wrong = await group.start(ahead);
    const [channel = ""] = await group.createChannels(1);
    await group.apiOf(wrong).post("/notify", notes(1, 1, channel)[0]);
    await until("it is sent", () => arrivals(channel).size === 1, { words: group.words });
    await wrong.kill();
    const right = await group.start();
    await group.apiOf(right).post("/notify", notes(2, 1, channel)[0]);
    await until("the next one is sent", () => arrivals(channel).size === 2, { timeoutMs: 40_000, words: group.words });
    await until("it leads", async () => (await group.leader()) === right, { timeoutMs: 40_000, words: group.words });
  }, 240_000);
});

describe("fault B2: a channel is switched off and on while events come, by two processes", () => {
  test("every event that was emitted while it was on is sent, or named in the summary at switch-on", async () => {
    const SWITCHES = 200;
    const group = await openCluster("switched");
    const [first, second] = [await group.start({ BELFRY_ROLE: "all" }), await group.start()];
    const [channel = ""] = await group.createChannels(1);
    const api = group.apiOf(first);
    const marks: string[] = [];
    for (let turn = 0; turn < SWITCHES; turn++) {
      await api.patch(`/channels/chn_${channel}`, { enabled: false });
      await api.patch(`/channels/chn_${channel}`, { enabled: true });
      // Accepted by either of them, some of a problem, some of none; the next switch comes at once.
      const mark = `note-${turn}-end`;
      const note = { title: mark, message: mark, channels: [channel], tone: "failure" };
      const isProblem = turn % 3 === 0;
      const through = group.apiOf(turn % 2 === 0 ? first : second);
      await through.post("/notify", isProblem ? { ...note, status: "firing", dedupKey: mark } : note);
      marks.push(mark);
    }
    const bodies = () => receiver.arrivals.filter(({ path: to }) => to === `/${channel}`).map(({ body }) => body);
    const missing = () => marks.filter((mark) => !bodies().some((body) => body.includes(mark)));
    await until("all are there", () => missing().length === 0, {
      timeoutMs: 90_000,
      words: () => `${missing().join()}\n${group.words()}`,
    });
    const canceled = await group.query("select id from deliveries where status = 'canceled'");
    expect(canceled).toEqual([]);
  }, 240_000);
});
