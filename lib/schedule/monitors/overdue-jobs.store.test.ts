import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { settleRunChange, skipRunChange } from "@/db/stores/settle-run";
import { systemActor } from "@/lib/auth/access/actor";
import { emit } from "@/lib/dispatch/emit";
import { openAlerts, until } from "@/lib/dispatch/pipeline-fixture";
import { backupCompleted } from "@/lib/events/backup-completed";
import { backupFailed } from "@/lib/events/backup-failed";
import { backupMissed } from "@/lib/events/backup-missed";
import { backupSkipped } from "@/lib/events/backup-skipped";
import { addGoodRuns, DAY, HOUR, MINUTE, monitorsOf, openWatchFixture } from "@/lib/runtime/testing/watch-fixture";
import { jobsBulk } from "@/lib/services/jobs/bulk";
import { jobsCreate } from "@/lib/services/jobs/create";
import { jobsDelete } from "@/lib/services/jobs/delete";
import { jobsGet } from "@/lib/services/jobs/get";
import { jobsUpdate } from "@/lib/services/jobs/update";
import { overdueJobs } from "./overdue-jobs";

const actor = systemActor;

let fixture: Awaited<ReturnType<typeof openWatchFixture>>;
beforeEach(async () => {
  fixture = await openWatchFixture();
});
afterEach(() => fixture.close());

type Created = Awaited<ReturnType<typeof jobsCreate.call>>;

/** Due each day unless it is said otherwise. */
async function create(name: string, more: object = {}): Promise<Created> {
  const destinationIds = [await fixture.jobs.destination(`disk of ${name}`)];
  const schedule = { cron: "0 2 * * *", timezone: "UTC" };
  return await jobsCreate.call(actor, {
    name,
    sourceId: await fixture.jobs.source(),
    destinationIds,
    schedule,
    ...more,
  });
}

const overdue = async () => (await openAlerts()).filter(({ type }) => type === "backup.overdue");
const names = async () => (await overdue()).map(({ subjectName }) => subjectName);
const subjectOf = ({ id, name }: Created) => ({ kind: "job", id, name }) as const;

/** @returns the id of a run of the job that goes on */
async function startRun(job: Created): Promise<string> {
  const runId = await fixture.jobs.queue({ id: job.id, name: job.name } as never);
  const { orm, t } = database();
  await orm.update(t.runs).set({ status: "running", workerId: "w", startedAt: Date.now() }).where(eq(t.runs.id, runId));
  return runId;
}

/** A run of the job that makes a backup now, as its runner ends it. */
async function backUp(job: Created): Promise<void> {
  const runId = await startRun(job);
  const facts = { bytes: 10, files: 1, error: null, advice: null };
  const change = settleRunChange({ runId, workerId: "w", at: Date.now(), status: "success", ...facts });
  await emit(backupCompleted.draft({ subject: subjectOf(job), data: {} }), change);
}

test("pain 03: a job without a backup for its hours is overdue, once; the next backup resolves it, and the next time notifies again", async () => {
  const job = await create("shop");
  expect(await jobsGet.call(actor, { id: job.id })).toMatchObject({ overdueAfterHours: null, overdueHours: 48 });
  await backUp(job);
  const watching = [monitorsOf(overdueJobs), monitorsOf(overdueJobs)];
  await fixture.pass(47 * HOUR, watching, 10 * MINUTE);
  // Failures are no backups.
  await emit(backupFailed.draft({ subject: subjectOf(job), data: {} }));
  expect(await overdue()).toEqual([]);
  await fixture.pass(3 * HOUR, watching, 10 * MINUTE);
  await until(() => fixture.receiver.received.length === 1);
  expect(fixture.receiver.received).toMatchObject([
    {
      title: "Backup Overdue: shop",
      message: expect.stringContaining("shop has not been backed up for more than 48 hours."),
      tone: "failure",
    },
  ]);
  expect(await overdue()).toMatchObject([{ dedupKey: `backup.overdue:${job.id}`, count: 1, severity: "critical" }]);
  await fixture.pass(DAY, [monitorsOf(overdueJobs)], HOUR);
  expect(await overdue()).toMatchObject([{ count: 1 }]);
  await backUp(job);
  await until(() => fixture.receiver.received.length === 2);
  expect(fixture.receiver.received[1]).toMatchObject({ title: "Recovered: shop", status: "resolved" });
  expect(await overdue()).toEqual([]);
  await fixture.pass(49 * HOUR, watching, 10 * MINUTE);
  await until(() => fixture.receiver.received.length === 3);
});

