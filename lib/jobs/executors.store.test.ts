import { afterEach, beforeEach, expect, test } from "vitest";
import { findJob } from "@/db/queries/jobs";
import { findRun, listRuns } from "@/db/queries/runs";
import { requestCancel } from "@/db/stores/cancel-run";
import { claimRunWithoutEvent } from "@/db/stores/claim-run";
import { readConfiguration, replaceConfiguration } from "@/db/stores/configuration";
import { createJob, type ExternalJob, type StoredJob } from "@/db/stores/jobs";
import type { RunRow } from "@/db/stores/runs";
import { failOrphanedRunChange } from "@/db/stores/settle-run";
import { setFirstSlot, takeSlot } from "@/db/stores/slots";
import { step, transact } from "@/db/transact";
import type { RunExecutor } from "@/lib/core/run";
import { emit } from "@/lib/dispatch/emit";
import { Scheduler } from "@/lib/schedule/scheduler";
import { audit, externalJobRow, type JobFixture, openJobFixture, runRow } from "./testing/job-fixture";

let fixture: JobFixture;
beforeEach(async () => {
  fixture = await openJobFixture();
});
afterEach(() => fixture.close());

/** A job that another program executes, with a schedule by which it is expected. */
async function externalJob(name: string, more: Parameters<typeof externalJobRow>[1] = {}): Promise<ExternalJob> {
  const job = externalJobRow(name, more);
  await createJob({ job, destinationIds: [], notifications: [] }, audit());
  return job;
}

async function managedJob(destinationId?: string): Promise<StoredJob> {
  const id = destinationId ?? (await fixture.destination("disk"));
  return await fixture.job({ sourceId: await fixture.source(), destinationIds: [id] });
}

/** A run that runs since an hour, with no sign of its executor since. */
async function runningRun(job: Pick<StoredJob, "id" | "name">, executor: RunExecutor): Promise<RunRow> {
  const hourAgo = Date.now() - 3_600_000;
  const run = runRow(job, { executor, status: "running", queuedAt: hourAgo, startedAt: hourAgo, attempts: 1 });
  await transact([], (tx) => step(tx.orm.insert(tx.t.runs).values(run)));
  return run;
}

const OTHERS = ["external", "client"] as const;

test.each(OTHERS)("two running %s runs block no managed backup and are not failed as orphaned", async (executor) => {
  const running = [
    await runningRun(await externalJob("one"), executor),
    await runningRun(await externalJob("two"), executor),
  ];
  const job = await managedJob();
  await fixture.runner({ deadMs: 100 }).start();
  expect(await fixture.over(await fixture.queue(job))).toMatchObject({ status: "success" });
  // Long enough for the orphan watch, which checks four times within `deadMs`.
  await new Promise((resolve) => setTimeout(resolve, 200));
  for (const { id } of running) expect(await findRun(id)).toMatchObject({ status: "running", error: null });
  expect((await fixture.events()).map(({ type }) => type)).toEqual(["backup.started", "backup.completed"]);
});

test("a run that is just being claimed is not taken for interrupted, however often the watch looks", async () => {
  const job = await managedJob();
  await fixture.runner({ deadMs: 4 }).start();
  for (let turn = 0; turn < 15; turn++)
    expect(await fixture.over(await fixture.queue(job))).toMatchObject({ status: "success", attempts: 1 });
});

test.each(OTHERS)("a running %s run of a job neither holds its destination nor its turn", async (executor) => {
  const destinationId = await fixture.destination("disk");
  const job = await managedJob(destinationId);
  const other = await managedJob(destinationId);
  await runningRun(job, executor);
  const claim = { workerId: "worker-1", now: Date.now(), limit: 1 };
  expect(await claimRunWithoutEvent({ ...claim, runId: await fixture.queue(other) })).toBe(true);
  expect(await claimRunWithoutEvent({ ...claim, limit: 2, runId: await fixture.queue(job) })).toBe(false);
});

