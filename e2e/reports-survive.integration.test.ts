import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeAll, expect, test } from "vitest";
import { type Api, apiOf, type List } from "./support/api";
import { type Belfry, prepareBelfry, startBelfry } from "./support/belfry";
import { isRoot, runProgram, until } from "./support/child";
import { belfryCommand } from "./support/command";
import { startPostgres } from "./support/postgres";
import { createReported, report, runsOf } from "./support/reports";
import { startWebhookServer } from "./support/webhook-server";

const SHIFTED_CLOCK = path.join(import.meta.dirname, "support/shifted-clock.cjs");
const SECRET = "a key for the tests of what is reported, long enough";
beforeAll(() => prepareBelfry(), 240_000);

/** What a test has to take down, last first. */
const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
}, 60_000);

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "belfry-survive-"));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function start(dataDir: string, env: Record<string, string> = {}): Promise<Belfry> {
  const belfry = await startBelfry({ dataDir, env: { BELFRY_SECRET_KEY: SECRET, ...env } });
  ends.push(() => belfry.kill());
  return belfry;
}

function apiFor(belfry: Belfry, env: Record<string, string> = {}): Api {
  const words = ["api-key", "create", "--name", "reports", "--role", "admin", "--json"];
  const made = belfryCommand(belfry.dataDir, words, { env: { BELFRY_SECRET_KEY: SECRET, ...env } });
  return apiOf(belfry.url, (JSON.parse(made.out) as { key: string }).key);
}

/** The end of a run that nothing else is said about: its reason is its mark. */
const fail = (belfry: Belfry, uuid: string, mark: string) =>
  report(belfry.port, `/ping/${uuid}/fail?rid=${crypto.randomUUID()}`, {}, mark);

const marksOf = async (api: Api, job: Parameters<typeof runsOf>[1]) =>
  (await runsOf(api, job)).map(({ error }) => error ?? "").sort();

test("what was answered before kill -9 is a run after the next start, once, and a run goes on over both kinds of end", async () => {
  const dataDir = newFolder();
  let belfry = await start(dataDir);
  const { key } = apiFor(belfry);
  const [done, long] = [
    await createReported(apiOf(belfry.url, key), "done"),
    await createReported(apiOf(belfry.url, key), "long"),
  ];
  const rid = `rid=${crypto.randomUUID()}`;
  expect((await report(belfry.port, `/ping/${long.uuid}/start?${rid}`)).status).toBe(200);
  const marks: string[] = [];
  for (const how of ["SIGKILL", "SIGKILL", "SIGTERM", "SIGKILL"] as const) {
    // An end waits a second for what else is said: it is not counted yet when its process is gone.
    for (let one = 0; one < 5; one++) {
      const mark = `reason ${marks.length}`;
      expect((await fail(belfry, done.uuid, mark)).status).toBe(200);
      marks.push(mark);
    }
    await belfry.stop(how);
    belfry = await start(dataDir);
  }
  expect((await report(belfry.port, `/ping/${long.uuid}?${rid}`)).status).toBe(200);
  const api = apiOf(belfry.url, key);
  await until("each is a run", async () => (await runsOf(api, done)).length >= marks.length, belfry);
  await until("the long one has ended", async () => (await runsOf(api, long))[0]?.status === "success", belfry);
  expect(await marksOf(api, done)).toEqual(marks.sort());
  expect(await runsOf(api, long)).toHaveLength(1);
}, 240_000);

