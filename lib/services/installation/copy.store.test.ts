import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { readHome } from "@/db/home";
import { listArtifacts, surplusArtifacts } from "@/db/queries/artifacts";
import { installationId } from "@/db/queries/installation";
import { recogniseInstallation } from "@/db/stores/installation";
import type { StoredJob } from "@/db/stores/jobs";
import { copyDatabase, type DatabaseCopy } from "@/db/testing";
import type { Actor } from "@/lib/auth/access/actor";
import { storeSession } from "@/lib/auth/access/testing";
import { setRuntimeValue } from "@/lib/core/runtime";
import { emit } from "@/lib/dispatch/emit";
import { addRule, addWebhook, runEvent, startReceiver } from "@/lib/dispatch/pipeline-fixture";
import { forgetRouting } from "@/lib/dispatch/plan/routing-snapshot";
import { setProviderIo } from "@/lib/dispatch/send/provider-io";
import { Worker } from "@/lib/dispatch/send/worker";
import { type JobFixture, openJobFixture } from "@/lib/jobs/testing/job-fixture";
import { createHttp } from "@/lib/providers/kit/http";
import { createMail } from "@/lib/providers/kit/mail";
import { Monitors } from "@/lib/schedule/monitors/monitors";
import { pausedInstallation } from "@/lib/schedule/monitors/paused-installation";
import { Scheduler } from "@/lib/schedule/scheduler";
import { setSecretKey } from "@/lib/secrets/key";
import { installationStayApart, installationTakeOver } from "./decide";
import { installationGet } from "./get";

const admin: Actor = { kind: "command", id: null, name: "the command", role: "admin", address: null };

let world: JobFixture;
let copy: DatabaseCopy | undefined;
/** Ends what a test started, before its databases close. */
const ends: (() => Promise<void>)[] = [];
beforeEach(async () => {
  world = await openJobFixture();
  setRuntimeValue("dataDir", world.dataDir);
  forgetRouting();
});
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  await copy?.remove();
  copy = undefined;
  await world.close();
});

const recognise = async () => recogniseInstallation(await readHome(), Date.now());

/** Copies the database and starts with the copy, as a second server does beside the original. */
async function startCopy() {
  await recognise();
  copy = await copyDatabase();
  forgetRouting();
  return await recognise();
}

async function runTimes(job: StoredJob, times: number): Promise<void> {
  const runner = world.runner();
  await runner.start();
  for (let i = 0; i < times; i++) expect(await world.over(await world.queue(job))).toMatchObject({ status: "success" });
  await runner.stop();
}

async function startedJob(more: Partial<StoredJob> = {}): Promise<{ job: StoredJob; destinationId: string }> {
  const destinationId = await world.destination("disk");
  const job = await world.job({ sourceId: await world.source(), destinationIds: [destinationId], ...(more as object) });
  return { job, destinationId };
}

const filesOf = async (jobId: string) =>
  (await listArtifacts({ jobId, limit: 100 })).map(({ path }) => join(world.folder, "disk", path));

test("fault A20: three runs in a copy that keeps the last three remove nothing of the original's", async () => {
  const { job, destinationId } = await startedJob();
  await runTimes(job, 3);
  const originals = await filesOf(job.id);
  expect(originals).toHaveLength(3);
  // The original has stored one more and is about to record it.
  const unrecorded = join(world.folder, "disk", "job-1", "unrecorded.db.gz");
  writeFileSync(unrecorded, "whole");
  const artifactPath = "job-1/unrecorded.db.gz";
  await world.queue(job, { status: "running", workerId: "worker-1", heartbeatAt: Date.now(), artifactPath });
  originals.push(unrecorded);
  const { id, pause } = await startCopy();
  const beingWritten = `${originals[0]}.part`;
  writeFileSync(beingWritten, "the original is writing this");
  await runTimes(job, 3);
  expect(originals.filter((file) => existsSync(file))).toEqual(originals);
  expect(existsSync(beingWritten)).toBe(true);

  // Decided: it removes its own surplus, and never what came over.
  expect((await installationStayApart.call(admin, {})).id).toBe(id);
  await runTimes(job, 2);
  expect(originals.filter((file) => existsSync(file))).toEqual(originals);
  const own = (await listArtifacts({ jobId: job.id, limit: 100 })).filter(
    (row) => row.installationId !== pause?.originalId,
  );
  expect(own).toHaveLength(3);
  expect(await surplusArtifacts(job.id, destinationId, 0)).toHaveLength(3);

  await copy?.openOriginal();
  await recognise();
  expect(await filesOf(job.id)).toEqual(originals.slice(0, 3));
  expect(originals.filter((file) => existsSync(file))).toEqual(originals);
});