test("a worker run holds its destination and counts towards the limit", async () => {
  const destinationId = await fixture.destination("disk");
  const [job, other] = [await managedJob(destinationId), await managedJob(destinationId)];
  const third = await fixture.job({
    sourceId: await fixture.source(),
    destinationIds: [await fixture.destination("nas")],
  });
  await runningRun(job, "worker");
  const claim = { workerId: "worker-1", now: Date.now() };
  expect(await claimRunWithoutEvent({ ...claim, limit: 5, runId: await fixture.queue(other) })).toBe(false);
  expect(await claimRunWithoutEvent({ ...claim, limit: 1, runId: await fixture.queue(third) })).toBe(false);
  expect(await claimRunWithoutEvent({ ...claim, limit: 2, runId: await fixture.queue(third) })).toBe(true);
});

test.each(OTHERS)("the runner never claims a queued %s run", async (executor) => {
  const foreign = await fixture.queue(await managedJob(), { executor });
  const claim = { runId: foreign, workerId: "worker-1", now: Date.now(), limit: 9 };
  expect(await claimRunWithoutEvent(claim)).toBe(false);
  await fixture.runner().start();
  const own = await fixture.job({ sourceId: await fixture.source(), destinationIds: [await fixture.destination("b")] });
  await fixture.over(await fixture.queue(own));
  expect(await findRun(foreign)).toMatchObject({ status: "queued", attempts: 0 });
});

test.each(OTHERS)("canceling a running %s run settles it at once and notifies nobody", async (executor) => {
  const run = await runningRun(await externalJob("one"), executor);
  expect(await requestCancel(run.id, Date.now(), "Ana", audit())).toBe("canceled");
  expect(await findRun(run.id)).toMatchObject({ status: "canceled", error: "Canceled by Ana.", eventId: null });
  expect(await requestCancel(run.id, Date.now(), "Ana", audit())).toBeNull();
  expect(await fixture.events()).toEqual([]);
});

test.each(OTHERS)(
  "a running %s run does not keep a configuration from being replaced, a worker run does",
  async (executor) => {
    await runningRun(await externalJob("one"), executor);
    const configuration = await readConfiguration();
    const replace = () => replaceConfiguration(configuration, { id: null, place: null }, Date.now(), audit());
    expect(await replace()).toMatchObject({ running: 0 });
    await runningRun(await managedJob(), "worker");
    expect(await replace()).toMatchObject({ running: 1 });
  },
);

test("canceling a run of a worker asks its worker", async () => {
  const run = await runningRun(await managedJob(), "worker");
  expect(await requestCancel(run.id, Date.now(), "Ana", audit())).toBe("asked");
  expect(await findRun(run.id)).toMatchObject({ status: "running", cancelRequestedAt: expect.any(Number) });
});

test.each(OTHERS)("a %s run is not failed as orphaned even by an event that was decided before", async (executor) => {
  const job = await externalJob("one");
  const run = await runningRun(job, executor);
  const draft = {
    type: "backup.failed",
    subject: { kind: "job" as const, id: job.id, name: job.name },
    data: { error: "orphaned" },
  };
  expect(await emit(draft, failOrphanedRunChange(run, Date.now(), "orphaned", null))).toBeNull();
  expect(await findRun(run.id)).toMatchObject({ status: "running" });
});

test("the scheduler gives an external job no slot and queues no run for it", async () => {
  let now = Date.parse("2026-07-10T06:00:00Z");
  const fresh = await externalJob("fresh");
  const due = await externalJob("due", { nextRunAt: now });
  const scheduler = new Scheduler({ owner: "worker-1", clock: () => now });
  for (let minute = 0; minute < 30; minute++) {
    await scheduler.tick();
    now += 60_000;
  }
  await scheduler.stop();
  expect(await listRuns({ limit: 10 })).toEqual([]);
  expect(await fixture.events()).toEqual([]);
  expect((await findJob(fresh.id))?.job.nextRunAt).toBeNull();
  expect((await findJob(due.id))?.job.nextRunAt).toBe(Date.parse("2026-07-10T06:00:00Z"));
});

test("neither a first slot nor a taken slot is written for an external job", async () => {
  const job = await externalJob("one", { nextRunAt: 5_000 });
  expect(await takeSlot({ jobId: job.id, dueAt: 5_000, nextRunAt: 65_000 }, runRow(job))).toBe("lost");
  const two = await externalJob("two");
  await setFirstSlot(two, 65_000);
  expect((await findJob(two.id))?.job.nextRunAt).toBeNull();
  expect(await listRuns({ limit: 10 })).toEqual([]);
});
