import { connect } from "node:net";
import { eq, inArray } from "drizzle-orm";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { database } from "@/db/client";
import { systemActor } from "@/lib/auth/access/actor";
import { until } from "@/lib/dispatch/pipeline-fixture";
import { SignalCounting } from "@/lib/jobs/reported-runs/signal-counting";
import { correctExpectedReports } from "@/lib/schedule/expected-reports";
import { missedReports } from "@/lib/schedule/monitors/missed-reports";
import { Monitors } from "@/lib/schedule/monitors/monitors";
import { unendedReportedRuns } from "@/lib/schedule/monitors/unended-reported-runs";
import { alertsList } from "@/lib/services/alerts/list";
import { jobsCreate } from "@/lib/services/jobs/create";
import { jobsDelete } from "@/lib/services/jobs/delete";
import { jobsGet } from "@/lib/services/jobs/get";
import { jobsList } from "@/lib/services/jobs/list";
import { jobsPause } from "@/lib/services/jobs/pause";
import { jobsResume } from "@/lib/services/jobs/resume";
import { jobsRotateToken } from "@/lib/services/jobs/rotate-token";
import { jobsUpdate } from "@/lib/services/jobs/update";
import type { ExternalJobView } from "@/lib/services/jobs/view";
import { signalsList } from "@/lib/services/receivers/list-signals";
import { settingsPingKeyGet } from "@/lib/services/receivers/ping-key-get";
import { settingsPingKeyRotate } from "@/lib/services/receivers/ping-key-rotate";
import { runsGet } from "@/lib/services/runs/get";
import { runsList } from "@/lib/services/runs/list";
import { runsLog } from "@/lib/services/runs/log";
import { MINUTE, openClientFixture, SECOND } from "./testing/clients-fixture";

let fixture: Awaited<ReturnType<typeof openClientFixture>>;
let counting: SignalCounting;
beforeEach(async () => {
  fixture = await openClientFixture();
  counting = new SignalCounting({ leads: () => true });
  await counting.start();
});
afterEach(async () => {
  await counting.stop();
  await fixture.close();
});

/** An external job that notifies the receiver of everything. */
async function addJob(more: object = {}): Promise<ExternalJobView> {
  const states = ["start", "success", "warning", "failure", "missed"];
  const notifications = [{ channelId: fixture.hook, condition: "custom", states }];
  const input = { kind: "external", name: "nas", schedule: { periodMinutes: 60 }, graceMinutes: 10, notifications };
  return (await jobsCreate.call(systemActor, { ...input, ...more })) as ExternalJobView;
}

interface Sent {
  method?: string;
  body?: string | Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
}

