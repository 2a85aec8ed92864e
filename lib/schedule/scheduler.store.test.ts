import { rmSync } from "node:fs";
import { asc, eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { database } from "@/db/client";
import { findJob } from "@/db/queries/jobs";
import { findRun, listRuns } from "@/db/queries/runs";
import { deleteJob, type ManagedJob, type StoredJob, updateJob } from "@/db/stores/jobs";
import { runtimeValue } from "@/lib/core/runtime";
import { audit, type JobFixture, openJobFixture, runRow } from "@/lib/jobs/testing/job-fixture";
import { Scheduler } from "./scheduler";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A summer morning in Berlin, 08:00 there. */
const START = Date.parse("2026-07-10T06:00:00Z");

let fixture: JobFixture;
let now: number;
let scheduler: Scheduler;
beforeEach(async () => {
  fixture = await openJobFixture();
  now = START;
  scheduler = new Scheduler({ owner: "worker-1", clock: () => now });
});
afterEach(async () => {
  await scheduler.stop();
  await fixture.close();
});

async function job(cron: string | null, more: Partial<ManagedJob> = {}): Promise<StoredJob> {
  const sourceId = await fixture.source();
  const destinationId = await fixture.destination(`disk ${Math.random()}`);
  return await fixture.job({ sourceId, destinationIds: [destinationId], cron, timezone: "Europe/Berlin", ...more });
}
const tickAt = async (at: number) => {
  now = at;
  await scheduler.tick();
};
const runsOf = async (id: string) => (await listRuns({ limit: 50, jobId: id })).reverse();
const nextOf = async (id: string) => (await findJob(id))?.job.nextRunAt;
const missed = async () => (await fixture.events()).filter((event) => event.type === "backup.missed");
const openAlerts = async () => {
  const { orm, t } = database();
  return (await orm.select().from(t.alerts).orderBy(asc(t.alerts.id)))
    .filter((alert) => alert.status !== "resolved")
    .map((alert) => alert.type);
};

test("a new job gets its next time, and its slot becomes a run", async () => {
  const { id } = await job("0 9 * * *");
  await tickAt(START);
  expect(await nextOf(id)).toBe(START + HOUR);
  await tickAt(START + HOUR - 1);
  expect(await runsOf(id)).toEqual([]);
  await tickAt(START + HOUR + 400);
  expect(await runsOf(id)).toMatchObject([{ status: "queued", trigger: "schedule", dueAt: START + HOUR }]);
  expect(await nextOf(id)).toBe(START + 25 * HOUR);
  await tickAt(START + HOUR + 1_400);
  expect(await runsOf(id)).toHaveLength(1);
});

test("jobs without a schedule and disabled jobs never come due", async () => {
  const unscheduled = await job(null);
  const disabled = await job("0 9 * * *", { enabled: false });
  await tickAt(START);
  await tickAt(START + 2 * HOUR);
  expect([await nextOf(unscheduled.id), await nextOf(disabled.id)]).toEqual([null, null]);
  expect(await listRuns({ limit: 10 })).toEqual([]);
});

describe("pain 03: missed slots", () => {
  test("rule 09: slots that passed while Belfry was down are one event per job, with number, first and last", async () => {
    const daily = await job("0 9 * * *");
    const hourly = await job("0 * * * *");
    await tickAt(START);
    await tickAt(START + 72 * HOUR + 30 * MINUTE);
    const events = await missed();
    expect(events.map((event) => [event.data.job, event.data.missed])).toEqual(
      expect.arrayContaining([
        [
          expect.objectContaining({ id: daily.id }),
          expect.objectContaining({
            count: 3,
            firstDueAt: START + HOUR,
            lastDueAt: START + 49 * HOUR,
            graceMinutes: 10,
          }),
        ],
        [
          expect.objectContaining({ id: hourly.id }),
          expect.objectContaining({ count: 72, firstDueAt: START + HOUR, lastDueAt: START + 72 * HOUR }),
        ],
      ]),
    );
    expect(events).toHaveLength(2);
    expect(events[0]?.at).toBe(START + HOUR + 10 * MINUTE);
    // Not run afterwards.
    expect(await listRuns({ limit: 10 })).toEqual([]);
    expect(await nextOf(daily.id)).toBe(START + 73 * HOUR);
  });

  test("a restart of less than a minute across a slot is no outage", async () => {
    const { id } = await job("0 9 * * *");
    await tickAt(START);
    await scheduler.stop();
    scheduler = new Scheduler({ owner: "worker-1", clock: () => now });
    await tickAt(START + HOUR + 50_000);
    expect(await runsOf(id)).toHaveLength(1);
    expect(await missed()).toEqual([]);
  });

  test("every minute over an outage: the slot of the moment runs, those before it are missed", async () => {
    const { id } = await job("* * * * *");
    await tickAt(START);
    await tickAt(START + 10 * MINUTE + 2_000);
    await tickAt(START + 10 * MINUTE + 3_000);
    expect((await missed()).map((event) => event.data.missed)).toMatchObject([{ count: 9 }]);
    expect(await runsOf(id)).toMatchObject([{ dueAt: START + 10 * MINUTE }]);
  });

  test("a slot that does not begin within its grace is canceled as overlap, with those that joined it", async () => {
    const one = await job("*/5 * * * *");
    await tickAt(START);
    const { orm, t } = database();
    await orm
      .insert(t.runs)
      .values(runRow(one, { status: "running", startedAt: START, workerId: "worker-1", heartbeatAt: START }));
    for (const minutes of [5, 10, 14]) await tickAt(START + minutes * MINUTE);
    expect((await runsOf(one.id)).map((run) => run.status)).toEqual(["running", "queued"]);
    expect(await missed()).toEqual([]);
    await tickAt(START + 15 * MINUTE);
    const [, waiting, ...later] = await runsOf(one.id);
    expect(waiting).toMatchObject({ status: "canceled", error: expect.stringContaining("Overlap: ") });
    expect(later).toEqual([]);
    expect(await missed()).toMatchObject([
      {
        at: START + 15 * MINUTE,
        data: {
          missed: {
            count: 3,
            firstDueAt: START + 5 * MINUTE,
            lastDueAt: START + 15 * MINUTE,
            reason: "The run before it was still running.",
          },
        },
      },
    ]);
    expect(await openAlerts()).toEqual(["backup.missed"]);
  });

  test("rule 13: a queued run does not clear the missed alert; a manual success does", async () => {
    const one = await job("0 9 * * *");
    await tickAt(START);
    await tickAt(START + 5 * HOUR);
    expect(await openAlerts()).toEqual(["backup.missed"]);
    const runId = await fixture.queue(one);
    expect(await openAlerts()).toEqual(["backup.missed"]);
    await fixture.runner().start();
    await fixture.over(runId);
    expect(await openAlerts()).toEqual([]);
  });

  test("a run that a person asked for has no grace", async () => {
    const one = await job(null);
    const runId = await fixture.queue(one);
    await tickAt(START + 500 * HOUR);
    expect(await findRun(runId)).toMatchObject({ status: "queued" });
  });
});

test("rule 12: disabling a job, and deleting it, closes its alerts and cancels its queued runs", async () => {
  const [off, gone] = [await job("0 9 * * *"), await job("0 9 * * *")];
  await tickAt(START);
  await tickAt(START + 5 * HOUR);
  expect(await openAlerts()).toEqual(["backup.missed", "backup.missed"]);
  const waiting = await fixture.queue(off);
  await updateJob(off.id, { job: { enabled: false, nextRunAt: null } }, audit());
  expect(await deleteJob(gone.id, audit())).toBe("deleted");
  expect(await openAlerts()).toEqual([]);
  expect(await findRun(waiting)).toMatchObject({ status: "canceled", error: "The job was disabled." });
  const { orm, t } = database();
  const reasons = (await orm.select().from(t.alerts).where(eq(t.alerts.type, "backup.missed"))).map(
    (alert) => alert.resolution,
  );
  expect(reasons.sort()).toEqual(["subject_disabled", "subject_removed"]);
});

test("rule 15: the slot follows the job's zone over a clock change", async () => {
  const spring = Date.parse("2026-03-28T12:00:00Z");
  const { id } = await job("30 2 * * *");
  await tickAt(spring);
  expect(await nextOf(id)).toBe(Date.parse("2026-03-29T01:00:00Z"));
  await tickAt(Date.parse("2026-03-29T01:00:01Z"));
  expect(await runsOf(id)).toHaveLength(1);
  expect(await nextOf(id)).toBe(Date.parse("2026-03-30T00:30:00Z"));
});

test("a clock that jumps back runs no slot twice", async () => {
  const { id } = await job("0 9 * * *");
  await tickAt(START);
  await tickAt(START + HOUR);
  await tickAt(START + 30 * MINUTE);
  await tickAt(START + HOUR);
  expect(await runsOf(id)).toHaveLength(1);
  expect(await missed()).toEqual([]);
});

test("of two schedulers one leads, and the other follows when it is gone", async () => {
  const { id } = await job("0 9 * * *");
  await tickAt(START);
  const other = new Scheduler({ owner: "worker-2", clock: () => now });
  now = START + HOUR;
  await Promise.all([scheduler.tick(), other.tick()]);
  expect(await runsOf(id)).toHaveLength(1);
  await scheduler.stop();
  now = START + 25 * HOUR;
  await other.tick();
  expect(await nextOf(id)).toBe(START + 49 * HOUR);
  await other.stop();
});

test("a stored schedule that cannot be read stops its own job only", async () => {
  const [broken, fine] = [await job("nonsense"), await job("0 9 * * *")];
  await tickAt(START);
  await tickAt(START + HOUR);
  expect(await runsOf(broken.id)).toEqual([]);
  expect(await runsOf(fine.id)).toHaveLength(1);
});

test("the schedule queues the run, and its failure opens an alert", async () => {
  const one = await job("0 9 * * *");
  rmSync(fixture.sourceFile);
  await fixture.runner().start();
  await tickAt(START);
  await tickAt(START + HOUR);
  const [run] = await runsOf(one.id);
  expect(await fixture.over(run?.id ?? "")).toMatchObject({ status: "failure" });
  expect(await openAlerts()).toEqual(["backup.failed"]);
});

test("its last tick is known to the health check, and forgotten when it stops", async () => {
  await scheduler.tick();
  expect(Date.now() - (runtimeValue("lastTickAt") ?? 0)).toBeLessThan(5_000);
  await scheduler.stop();
  expect(runtimeValue("lastTickAt")).toBeNull();
});