test("fault A20: a copy that takes over has the original's id, its retention and its backups", async () => {
  const { job } = await startedJob();
  await runTimes(job, 3);
  const original = await installationId();
  await startCopy();
  await runTimes(job, 1);
  expect(await installationTakeOver.call(admin, {})).toMatchObject({ id: original, pause: null });
  await runTimes(job, 1);
  const kept = await listArtifacts({ jobId: job.id, limit: 100 });
  expect(kept).toHaveLength(3);
  expect(new Set(kept.map((row) => row.installationId ?? original))).toEqual(new Set([original]));
  await expect(installationTakeOver.call(admin, {})).rejects.toMatchObject({ code: "conflict" });
  await expect(installationStayApart.call(admin, {})).rejects.toMatchObject({ code: "conflict" });
});

test("fault A20: the schedule of a copy rests until it takes over; what was queued or running came over and ends", async () => {
  const { job } = await startedJob({ cron: "* * * * *", timezone: "UTC" });
  const running = await world.queue(job, { status: "running", workerId: "worker-1", artifactPath: "x/y.tar" });
  const queued = await world.queue(job);
  await startCopy();
  const { orm, t } = database();
  const runs = async () => (await orm.select().from(t.runs)).map(({ id, status }) => [id, status]);
  expect(Object.fromEntries(await runs())).toEqual({ [queued]: "canceled", [running]: "canceled" });
  let now = Date.parse("2030-01-01T00:00:30Z");
  const scheduler = new Scheduler({ owner: "worker-1", clock: () => now });
  for (let i = 0; i < 3; i++, now += 60_000) await scheduler.tick();
  expect(await runs()).toHaveLength(2);
  // The runner of a copy neither goes on with them nor reports them.
  const runner = world.runner();
  await runner.start();
  await runner.stop();
  expect(await world.events()).toEqual([]);

  await installationTakeOver.call(admin, {});
  await scheduler.tick();
  now += 60_000;
  await scheduler.tick();
  expect(await runs()).toHaveLength(3);
  await scheduler.stop();
});

test("fault A20: staying apart disables every job and the configuration backup, and says so in the audit log", async () => {
  const { job } = await startedJob({ cron: "* * * * *", timezone: "UTC" });
  const { orm, t } = database();
  await orm
    .insert(t.settings)
    .values({ key: "config-backup", value: { config: { enabled: true }, secrets: "s" }, updatedAt: 1 });
  const { id } = await startCopy();
  expect(await installationGet.call(admin, {})).toMatchObject({
    id,
    pause: { reason: "copied", message: expect.stringMatching(/^This is a copy of .+\.$/) },
  });
  expect(await installationStayApart.call(admin, {})).toMatchObject({ id, pause: null });
  const again = database();
  expect(await again.orm.select().from(t.jobs).where(eq(t.jobs.id, job.id))).toMatchObject([{ enabled: false }]);
  const [setting] = await again.orm.select().from(t.settings).where(eq(t.settings.key, "config-backup"));
  expect(setting?.value).toEqual({ config: { enabled: false }, secrets: "s" });
  expect((await again.orm.select().from(t.auditLog)).map((row) => row.verb)).toContain("installation.stayApart");
  expect(await recognise()).toMatchObject({ id, pause: null });
});

/** What came over with a copy: a delivery of a failure that waits, with its open alert, and a reminder for later. */
async function pendingProblem() {
  const receiver = await startReceiver();
  const channel = await addWebhook("one", receiver.url());
  await addRule("job_a", channel, "failure", { repeat: "remind", remindHours: 6, notifyOnRecovery: true });
  const http = createHttp({ egress: "any", userAgent: "Belfry" });
  const mail = createMail({ egress: "any" });
  setProviderIo({ http, mail });
  ends.push(
    receiver.stop,
    () => http.close(),
    () => mail.close(),
  );
  await emit(runEvent("backup.failed"));
  const startWorker = async () => {
    const worker = new Worker({ owner: "wrk_test", isAlone: true });
    ends.unshift(() => worker.stop());
    await worker.start();
  };
  return { startWorker, titles: () => receiver.received.map((one) => one.title) };
}

async function deliveriesAndAlerts() {
  const { orm, t } = database();
  const rows = await orm.select().from(t.deliveries).orderBy(t.deliveries.id);
  const alerts = await orm.select().from(t.alerts).orderBy(t.alerts.id);
  return {
    deliveries: rows.map(({ kind, status, reasonCode }) => [kind, status, reasonCode]),
    alerts: alerts.map(({ status, resolution }) => [status, resolution]),
    dueAt: rows.map(({ dueAt }) => dueAt),
  };
}