async function ping(path: string, { method = "POST", body, headers = {} }: Sent = {}) {
  const answer = await fetch(`${fixture.url}${path}`, { method, body, headers, redirect: "manual" });
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

const titles = () => fixture.receiver.received.map(({ title }) => title);
const runsOf = async (jobId: string) => (await runsList.call(systemActor, { jobId })).items;

function pass(ms: number) {
  fixture.clock.now += ms;
  fixture.clock.passed += ms;
}

/** Waits, while the clock goes on: an end waits a moment for what else is said, and channels have their pace. */
const notified = (count: number) =>
  until(() => {
    pass(50);
    return titles().length >= count;
  });

/** Everything that is stored is counted. */
async function settled(): Promise<void> {
  const { orm, t } = database();
  for (;;) {
    pass(1_500);
    await counting.tick();
    const rows = await orm.select({ foldedAt: t.signals.foldedAt }).from(t.signals);
    if (rows.every(({ foldedAt }) => foldedAt !== null)) return;
  }
}

const monitors = () => {
  const context = { dataDir: "/nowhere", hasScheduler: true, lastCrash: null, startedAt: Date.now(), processId: null };
  return new Monitors(context, [missedReports, unendedReportedRuns]);
};

test("a start and an end, as programs tell Healthchecks, are one run with its log, its rules and its recovery", async () => {
  const job = await addJob();
  expect(job).toMatchObject({ kind: "external", health: "new", schedule: { periodMinutes: 60 } });
  expect(await ping(`/ping/${job.uuid}/start`)).toMatchObject({ status: 200, text: "OK" });
  await notified(1);
  pass(20 * SECOND);
  const { headers } = await ping(`/ping/${job.uuid}/fail`, { body: "Creating archive\nRepository does not exist.\n" });
  expect(headers.get("ping-body-limit")).toBe("1000000");
  expect(headers.get("set-cookie")).toBeNull();
  await notified(2);
  const [run] = await runsOf(job.id);
  expect(run).toMatchObject({ status: "failure", error: "Repository does not exist." });
  expect(await runsGet.call(systemActor, { id: run?.id })).toMatchObject({ status: "failure" });
  expect((await runsLog.call(systemActor, { id: run?.id })).text).toContain("Creating archive");
  expect(await jobsGet.call(systemActor, { id: job.id })).toMatchObject({ health: "failing" });
  await settled();
  pass(MINUTE);
  await ping(`/ping/${job.uuid}`, { method: "GET" });
  await notified(3);
  expect(titles()).toEqual(["Backup Started: nas", "Backup Failed: nas", "Recovered: nas"]);
  expect(await jobsGet.call(systemActor, { id: job.id })).toMatchObject({ health: "healthy" });
  expect(await runsOf(job.id)).toHaveLength(2);
});

test("what every hook of one run says is one run and one alert, with the log once", async () => {
  const job = await addJob();
  const own = `/in/${job.token}`;
  for (const path of [
    `${own}/cronitor/run`,
    `/ping/${job.uuid}/start`,
    `${own}/kuma?status=up&msg=start`,
    `${own}/watchgoose/start`,
  ])
    expect((await ping(path)).status).toBe(200);
  await settled();
  pass(5 * SECOND);
  const log = "Creating archive\nRepository /mnt/x does not exist.\nError running actions for repository";
  await ping(`/ping/${job.uuid}/log`, { body: log });
  await ping(`${own}/cronitor/fail`, { method: "GET" });
  await ping(`/ping/${job.uuid}/fail`, {
    body: `${log}\nPinging Healthchecks fail https://kuma.example/api/push/abcd1234efgh`,
  });
  await ping(`${own}/kuma?status=down&msg=fail`, { method: "GET" });
  await ping(`${own}/watchgoose/fail`, { body: log });
  await settled();
  await ping(`/ping/${job.uuid}/fail`, { body: log });
  await settled();
  const runs = await runsOf(job.id);
  expect(runs).toMatchObject([{ status: "failure" }]);
  const text = (await runsLog.call(systemActor, { id: runs[0]?.id })).text;
  expect(text.match(/does not exist/g)).toHaveLength(1);
  expect(text).not.toContain("abcd1234efgh");
  await notified(2);
  expect(titles()).toEqual(["Backup Started: nas", "Backup Failed: nas"]);
});

test("a report is stored when it is answered: a restart between start and end loses neither", async () => {
  await counting.stop();
  const job = await addJob();
  await ping(`/ping/${job.uuid}/start`);
  const { orm, t } = database();
  expect(await orm.select({ state: t.signals.state }).from(t.signals)).toEqual([{ state: "start" }]);
  counting = new SignalCounting({ leads: () => true });
  await counting.start();
  await settled();
  await counting.stop();
  await ping(`/ping/${job.uuid}/0`);
  counting = new SignalCounting({ leads: () => true });
  await counting.start();
  await settled();
  expect(await runsOf(job.id)).toMatchObject([{ status: "success" }]);
});

test("a report that cannot be counted because of a defect is given up, and somebody is notified of it", async () => {
  await counting.stop();
  const job = await addJob();
  await ping(`/ping/${job.uuid}/fail`);
  const { orm, t } = database();
  const damaged = { failure: 5 as unknown as string[], warning: [], success: [] };
  await orm.update(t.jobs).set({ keywords: damaged }).where(eq(t.jobs.id, job.id));
  counting = new SignalCounting({ leads: () => true });
  await counting.start();
  await settled();
  await notified(1);
  expect(fixture.receiver.received[0]?.message).toContain("What was reported about nas (failure) could not be counted");
  expect(await runsOf(job.id)).toEqual([]);
});

test("two that count at the same time count each report once", async () => {
  const other = new SignalCounting({ leads: () => true });
  await other.start();
  try {
    const job = await addJob();
    for (let i = 0; i < 5; i++) {
      await ping(`/ping/${job.uuid}/start`);
      pass(20 * SECOND);
      await ping(`/ping/${job.uuid}/fail`);
      await Promise.all([settled(), other.tick()]);
      pass(5 * MINUTE);
    }
    expect((await runsOf(job.id)).map(({ status }) => status)).toEqual(Array(5).fill("failure"));
  } finally {
    await other.stop();
  }
});

test("an unknown token is 404, a method that does not count does nothing, and neither a cookie nor a redirect is ever set", async () => {
  const job = await addJob({ methods: "post" });
  expect(await ping(`/ping/${crypto.randomUUID()}/fail`)).toMatchObject({ status: 404, text: "not found" });
  expect((await ping(`/in/${"x".repeat(43)}/kuma?status=down`)).status).toBe(404);
  expect((await ping(`/ping/${job.uuid}`, { method: "GET" })).status).toBe(200);
  expect((await ping(`/ping/${job.uuid}/fail`, { method: "HEAD" })).status).toBe(200);
  const { orm, t } = database();
  expect(await orm.select().from(t.signals)).toEqual([]);
  expect((await ping(`//ping//${job.uuid?.toUpperCase()}//fail/`)).status).toBe(200);
  await settled();
  expect(await runsOf(job.id)).toMatchObject([{ status: "failure" }]);
});

test("pain 38: addresses that were pasted wrongly never turn a failure into a success", async () => {
  const job = await addJob();
  await ping(`/ping/${job.uuid}?create=1/fail`);
  await settled();
  pass(MINUTE);
  await ping(`/api/push/${job.token}?status=up&msg=OK&ping=?status=down&msg=fail`, { method: "GET" });
  await settled();
  expect((await runsOf(job.id)).map(({ status }) => status)).toEqual(["failure", "failure"]);
});

test("a caller that asks for many unknown jobs has to wait", async () => {
  const answers = new Set<number>();
  for (let i = 0; i < 70; i++) answers.add((await ping(`/ping/${crypto.randomUUID()}`)).status);
  expect([...answers]).toEqual([404, 429]);
  // A caller with a token is heard all the same, also of a job that was created just now.
  const job = await addJob();
  expect((await ping(`/ping/${job.uuid}/fail`)).status).toBe(200);
  expect((await ping(`/in/${job.token}/kuma?status=down`)).status).toBe(200);
  const { uuid } = (await jobsRotateToken.call(systemActor, { id: job.id })) as ExternalJobView;
  expect((await ping(`/ping/${uuid}`)).status).toBe(200);
  expect((await ping(`/ping/${job.uuid}`)).status).not.toBe(200);
});

test("a caller over the limit costs no look-up in the database, whatever it asks for, until its minute is over", async () => {
  const key = (await settingsPingKeyRotate.call(systemActor, {})).pingKey;
  const job = await addJob();
  pass(MINUTE);
  const unknown = () => [`/ping/${crypto.randomUUID()}/fail`, `/in/${crypto.randomUUID()}`, "/ping/wrong-key/nas"];
  for (let i = 0; i < 25; i++) for (const path of unknown()) await ping(path);
  const ofJobs = (columns: object = {}) => "webhookMapping" in columns || "tokenHash" in columns;
  // The clock stands: what was read to decide that counts as read just now.
  const looks = vi.spyOn(database().orm, "select");
  for (let i = 0; i < 20; i++) for (const path of unknown()) expect((await ping(path)).status).toBe(429);
  expect(looks.mock.calls.filter(([columns]) => ofJobs(columns))).toEqual([]);
  expect((await ping(`/ping/${key}/nas`)).status).toBe(200);
  expect((await ping(`/ping/${job.uuid}`)).status).toBe(200);
  expect(looks.mock.calls.filter(([columns]) => ofJobs(columns))).toHaveLength(2);
  looks.mockRestore();
  pass(MINUTE);
  for (const path of unknown()) expect((await ping(path)).status).toBe(404);
});

test("a job that does not report in its time has missed a run, and the next report is its recovery", async () => {
  const job = await addJob();
  const watching = monitors();
  await fixture.pass(71 * MINUTE, [watching], 30 * SECOND);
  await notified(1);
  expect(titles()).toEqual(["Missed Schedule: nas"]);
  expect(await jobsGet.call(systemActor, { id: job.id })).toMatchObject({ health: "late" });
  await fixture.pass(5 * MINUTE, [watching], 30 * SECOND);
  await ping(`/ping/${job.uuid}`);
  await settled();
  await notified(2);
  expect(titles().slice(1)).toEqual(["Recovered: nas"]);
  expect(await jobsGet.call(systemActor, { id: job.id })).toMatchObject({ health: "healthy" });
  await fixture.pass(50 * MINUTE, [watching], 30 * SECOND);
  expect(titles()).toHaveLength(2);
});

test("a run whose end is not reported fails after its time limit, and a late success corrects it", async () => {
  const job = await addJob({ timeLimitMinutes: 30 });
  const watching = monitors();
  await ping(`/ping/${job.uuid}/start`);
  await settled();
  await fixture.pass(32 * MINUTE, [watching], 30 * SECOND);
  await notified(2);
  expect(await runsOf(job.id)).toMatchObject([
    { status: "failure", error: "Its end was not reported within the time limit of 30 min." },
  ]);
  await ping(`/ping/${job.uuid}`);
  await settled();
  expect(await runsOf(job.id)).toMatchObject([{ status: "success", error: null }]);
  await notified(3);
  expect(titles().sort()).toEqual(["Backup Failed: nas", "Backup Started: nas", "Recovered: nas"]);
});

test("the words of a log make a success a warning, as borgmatic writes it", async () => {
  const job = await addJob();
  await ping(`/ping/${job.uuid}`, {
    body: "Creating archive\nTreating exit code 1 as a warning, as per configuration\nDone",
  });
  await settled();
  expect(await runsOf(job.id)).toMatchObject([
    { status: "warning", error: "Treating exit code 1 as a warning, as per configuration" },
  ]);
});

test("a soft failure without an archive is a skip: warned of where warnings are taken, and nothing is resolved by it", async () => {
  const job = await addJob();
  await ping(`/ping/${job.uuid}/fail`, { body: "disk full" });
  await notified(1);
  await settled();
  pass(MINUTE);
  const soft = "Command exited with soft failure exit code (75); skipping remaining repository actions.";
  await ping(`/ping/${job.uuid}/start`);
  await notified(2);
  pass(5 * SECOND);
  await ping(`/ping/${job.uuid}`, { body: `Pinging Healthchecks start\n${soft}` });
  await notified(3);
  await settled();
  expect((await runsOf(job.id))[0]).toMatchObject({ status: "canceled", reasonCode: "skipped", error: soft });
  expect(titles()).toEqual(["Backup Failed: nas", "Backup Started: nas", "Backup Skipped: nas"]);
  expect(await jobsGet.call(systemActor, { id: job.id })).toMatchObject({ health: "failing" });
  pass(MINUTE);
  await ping(`/ping/${job.uuid}`, { body: "Creating archive" });
  await notified(4);
  expect(titles()[3]).toBe("Recovered: nas");
});

test("a skip ends no open missed report and is none itself: the job is expected again from then on", async () => {
  const job = await addJob();
  const soft = "Command exited with soft failure exit code (75); skipping remaining repository actions.";
  await fixture.pass(71 * MINUTE, [monitors()], MINUTE);
  await notified(1);
  const missed = titles();
  const skip = async (count: number) => {
    await ping(`/ping/${job.uuid}`, { body: soft });
    await notified(count);
    await settled();
  };
  await skip(2);
  expect(titles().slice(1)).toEqual(["Backup Skipped: nas"]);
  expect((await alertsList.call(systemActor, {})).items).toMatchObject([{ type: "backup.missed", status: "firing" }]);
  // Within its period and its grace.
  await fixture.pass(65 * MINUTE, [monitors()], MINUTE);
  await skip(3);
  await fixture.pass(65 * MINUTE, [monitors()], MINUTE);
  expect(titles()).toEqual([...missed, "Backup Skipped: nas", "Backup Skipped: nas"]);
  expect((await alertsList.call(systemActor, {})).items).toMatchObject([{ type: "backup.missed", count: 1 }]);
  await ping(`/ping/${job.uuid}`, { body: "Creating archive" });
  await notified(4);
  await settled();
  expect((await alertsList.call(systemActor, { status: "open" })).items).toEqual([]);
});

test("of a paused job nothing becomes a run, and after it is resumed it is expected from then on", async () => {
  const job = await addJob();
  await jobsPause.call(systemActor, { id: job.id });
  expect((await ping(`/ping/${job.uuid}/fail`)).status).toBe(200);
  await settled();
  expect(await runsOf(job.id)).toEqual([]);
  await fixture.pass(3 * 60 * MINUTE, [monitors()], MINUTE);
  expect(titles()).toEqual([]);
  const resumed = await jobsResume.call(systemActor, { id: job.id });
  expect(Date.parse(resumed.nextRunAt ?? "")).toBe(Date.now() + 60 * MINUTE);
});

test("a run that goes on is not waited for any more when its job is paused, and does not keep the job from being deleted", async () => {
  const job = await addJob({ timeLimitMinutes: 5 });
  await ping(`/ping/${job.uuid}/start`);
  await settled();
  await jobsPause.call(systemActor, { id: job.id });
  expect(await runsOf(job.id)).toMatchObject([{ status: "canceled", error: "The job was disabled." }]);
  await fixture.pass(10 * MINUTE, [monitors()], MINUTE);
  await jobsResume.call(systemActor, { id: job.id });
  await ping(`/ping/${job.uuid}/start`);
  await settled();
  await jobsDelete.call(systemActor, { id: job.id });
  expect((await runsOf(job.id)).map(({ status }) => status)).toEqual(["canceled", "canceled"]);
  await notified(2);
  expect(titles()).toEqual(["Backup Started: nas", "Backup Started: nas"]);
});

test("rotating the token makes the old addresses unknown, and other jobs have none", async () => {
  const job = await addJob();
  const next = (await jobsRotateToken.call(systemActor, { id: job.id })) as ExternalJobView;
  expect((await ping(`/ping/${job.uuid}`)).status).toBe(404);
  expect((await ping(`/in/${job.token}/kuma?status=up`)).status).toBe(404);
  expect((await ping(`/ping/${next.uuid}`)).status).toBe(200);
  await jobsDelete.call(systemActor, { id: job.id });
  expect((await ping(`/ping/${next.uuid}`)).status).toBe(404);
});

test("when a job is expected is set right after a clock that was ahead", async () => {
  const [ahead, right] = [await addJob(), await addJob({ name: "right" })];
  const weekly = await addJob({ name: "weekly", schedule: { cron: "0 3 * * 0", timezone: "UTC" } });
  const { orm, t } = database();
  const tooLate = Date.now() + 300 * 24 * 60 * MINUTE;
  const wrong = inArray(t.jobs.id, [ahead.id, weekly.id]);
  await orm.update(t.jobs).set({ nextRunAt: tooLate }).where(wrong);
  expect(await correctExpectedReports(Date.now())).toBe(2);
  expect(await correctExpectedReports(Date.now())).toBe(0);
  expect(await jobsGet.call(systemActor, { id: ahead.id })).toMatchObject({ nextRunAt: ahead.nextRunAt });
  expect(await jobsGet.call(systemActor, { id: right.id })).toMatchObject({ nextRunAt: right.nextRunAt });
  expect(await jobsGet.call(systemActor, { id: weekly.id })).toMatchObject({ nextRunAt: weekly.nextRunAt });
});

test("a webhook of any JSON is read by the job's own mapping", async () => {
  const state = { path: "outcome[-1].result", rules: [{ equals: "kaputt", state: "failure" }] };
  const job = await addJob({ webhookMapping: { title: "what", state } });
  const body = JSON.stringify({ what: "tape drive", outcome: [{ result: "ok" }, { result: "Kaputt" }] });
  expect((await ping(`/in/${job.token}/webhook`, { body })).status).toBe(200);
  await settled();
  expect(await runsOf(job.id)).toMatchObject([{ status: "failure", error: "tape drive" }]);
  const wrong = addJob({ name: "x", webhookMapping: { state: { path: "a b", rules: [] } } });
  await expect(wrong).rejects.toMatchObject({ code: "invalid" });
});

test("a timer of systemd says when a job is expected", async () => {
  const schedule = { onCalendar: "Mon..Fri 02:00\nSat 04:00", timezone: "Europe/Berlin" };
  const job = await addJob({ schedule });
  expect(job).toMatchObject({ schedule });
  expect(job.nextRunAt).not.toBeNull();
  expect(job.overdueHours).toBeGreaterThan(24);
  const wrong = addJob({ name: "x", schedule: { ...schedule, onCalendar: "Someday" } });
  await expect(wrong).rejects.toMatchObject({ details: { fields: { "schedule.onCalendar": expect.anything() } } });
});

test("the ping key and a slug name a job, and create one where that is asked for", async () => {
  expect((await ping(`/ping/${"k".repeat(22)}/web/fail`)).status).toBe(404);
  const { pingKey } = await settingsPingKeyRotate.call(systemActor, {});
  expect(await settingsPingKeyGet.call(systemActor, {})).toMatchObject({ pingKey });
  expect((await ping(`/ping/${pingKey}/web/fail`)).status).toBe(404);
  expect(await ping(`/ping/${pingKey}/web/start?create=1`)).toMatchObject({ status: 201, text: "Created" });
  expect(await ping(`/ping/${pingKey}/web/fail?create=1`)).toMatchObject({ status: 200, text: "OK" });
  expect((await ping(`/ping/${"k".repeat(22)}/web`)).status).toBe(404);
  await settled();
  const [job] = (await jobsList.call(systemActor, {})).items;
  expect(job).toMatchObject({ kind: "external", name: "web", slug: "web", schedule: { periodMinutes: 1_440 } });
  expect(await runsOf(job?.id ?? "")).toMatchObject([{ status: "failure" }]);
  await settingsPingKeyRotate.call(systemActor, {});
  expect((await ping(`/ping/${pingKey}/web`)).status).toBe(404);
});

test("only those who may operate see by which addresses a job takes reports, and what was reported", async () => {
  const { id, uuid } = await addJob();
  const viewer = { kind: "api_key", id: "key_1", name: "k", role: "viewer", address: null } as const;
  expect(await jobsGet.call(viewer, { id })).toMatchObject({ uuid: null, token: null, urls: null, keywords: null });
  await expect(signalsList.call(viewer, { jobId: id })).rejects.toMatchObject({ code: "forbidden" });
  await ping(`/ping/${uuid}/3`, { headers: { "user-agent": "borgmatic" } });
  await settled();
  const { items } = await signalsList.call({ ...viewer, role: "operator" }, { jobId: id });
  expect(items).toMatchObject([
    { receiver: "healthchecks", state: "failure", exitCode: 3, userAgent: "borgmatic", method: "POST" },
  ]);
  expect(await runsOf(id)).toMatchObject([{ error: "The command ended with exit code 3." }]);
});

test("settings of an external job change like any job's, and those of others are refused", async () => {
  const job = await addJob();
  const schedule = { cron: "0 3 * * *", timezone: "Europe/Berlin" };
  const changed = await jobsUpdate.call(systemActor, { id: job.id, kind: "external", schedule, graceMinutes: 30 });
  expect(changed).toMatchObject({ schedule, graceMinutes: 30 });
  await expect(jobsUpdate.call(systemActor, { id: job.id, retries: 3 })).rejects.toMatchObject({ code: "conflict" });
  const wrong = { id: job.id, kind: "external", schedule: { cron: "nope", timezone: "UTC" } };
  await expect(jobsUpdate.call(systemActor, wrong)).rejects.toMatchObject({ code: "invalid" });
});

test("a log of five megabytes in bytes of any kind is taken, and its head and tail stay", async () => {
  const job = await addJob();
  const noise = Buffer.alloc(5_000_000, 0xe9);
  const body = Uint8Array.from(Buffer.concat([Buffer.from("the beginning\n"), noise, Buffer.from("\n\0the end")]));
  expect((await ping(`/ping/${job.uuid}/fail`, { body })).status).toBe(200);
  await settled();
  const [run] = await runsOf(job.id);
  const { text } = await runsLog.call(systemActor, { id: run?.id });
  expect(text).toContain("the beginning");
  expect(text).toContain("the end");
});

test("a report whose body breaks off counts as far as it came", async () => {
  const job = await addJob();
  const port = Number(new URL(fixture.url).port);
  const socket = connect(port, "127.0.0.1");
  socket.write(`POST /ping/${job.uuid}/fail HTTP/1.1\r\nhost: x\r\ncontent-length: 5000\r\n\r\nfirst words`);
  const { orm, t } = database();
  await new Promise((resolve) => setImmediate(resolve));
  await until(() => socket.bytesWritten > 0);
  socket.end();
  await until(async () => (await orm.select().from(t.signals).where(eq(t.signals.jobId, job.id))).length > 0);
  await settled();
  expect(await runsOf(job.id)).toMatchObject([{ status: "failure" }]);
});
