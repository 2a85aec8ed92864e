import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { systemActor } from "@/lib/auth/access/actor";
import { openAlerts, until } from "@/lib/dispatch/pipeline-fixture";
import { Scheduler } from "@/lib/schedule/scheduler";
import { flushHeartbeats } from "@/lib/services/agent/heartbeat-buffer";
import { clientsCreate } from "@/lib/services/clients/create";
import { clientsDelete } from "@/lib/services/clients/delete";
import { clientsGet } from "@/lib/services/clients/get";
import { clientsRevoke } from "@/lib/services/clients/revoke";
import { clientsRotate } from "@/lib/services/clients/rotate";
import { clientsUpdate } from "@/lib/services/clients/update";
import { jobsCreate } from "@/lib/services/jobs/create";
import { jobsRun } from "@/lib/services/jobs/run";
import { jobsUpdate } from "@/lib/services/jobs/update";
import { runsCancel } from "@/lib/services/runs/cancel";
import { runsGet } from "@/lib/services/runs/get";
import { runsLog } from "@/lib/services/runs/log";
import { clientMonitors, MINUTE, openClientFixture, SECOND } from "./testing/clients-fixture";

const ORIGIN = "http://belfry.test:3000";

let fixture: Awaited<ReturnType<typeof openClientFixture>>;
beforeEach(async () => {
  fixture = await openClientFixture();
});
afterEach(() => fixture.close());

interface Answer {
  status: number;
  body: { work?: { runId: string; job: string; attempt?: number }[]; cancel?: unknown; status?: string };
}