test("fault A20: a copy sends nothing of the original's, but its own events; taken over, it goes on where that ended", async () => {
  const { startWorker, titles } = await pendingProblem();
  await startCopy();
  expect(await deliveriesAndAlerts()).toMatchObject({
    deliveries: [["initial", "held", "copy_undecided"]],
    alerts: [["resolved", "copied"]],
  });
  await startWorker();
  // Its own run succeeds: no recovery of the original's problem. Another job fails here: that is its own news.
  await emit(runEvent("backup.completed"));
  await addRule("job_b", (await firstChannel()).id, "failure");
  await emit(runEvent("backup.failed", "job_b"));
  await expect.poll(titles).toHaveLength(1);
  expect(titles()[0]).toMatch(/^Backup Failed: job b/);

  await installationTakeOver.call(admin, {});
  await expect.poll(titles).toHaveLength(2);
  expect((await deliveriesAndAlerts()).alerts[0]).toEqual(["firing", null]);
  await emit(runEvent("backup.completed"));
  await expect.poll(titles).toHaveLength(3);
  expect(titles().slice(1)).toEqual(["Backup Failed: job a", "Recovered: job a"]);
});

test("fault A20: staying apart cancels what came over, because the original sends it", async () => {
  const { startWorker, titles } = await pendingProblem();
  await startCopy();
  await installationStayApart.call(admin, {});
  await startWorker();
  await emit(runEvent("backup.failed"));
  await expect.poll(titles).toHaveLength(1);
  const { deliveries, alerts } = await deliveriesAndAlerts();
  expect(deliveries[0]).toEqual(["initial", "canceled", "sent_by_original"]);
  expect(alerts).toEqual([
    ["resolved", "copied"],
    ["firing", null],
  ]);
});

test("fault A20: a reminder that is due later keeps its time through a copy that takes over", async () => {
  await pendingProblem();
  const { orm, t } = database();
  const dueAt = Date.now() + 6 * 3_600_000;
  await orm.update(t.deliveries).set({ kind: "reminder", dueAt });
  await startCopy();
  expect((await deliveriesAndAlerts()).dueAt[0]).toBeGreaterThan(dueAt * 2);
  await installationTakeOver.call(admin, {});
  expect(await deliveriesAndAlerts()).toMatchObject({ deliveries: [["reminder", "pending", null]], dueAt: [dueAt] });
});

async function firstChannel() {
  const { orm, t } = database();
  const [row] = await orm.select().from(t.channels).limit(1);
  if (!row) throw new Error("no channel");
  return row;
}

test("fault A20: a clone that nothing distinguishes stays apart when a person says that it is one", async () => {
  const { job, destinationId } = await startedJob();
  await runTimes(job, 1);
  const original = await installationId();
  await expect(installationStayApart.call(admin, {})).rejects.toMatchObject({ code: "conflict" });
  const apart = await installationStayApart.call(admin, { isClone: true });
  expect([apart.id === original, apart.pause]).toEqual([false, null]);
  expect(await surplusArtifacts(job.id, destinationId, 0)).toEqual([]);
  const { orm, t } = database();
  expect(await orm.select().from(t.jobs)).toMatchObject([{ enabled: false }]);
});

test("fault A20: a copy notifies its administrators once that it pauses, and that it does no more", async () => {
  const context = { dataDir: world.dataDir, hasScheduler: false, lastCrash: null, startedAt: 0, processId: null };
  const monitors = new Monitors(context, [pausedInstallation]);
  await monitors.checkAll();
  expect(await world.events()).toEqual([]);
  await startCopy();
  for (let i = 0; i < 3; i++) await monitors.checkAll();
  expect(await world.events()).toMatchObject([
    { type: "system.error", data: { error: expect.stringMatching(/ is a copy of .* Nothing scheduled runs here/) } },
  ]);
  await installationTakeOver.call(admin, {});
  await monitors.checkAll();
  expect(await world.events()).toHaveLength(2);
  const { orm, t } = database();
  expect(await orm.select().from(t.alerts)).toMatchObject([{ status: "resolved", resolution: "event" }]);
});

test("fault E10: nobody who is signed in at the original is signed in at a copy; a restart ends no session", async () => {
  await recognise();
  const { orm, t } = database();
  setSecretKey("k".repeat(32));
  const { id } = await storeSession("usr_ana");
  await recognise();
  expect(await orm.select().from(t.sessions)).toMatchObject([{ id }]);
  await startCopy();
  const here = database();
  expect(await here.orm.select().from(here.t.sessions)).toEqual([]);
});