test("a job that was due while nothing ran is found at the next start, once, and its report is the recovery", async () => {
  const hook = await startWebhookServer();
  ends.push(() => hook.close());
  const titles = () => hook.taken.map(({ text }) => (JSON.parse(text) as { title: string }).title);
  const dataDir = newFolder();
  const behind = { NODE_OPTIONS: `--require ${SHIFTED_CLOCK}`, TEST_CLOCK_AHEAD_MS: String(-5 * 3_600_000) };
  let belfry = await start(dataDir, behind);
  const { key } = apiFor(belfry, behind);
  const first = apiOf(belfry.url, key);
  const channel = { name: "ops", provider: "webhook", config: { url: hook.url } };
  const { id: channelId } = await first.post<{ id: string }>("/channels", channel);
  const notifications = [{ channelId, condition: "custom", states: ["failure", "missed"] }];
  const hourly = { schedule: { periodMinutes: 60 }, graceMinutes: 10, notifications };
  const late = await createReported(first, "late", hourly);
  const inTime = await createReported(first, "in time", { ...hourly, schedule: { periodMinutes: 24 * 60 } });
  for (const { uuid } of [late, inTime]) expect((await report(belfry.port, `/ping/${uuid}`)).status).toBe(200);
  const areCounted = async () => (await runsOf(first, late)).length + (await runsOf(first, inTime)).length === 2;
  await until("both have reported", areCounted, belfry);
  expect(titles()).toEqual([]);
  await belfry.kill();

  for (const how of ["SIGKILL", "SIGTERM"] as const) {
    belfry = await start(dataDir);
    // Not only at its receiver: a message whose answer is not stored when the process is killed is sent again.
    const api = apiOf(belfry.url, key);
    const isSent = async () => (await api.get<List<unknown>>("/deliveries?status=sent")).items.length > 0;
    await until("it is found, and its message sent", isSent, belfry);
    await belfry.stop(how);
  }
  belfry = await start(dataDir);
  expect((await report(belfry.port, `/ping/${late.uuid}`)).status).toBe(200);
  await until("it has recovered", () => titles().at(-1) === "Recovered: late", belfry);
  expect(titles()).toEqual(["Missed Schedule: late", "Recovered: late"]);
}, 240_000);

test.skipIf(!isRoot)(
  "while the disk is full a report is asked to come again, nothing of it is stored, and then it is taken",
  async () => {
    const disk = newFolder();
    runProgram("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", disk]);
    ends.push(() => runProgram("umount", ["-l", disk]));
    const belfry = await start(path.join(disk, "data"));
    const api = apiFor(belfry);
    const job = await createReported(api, "nas");
    const taken: string[] = [];
    const refused: string[] = [];
    const long = "a line of the log of a backup\n".repeat(2_000);
    const send = async () => {
      const mark = `reason ${taken.length + refused.length}`;
      const answer = await fail(belfry, job.uuid, `${long}${mark}`);
      (answer.status === 200 ? taken : refused).push(mark);
      return answer;
    };
    await send();
    const filler = path.join(disk, "filler");
    try {
      writeFileSync(filler, Buffer.alloc(30_000_000));
    } catch {
      // Full, as it should be.
    }
    let last = await send();
    const isRefused = async () => {
      if (last.status !== 503) last = await send();
      return last.status === 503;
    };
    await until("a report is refused", isRefused, belfry);
    expect(last.headers["retry-after"]).toMatch(/^\d+$/);
    expect(last.text).toMatch(/^not stored: /);
    for (let one = 0; one < 10; one++) await send();
    expect(refused.length).toBeGreaterThan(0);
    rmSync(filler);
    await until("a report is taken again", async () => (await send()).status === 200, belfry);
    await until("all that was taken is counted", async () => (await runsOf(api, job)).length >= taken.length, belfry);
    expect(await marksOf(api, job)).toEqual(taken.sort());
    // Once it was looked again whether the database takes what is written.
    await until("it is well", async () => (await fetch(`${belfry.url}/api/health`)).status === 200, belfry);
  },
  240_000,
);

test("three processes on one PostgreSQL count each report once, also when the one that counts is killed", async () => {
  const postgres = await startPostgres();
  ends.push(() => postgres.stop());
  const env = { DATABASE_URL: postgres.createDatabase("reported"), BELFRY_ROLE: "all" };
  const members = [await start(newFolder(), env)];
  members.push(...(await Promise.all([start(newFolder(), env), start(newFolder(), env)])));
  const [first, second, third] = members as [Belfry, Belfry, Belfry];
  const { key } = apiFor(first, env);
  const job = await createReported(apiOf(first.url, key), "nas");
  const marks: string[] = [];
  const sendTo = async (some: Belfry[], count: number) => {
    for (let one = 0; one < count; one++) {
      const belfry = some[one % some.length] as Belfry;
      const mark = `reason ${marks.length}`;
      expect((await fail(belfry, job.uuid, mark)).status).toBe(200);
      marks.push(mark);
    }
  };
  await sendTo([first, second, third], 60);
  // It was alone, so it leads and counts.
  await first.kill();
  await sendTo([second, third], 30);
  const api = apiOf(second.url, key);
  const all = async () => (await runsOf(api, job)).length >= marks.length;
  await until("each is a run", all, { timeoutMs: 120_000, words: second.words });
  expect(await marksOf(api, job)).toEqual(marks.sort());
}, 240_000);