async function post(path: string, token: string | null, body: unknown): Promise<Answer> {
  const answer = await fetch(`${fixture.url}/api/v1/agent/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(token !== null && { authorization: `Bearer ${token}` }) },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  return { status: answer.status, body: (await answer.json()) as Answer["body"] };
}

const report = (token: string | null, runId: string, body: unknown) => post(`runs/${runId}`, token, body);

/** A heartbeat. @returns what the client is asked for */
async function beat(token: string, more: object = {}) {
  const said = { intervalSeconds: 60, hostname: "web-1", version: "1", disks: [], ...more };
  const { status, body } = await post("heartbeat", token, said);
  expect(status).toBe(200);
  await flushHeartbeats();
  return body;
}

const create = (name = "web-1", more: object = {}) =>
  clientsCreate.call(systemActor, { name, origin: ORIGIN, ...more });

/** A job of a client that notifies the receiver of everything. */
async function addJob(clientId: string, more: object = {}) {
  const states = ["start", "success", "warning", "failure", "missed"];
  const notifications = [{ channelId: fixture.hook, condition: "custom", states }];
  const input = { name: "web files", clientId, clientJob: "www", graceMinutes: 10, notifications, ...more };
  return await jobsCreate.call(systemActor, input);
}

async function runNow(jobId: string): Promise<string> {
  return (await jobsRun.call(systemActor, { id: jobId })).runId;
}

const seen = (id: string) => runsGet.call(systemActor, { id });
const logOf = async (id: string) => (await runsLog.call(systemActor, { id })).text;
const titles = () => fixture.receiver.received.map(({ title }) => title);
/** Waits, while the clock goes on: channels have their pace. */
const notified = (holds: () => boolean) =>
  until(() => {
    fixture.clock.now += 50;
    fixture.clock.passed += 50;
    return holds();
  });
const received = (count: number) => notified(() => titles().length >= count);

test("a run is handed out to its client alone, with every heartbeat until that begins it, and ends as it says", async () => {
  const { id, token } = await create();
  const other = await create("web-2");
  const job = await addJob(id);
  expect(job).toMatchObject({ kind: "client", clientId: id, clientName: "web-1", clientJob: "www" });
  expect(await beat(token)).toEqual({ intervalSeconds: 60, work: [] });
  const runId = await runNow(job.id);
  expect(await runNow(job.id)).toBe(runId);
  expect(await beat(other.token)).toEqual({ intervalSeconds: 60, work: [] });
  expect((await beat(token)).work).toEqual([{ runId, job: "www" }]);
  expect((await beat(token)).work).toEqual([{ runId, job: "www" }]);
  expect(await seen(runId)).toMatchObject({ status: "queued", clientName: "web-1" });
  expect(await report(token, runId, { status: "running" })).toEqual({
    status: 200,
    body: { status: "running", cancel: false },
  });
  expect((await beat(token)).work).toEqual([]);
  const result = { status: "success", bytes: 5_000, files: 12, archive: "www-2026" };
  expect(await report(token, runId, result)).toEqual({ status: 200, body: { status: "success", cancel: false } });
  expect(await seen(runId)).toMatchObject({ ...result, attempts: 1, error: null });
  await received(2);
  expect(titles()).toEqual(["Backup Started: web files", "Backup Completed: web files"]);
  expect(fixture.receiver.received[1]).toMatchObject({
    fields: expect.arrayContaining([expect.objectContaining({ label: "Client", value: "web-1" })]),
  });
  const { orm, t } = database();
  expect(await orm.select({ executor: t.runs.executor }).from(t.runs)).toEqual([{ executor: "client" }]);
});

test("the same report again, and one that contradicts the result, change nothing and notify nobody", async () => {
  const { id, token } = await create();
  const runId = await runNow((await addJob(id)).id);
  await report(token, runId, { status: "running", log: "one\n", logFrom: 0 });
  await report(token, runId, { status: "running", log: "one\n", logFrom: 0 });
  await report(token, runId, { status: "running", log: "one\ntwo\n", logFrom: 0 });
  const done = { status: "success", bytes: 1, log: "three\n", logFrom: 8 };
  await Promise.all([report(token, runId, done), report(token, runId, done)]);
  const before = await seen(runId);
  expect((await report(token, runId, done)).status).toBe(200);
  const late = await report(token, runId, { status: "failure", error: "no", log: "four\n" });
  expect(late).toEqual({ status: 200, body: { status: "success", cancel: false } });
  expect(await seen(runId)).toEqual(before);
  const lines = (await logOf(runId)).split("\n").map((line) => line.split(" ")[1]);
  expect(lines).toEqual(["one", "two", "three", undefined]);
  await received(2);
  expect(titles()).toEqual(["Backup Started: web files", "Backup Completed: web files"]);
});

test("someone else's run is none, a token that was removed or revoked is refused, and rubbish and 50 MB change nothing", async () => {
  const { id, token } = await create();
  const other = await create("web-2");
  const runId = await runNow((await addJob(id)).id);
  const well = { status: "success" };
  const statusOf = async (answer: Promise<Answer>) => (await answer).status;
  expect(await statusOf(report(other.token, runId, well))).toBe(404);
  expect(await statusOf(report(token, "run_unknown", well))).toBe(404);
  expect(await statusOf(report(token, "x'--", well))).toBe(400);
  expect(await statusOf(report(null, runId, well))).toBe(401);
  expect(await statusOf(report("bfc_wrong", runId, well))).toBe(401);
  for (const body of [
    "{",
    "[]",
    "{}",
    { status: "queued" },
    { status: "success", bytes: -1 },
    { status: "success", runId: "run_x" },
    { status: "success", token: other.token },
    { status: "success", command: "rm -rf /" },
    { status: "running", log: 7 },
    { status: "running", log: "x".repeat(200_001) },
    { status: "running", log: "a\u0000b" },
  ]) {
    expect(await statusOf(report(token, runId, body))).toBe(400);
  }
  const before = process.memoryUsage().rss;
  expect(
    await statusOf(report(token, runId, `"${"x".repeat(50_000_000)}"`).catch(() => ({ status: 413, body: {} }))),
  ).toBe(413);
  expect(process.memoryUsage().rss - before).toBeLessThan(300_000_000);
  await clientsRevoke.call(systemActor, { id });
  expect(await statusOf(report(token, runId, well))).toBe(401);
  const fresh = await clientsRotate.call(systemActor, { id, origin: ORIGIN });
  expect(await statusOf(report(token, runId, well))).toBe(401);
  await clientsDelete.call(systemActor, { id: other.id });
  expect(await statusOf(report(other.token, runId, well))).toBe(401);
  expect(await seen(runId)).toMatchObject({ status: "queued" });
  expect(await statusOf(report(fresh.token, runId, well))).toBe(200);
});

test("conditions, warnings and recoveries hold as for Belfry's own runs", async () => {
  const { id, token } = await create();
  const notifications = [{ channelId: fixture.hook, condition: "failure" }];
  const job = await addJob(id, { notifications });
  const once = async (body: object) => {
    const runId = await runNow(job.id);
    await report(token, runId, { status: "running" });
    await report(token, runId, body);
    return runId;
  };
  await once({ status: "success" });
  const failed = await once({ status: "failure", error: "disk full" });
  await received(1);
  expect(fixture.receiver.received[0]).toMatchObject({ title: "Backup Failed: web files", message: "disk full" });
  expect(await seen(failed)).toMatchObject({ status: "failure", error: "disk full" });
  await once({ status: "success" });
  await received(2);
  expect(fixture.receiver.received[1]).toMatchObject({ status: "resolved" });
  const warned = await once({ status: "warning", error: "2 files vanished" });
  expect(await seen(warned)).toMatchObject({ status: "warning", error: "2 files vanished" });
  await once({ status: "failure" });
  await notified(() => titles().filter((title) => title === "Backup Failed: web files").length === 2);
  expect(fixture.receiver.received.at(-1)?.message).toBe("The client gave no reason.");
});

test("a failed attempt is tried again after a pause without a message, and only what is said of the last one counts", async () => {
  const { id, token } = await create();
  const job = await addJob(id, { retries: 1, notifications: [{ channelId: fixture.hook, condition: "failure" }] });
  const runId = await runNow(job.id);
  await report(token, runId, { status: "running", attempt: 1 });
  const first = { status: "failure", error: "first", attempt: 1 };
  await report(token, runId, first);
  expect(await seen(runId)).toMatchObject({ status: "queued", attempts: 1 });
  expect((await beat(token)).work).toEqual([]);
  // Its answer was lost: it says so once more.
  await report(token, runId, first);
  expect(await seen(runId)).toMatchObject({ status: "queued", attempts: 1 });
  fixture.clock.now += MINUTE;
  expect((await beat(token)).work).toEqual([{ runId, job: "www", attempt: 2 }]);
  await report(token, runId, first);
  expect(await seen(runId)).toMatchObject({ status: "queued", attempts: 1 });
  await report(token, runId, { status: "failure", error: "second", attempt: 2 });
  expect(await seen(runId)).toMatchObject({ status: "failure", error: "second", attempts: 2 });
  await received(1);
  expect(titles()).toEqual(["Backup Failed: web files"]);
});

test("a long log keeps both ends over many reports and says how much is left out, and the token is taken out of it", async () => {
  const { id, token } = await create();
  const runId = await runNow((await addJob(id)).id);
  let sent = 0;
  const send = async (text: string) => {
    await report(token, runId, { status: "running", log: text, logFrom: sent });
    sent += Buffer.byteLength(text);
  };
  await send(`first ü line\nusing ${token}\n`);
  for (let piece = 0; piece < 12; piece++) {
    await send(Array.from({ length: 1_000 }, (_, line) => `piece ${piece} line ${line} ${"x".repeat(80)}\n`).join(""));
  }
  await send("last line\n");
  const text = await logOf(runId);
  expect(text).toContain("first ü line\n");
  expect(text).toContain("using ••••");
  expect(text).not.toContain(token);
  expect(text).toContain("piece 0 line 999");
  expect(text).toContain("piece 11 line 0 ");
  expect(text).toMatch(/last line\n$/);
  const marks = text.match(/… .* \((\d+) bytes\) of this log left out …/g);
  expect(marks).toHaveLength(1);
  const dropped = Number(/\((\d+) bytes\)/.exec(text)?.[1]);
  // Each line got its time.
  expect(dropped + Buffer.byteLength(text)).toBeGreaterThan(sent + 12_000 * 20);
  expect(Buffer.byteLength(text)).toBeLessThan(600_000);
});

test("a run that nobody takes in its time fails and notifies, and says whether the client is there", async () => {
  const { id, token } = await create();
  const job = await addJob(id);
  const watching = [clientMonitors()];
  await fixture.pass(10 * SECOND, watching);
  const runId = await runNow(job.id);
  await fixture.pass(9 * MINUTE, watching, 30 * SECOND);
  expect(await seen(runId)).toMatchObject({ status: "queued" });
  await fixture.pass(2 * MINUTE, watching, 30 * SECOND);
  expect(await seen(runId)).toMatchObject({
    status: "failure",
    error: "The client web-1 did not take the run within 10 min: it has never reported.",
  });
  await received(1);
  expect(titles()).toEqual(["Backup Failed: web files"]);
  const second = await runNow(job.id);
  for (let minute = 0; minute < 12; minute++) {
    await beat(token);
    await fixture.pass(MINUTE, watching, 30 * SECOND);
  }
  const { error, advice } = await seen(second);
  expect(error).toBe("The client web-1 did not take the run within 10 min, though it reports.");
  expect(advice).toContain("allows a job named www");
  // Too late, but the backup is there.
  await report(token, second, { status: "success", bytes: 9 });
  expect(await seen(second)).toMatchObject({ status: "success", error: null, advice: null, bytes: 9 });
  await notified(() => titles().length === 3);
  expect(fixture.receiver.received.map(({ status }) => status)).toEqual(["firing", "firing", "resolved"]);
  expect(await openAlerts()).toEqual([]);
});

test("pain 02: a run whose client goes offline fails after the client's delay; a late success corrects it and sends the recovery", async () => {
  const { id, token } = await create();
  const job = await addJob(id, { notifications: [{ channelId: fixture.hook, condition: "failure" }] });
  await clientsUpdate.call(systemActor, { id, muted: true });
  const watching = [clientMonitors()];
  await fixture.pass(10 * SECOND, watching);
  await beat(token);
  const runId = await runNow(job.id);
  await report(token, runId, { status: "running" });
  await fixture.pass(4 * MINUTE, watching);
  expect(await seen(runId)).toMatchObject({ status: "running" });
  await fixture.pass(2 * MINUTE, watching);
  expect(await seen(runId)).toMatchObject({
    status: "failure",
    error: expect.stringMatching(/^The client web-1 went offline while the run was under way, last seen \d{4}-/),
  });
  await received(1);
  // What it says meanwhile changes nothing, except its log.
  const still = await report(token, runId, { status: "running", log: "half\n" });
  expect(still.body).toEqual({ status: "failure", cancel: false });
  await report(token, runId, { status: "failure", error: "also" });
  expect((await seen(runId)).error).toContain("went offline");
  await report(token, runId, { status: "success", bytes: 7 });
  expect(await seen(runId)).toMatchObject({ status: "success", bytes: 7, error: null });
  await received(2);
  expect(fixture.receiver.received[1]).toMatchObject({ status: "resolved" });
  expect(await openAlerts()).toEqual([]);
});

test("while Belfry was down nobody kept silent: neither a queued nor a running run is given up for it", async () => {
  const { id, token } = await create();
  const job = await addJob(id);
  const other = await addJob(id, { name: "database", clientJob: "db" });
  await clientMonitors().checkAll();
  await beat(token);
  const running = await runNow(job.id);
  await report(token, running, { status: "running" });
  const queued = await runNow(other.id);
  fixture.clock.now += 3 * 24 * 60 * MINUTE;
  fixture.clock.passed = 5;
  const watching = [clientMonitors()];
  await fixture.pass(MINUTE, watching);
  expect([(await seen(running)).status, (await seen(queued)).status]).toEqual(["running", "queued"]);
  await beat(token);
  await fixture.pass(2 * MINUTE, watching);
  expect([(await seen(running)).status, (await seen(queued)).status]).toEqual(["running", "queued"]);
});

test("a run beyond its time limit fails, and the client is asked to stop it", async () => {
  const { id, token } = await create();
  const job = await addJob(id, { timeLimitMinutes: 3 });
  const watching = [clientMonitors()];
  await fixture.pass(10 * SECOND, watching);
  const runId = await runNow(job.id);
  await report(token, runId, { status: "running" });
  for (let minute = 0; minute < 4; minute++) {
    await beat(token, { runs: [runId] });
    await fixture.pass(MINUTE, watching);
  }
  expect(await seen(runId)).toMatchObject({ status: "failure", error: expect.stringContaining("time limit of 3 min") });
  expect(await beat(token, { runs: [runId] })).toMatchObject({ cancel: [runId] });
});

test("a client that was removed or lost its token fails what it left open with a plain sentence, and what comes due", async () => {
  const gone = await create("gone");
  const revoked = await create("revoked");
  const watching = [clientMonitors()];
  await fixture.pass(10 * SECOND, watching);
  const first = await addJob(gone.id, { name: "one" });
  const second = await addJob(revoked.id, { name: "two" });
  const running = await runNow(first.id);
  await report(gone.token, running, { status: "running" });
  const queued = await runNow(second.id);
  await clientsUpdate.call(systemActor, { id: gone.id, name: "renamed" });
  expect(await seen(running)).toMatchObject({ status: "running", clientName: "renamed" });
  await clientsDelete.call(systemActor, { id: gone.id });
  await clientsRevoke.call(systemActor, { id: revoked.id });
  await fixture.pass(5 * SECOND, watching);
  expect(await seen(running)).toMatchObject({
    status: "failure",
    error: "The client that executes this job was removed.",
    clientName: "a deleted client",
  });
  expect(await seen(queued)).toMatchObject({ status: "failure", error: expect.stringContaining("was revoked") });
  const later = await runNow(first.id);
  await fixture.pass(5 * SECOND, watching);
  expect(await seen(later)).toMatchObject({ status: "failure" });
  await notified(() => titles().filter((title) => title?.startsWith("Backup Failed")).length === 3);
});

test("a client that was renamed while it runs reports on, and its new name is in the message", async () => {
  const { id, token } = await create();
  const runId = await runNow((await addJob(id)).id);
  await report(token, runId, { status: "running" });
  await clientsUpdate.call(systemActor, { id, name: "web-one" });
  await report(token, runId, { status: "failure", error: "x" });
  await received(2);
  expect(JSON.stringify(fixture.receiver.received[1])).toContain("web-one");
});

test("a run that a person cancels ends at once; the client is asked to stop it at its next heartbeat and report", async () => {
  const { id, token } = await create();
  const job = await addJob(id);
  const queued = await runNow(job.id);
  await runsCancel.call(systemActor, { id: queued });
  expect((await beat(token)).work).toEqual([]);
  const runId = await runNow(job.id);
  await report(token, runId, { status: "running" });
  await runsCancel.call(systemActor, { id: runId });
  expect(await beat(token, { runs: [runId] })).toEqual({ intervalSeconds: 60, work: [], cancel: [runId] });
  expect((await report(token, runId, { status: "running", log: "more\n" })).body).toEqual({
    status: "canceled",
    cancel: true,
  });
  await report(token, runId, { status: "success" });
  expect(await seen(runId)).toMatchObject({ status: "canceled" });
  expect((await beat(token, { runs: ["run_of_nobody"] })).cancel).toBeUndefined();
  await received(1);
  expect(titles()).toEqual(["Backup Started: web files"]);
});

test("a run that its client does not know any more fails, but not before it can have begun", async () => {
  const { id, token } = await create();
  const runId = await runNow((await addJob(id)).id);
  await report(token, runId, { status: "running" });
  await beat(token, { runs: [] });
  await beat(token);
  fixture.clock.now += 3 * MINUTE;
  await beat(token, { runs: [runId] });
  expect(await seen(runId)).toMatchObject({ status: "running" });
  await beat(token, { runs: [] });
  expect(await seen(runId)).toMatchObject({
    status: "failure",
    error: expect.stringContaining("does not know this run"),
  });
});

test("two machines with a copied token are said once, and the one ends no run of the other; one again, it is over", async () => {
  const { id, token } = await create();
  const watching = [clientMonitors()];
  const runId = await runNow((await addJob(id)).id);
  let minutes = 0;
  const original = (runs: string[]) => beat(token, { uptimeSeconds: 90_000 + minutes * 60, runs });
  const copy = () => beat(token, { hostname: "web-1-copy", uptimeSeconds: minutes * 60, runs: [] });
  await original([]);
  await report(token, runId, { status: "running" });
  for (; minutes < 5; minutes++) {
    await copy();
    await original([runId]);
    await fixture.pass(MINUTE, watching, MINUTE);
  }
  expect(await seen(runId)).toMatchObject({ status: "running" });
  await notified(() => titles().includes("System Error: web-1"));
  const said = fixture.receiver.received.find(({ title }) => title === "System Error: web-1");
  expect(said?.message).toMatch(
    /^Two machines report with the token of web-1: .*web-1-copy \(up for .* Register that one as a client of its own/s,
  );
  await report(token, runId, { status: "success" });
  for (; minutes < 25; minutes++) {
    await original([]);
    await fixture.pass(MINUTE, watching, MINUTE);
  }
  await notified(() => titles().includes("Recovered: web-1"));
  expect(titles().filter((title) => /System|Recovered/.test(title))).toHaveLength(2);
});

test("the schedule queues runs for a client, one of a job at a time; a slot behind one that goes on is missed", async () => {
  const { id, token } = await create();
  const schedule = { cron: "* * * * *", timezone: "UTC" };
  const job = await addJob(id, { schedule, graceMinutes: 2 });
  const watching = [clientMonitors()];
  const scheduler = new Scheduler({ owner: "wrk_test", clock: () => fixture.clock.now });
  const look = { checkAll: () => scheduler.tick() };
  await fixture.pass(MINUTE, [...watching, look]);
  const { work = [] } = await beat(token);
  expect(work).toMatchObject([{ job: "www" }]);
  const runId = work[0]?.runId ?? "";
  await report(token, runId, { status: "running" });
  await fixture.pass(2 * MINUTE, [...watching, look], 20 * SECOND);
  expect((await beat(token)).work).toEqual([]);
  await fixture.pass(2 * MINUTE, [...watching, look], 20 * SECOND);
  await notified(() => titles().includes("Missed Schedule: web files"));
  expect(JSON.stringify(fixture.receiver.received)).toContain("The run before it was still running.");
  await jobsUpdate.call(systemActor, { id: job.id, enabled: false });
  await report(token, runId, { status: "success" });
  expect((await beat(token)).work).toEqual([]);
  await scheduler.stop();
});

test("a job names a client or a source, a name that the agent takes, and stays with what executes it", async () => {
  const { id } = await create();
  const refused = async (more: object) => {
    const error = await addJob(id, more).then(
      () => null,
      (thrown: { code: string; details: { fields?: object } }) => thrown,
    );
    return [error?.code, Object.keys(error?.details.fields ?? {})];
  };
  for (const clientJob of ["../x", "a;b", "a b", "", "-rf", ".hidden", "a/b", "ü", "x".repeat(65), "a\nb", "$(id)"]) {
    expect(await refused({ clientJob })).toEqual(["invalid", ["clientJob"]]);
  }
  expect(await refused({ clientId: "cli_unknown" })).toEqual(["invalid", ["clientId"]]);
  expect(await refused({ sourceId: "src_1" })).toEqual(["invalid", ["sourceId"]]);
  const job = await addJob(id);
  const change = (more: object) => jobsUpdate.call(systemActor, { id: job.id, ...more });
  expect(await change({ clientJob: "www2", retries: 2, enabled: true })).toMatchObject({
    clientJob: "www2",
    retries: 2,
  });
  await expect(change({ sourceId: "src_1" })).rejects.toMatchObject({ code: "conflict" });
  await expect(change({ kind: "managed" })).rejects.toMatchObject({ code: "conflict" });
  await expect(change({ clientId: "cli_unknown" })).rejects.toMatchObject({ code: "invalid" });
  const beforeRun = await clientsGet.call(systemActor, { id });
  expect(beforeRun.jobs).toMatchObject([{ id: job.id, name: "web files", clientJob: "www2", lastRun: null }]);
});

test("the names that a client allows are shown as it last said them, and rubbish among them is refused", async () => {
  const { id, token } = await create();
  await beat(token, { jobs: ["www", "db.daily"] });
  await beat(token, { jobs: ["www"] });
  expect((await clientsGet.call(systemActor, { id })).allowedJobs).toEqual(["www"]);
  const said = { intervalSeconds: 60, hostname: "h", version: "1", disks: [] };
  for (const jobs of [["../x"], ["a;b"], "www", Array(201).fill("a")]) {
    expect((await post("heartbeat", token, { ...said, jobs })).status).toBe(400);
  }
});

test("two looks at once give a run up once, and a report at the same moment wins or loses as a whole", async () => {
  const { id, token } = await create();
  const job = await addJob(id);
  const watching = [clientMonitors(), clientMonitors()];
  await fixture.pass(10 * SECOND, watching);
  const runId = await runNow(job.id);
  await fixture.pass(11 * MINUTE, watching, 30 * SECOND);
  await received(1);
  const next = await runNow(job.id);
  await report(token, next, { status: "running" });
  await clientsRevoke.call(systemActor, { id });
  await fixture.pass(5 * SECOND, watching);
  await received(3);
  expect((await seen(runId)).status).toBe("failure");
  expect(titles()).toEqual(["Backup Failed: web files", "Backup Started: web files", "Backup Failed: web files"]);
  const { orm, t } = database();
  const events = await orm.select({ id: t.events.id }).from(t.events).where(eq(t.events.type, "backup.failed"));
  expect(events).toHaveLength(2);
});