test("a run that a hook skips is no backup: the job becomes overdue, and stays so until there is one", async () => {
  const job = await create("shop");
  const skip = async () => {
    const change = skipRunChange({ id: await startRun(job), workerId: "w" }, Date.now(), "Skipped.");
    await emit(backupSkipped.draft({ subject: subjectOf(job), data: {} }), change);
  };
  const watching = [monitorsOf(overdueJobs)];
  await fixture.pass(47 * HOUR, watching, HOUR);
  await skip();
  expect(await overdue()).toEqual([]);
  await fixture.pass(3 * HOUR, watching, 10 * MINUTE);
  expect(await names()).toEqual(["shop"]);
  await skip();
  await fixture.pass(10 * MINUTE, watching, MINUTE);
  expect(await overdue()).toMatchObject([{ count: 1, status: "firing" }]);
  await backUp(job);
  expect(await overdue()).toEqual([]);
});

test("pain 03: a job that was never backed up is overdue too, from its creation or from when it was enabled", async () => {
  const idle = await create("idle");
  const off = await create("off", { enabled: false });
  const watching = [monitorsOf(overdueJobs)];
  await fixture.pass(50 * HOUR, watching, 10 * MINUTE);
  expect(await names()).toEqual(["idle"]);
  await until(() => fixture.receiver.received.length === 1);
  expect(fixture.receiver.received[0]?.message).toContain("idle has never been backed up");
  await jobsUpdate.call(actor, { id: off.id, enabled: true });
  await jobsBulk.call(actor, { ids: [idle.id], set: { enabled: false } });
  expect(await names()).toEqual([]);
  await jobsBulk.call(actor, { ids: [idle.id], set: { enabled: true } });
  await fixture.pass(47 * HOUR, watching, 10 * MINUTE);
  expect(await names()).toEqual([]);
  await fixture.pass(2 * HOUR, watching, 10 * MINUTE);
  expect((await names()).sort()).toEqual(["idle", "off"]);
  await jobsDelete.call(actor, { id: idle.id });
  expect(await names()).toEqual(["off"]);
});

test("hours of its own, none, and schedules with long pauses", async () => {
  fixture.clock.now = Date.UTC(2026, 5, 5, 18, 0);
  const weekdays = { cron: "0 9-17 * * 1-5", timezone: "UTC" };
  const jobs = [
    await create("strict", { overdueAfterHours: 6 }),
    await create("never", { overdueAfterHours: 0 }),
    await create("by hand", { schedule: null }),
    await create("by hand, watched", { schedule: null, overdueAfterHours: 12 }),
    await create("office hours", { schedule: weekdays }),
    await create("monthly", { schedule: { cron: "0 3 1 * *", timezone: "UTC" } }),
  ];
  const views = await Promise.all(jobs.map(({ id }) => jobsGet.call(actor, { id })));
  expect(views.map(({ overdueHours }) => overdueHours)).toEqual([6, null, null, 12, 126, 1_488]);
  for (const job of jobs) await addGoodRuns(job, 1, MINUTE);
  await fixture.pass(72 * HOUR, [monitorsOf(overdueJobs)], HOUR);
  expect((await names()).sort()).toEqual(["by hand, watched", "strict"]);
  // With more time it is not overdue any more.
  const [strict] = jobs;
  await jobsUpdate.call(actor, { id: strict?.id ?? "", overdueAfterHours: 500 });
  await fixture.pass(10 * MINUTE, [monitorsOf(overdueJobs)]);
  expect(await names()).toEqual(["by hand, watched"]);
});

test("it is never raised beside an open alert about missed slots of the same job, and not resolved by one", async () => {
  const [one, two] = [await create("one"), await create("two")];
  const watching = [monitorsOf(overdueJobs)];
  const missed = { count: 1, firstDueAt: Date.now(), lastDueAt: Date.now(), graceMinutes: 10 };
  await emit(backupMissed.draft({ subject: subjectOf(one), data: { missed } }));
  await fixture.pass(50 * HOUR, watching, HOUR);
  expect(await names()).toEqual(["two"]);
  await emit(backupMissed.draft({ subject: subjectOf(two), data: { missed } }));
  await fixture.pass(HOUR, watching, 10 * MINUTE);
  expect(await names()).toEqual(["two"]);
  await backUp(one);
  await backUp(two);
  expect(await openAlerts()).toEqual([]);
});

test("a clock that leaps makes nothing overdue before slots that were missed are reported", async () => {
  await create("shop");
  const watching = [monitorsOf(overdueJobs)];
  await fixture.pass(HOUR, watching);
  fixture.clock.now += 30 * DAY;
  await fixture.pass(MINUTE, watching);
  expect(await overdue()).toEqual([]);
  fixture.clock.now -= 30 * DAY;
  await fixture.pass(HOUR, watching);
  expect(await overdue()).toEqual([]);
});
