import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { findRun } from "@/db/queries/runs";
import { requestCancel } from "@/db/stores/cancel-run";
import type { ManagedJob } from "@/db/stores/jobs";
import { newRun } from "@/db/stores/new-run";
import { setRuntimeValue } from "@/lib/core/runtime";
import { addRule, openAlerts, until } from "@/lib/dispatch/pipeline-fixture";
import { audit } from "@/lib/jobs/testing/job-fixture";
import { addGoodRuns, HOUR, MINUTE, monitorsOf, openWatchFixture } from "@/lib/runtime/testing/watch-fixture";
import { slowBackups } from "./slow-backups";

let fixture: Awaited<ReturnType<typeof openWatchFixture>>;
beforeEach(async () => {
  fixture = await openWatchFixture();
});
afterEach(() => fixture.close());

const slow = () => openAlerts().then((open) => open.filter(({ type }) => type === "backup.slow"));
const ofSlow = () => fixture.receiver.received.flatMap(({ type, title }) => (type === "backup.slow" ? [title] : []));

async function addJob(more: Partial<ManagedJob> = {}) {
  const destinationIds = [await fixture.jobs.destination(`disk of ${more.name}`)];
  return await fixture.jobs.job({
    sourceId: await fixture.jobs.source(),
    destinationIds,
    compression: "zstd",
    ...more,
  });
}

/** Runs compress only while this file exists. */
const gate = () => join(fixture.jobs.folder, "go");

function holdRuns(): void {
  const body = `[ "$1" = --version ] && exit 0; while [ ! -e ${gate()} ]; do sleep 0.02; done; exec /usr/bin/zstd "$@"`;
  setRuntimeValue("toolsPath", fixture.jobs.fakeTool("zstd", body));
}

const begun = (runId: string) => until(async () => (await findRun(runId))?.status === "running");

/** A running backup that another program executes. */
async function addRunning(job: { id: string; name: string }, dueAt: number | null = null): Promise<string> {
  const { orm, t } = database();
  const base = newRun({ kind: "backup", jobId: job.id, name: job.name, trigger: "schedule", queuedAt: Date.now() });
  const run = { ...base, executor: "client" as const, status: "running" as const, startedAt: Date.now(), dueAt };
  await orm.insert(t.runs).values(run);
  return run.id;
}

test("pain 49: a run that hangs is reported once, goes on, and its end resolves it; the next slow one notifies again", async () => {
  const job = await addJob();
  await addGoodRuns(job, 10, 2 * MINUTE);
  holdRuns();
  await fixture.jobs.runner().start();
  const watching = [monitorsOf(slowBackups), monitorsOf(slowBackups)];
  const first = await fixture.jobs.queue(job);
  await begun(first);
  await fixture.pass(6 * MINUTE, watching);
  expect(await slow()).toEqual([]);
  await fixture.pass(4 * MINUTE, watching);
  await until(() => ofSlow().length === 1);
  expect(fixture.receiver.received[0]).toMatchObject({
    title: `Backup Slow: ${job.name}`,
    message: expect.stringMatching(/has been running for [67] min.*, usually it takes 2 min\. It goes on\./),
    status: "firing",
  });
  expect(await slow()).toMatchObject([{ dedupKey: `backup.slow:${job.id}`, count: 1 }]);
  // A process that starts in the middle does not report it again.
  const restarted = [monitorsOf(slowBackups)];
  await fixture.pass(2 * HOUR, restarted, 10 * MINUTE);
  expect(await slow()).toMatchObject([{ count: 1 }]);
  expect((await findRun(first))?.status).toBe("running");
  writeFileSync(gate(), "");
  expect(await fixture.jobs.over(first)).toMatchObject({ status: "success" });
  const recoveries = () => fixture.receiver.received.filter(({ status }) => status === "resolved");
  await until(() => recoveries().length === 1);
  expect(recoveries()).toMatchObject([
    { title: `Recovered: ${job.name}`, message: expect.stringContaining("Backup Slow") },
  ]);
  expect(await slow()).toEqual([]);
  rmSync(gate());
  const second = await fixture.jobs.queue(job);
  await begun(second);
  await fixture.pass(8 * MINUTE, restarted);
  await until(() => ofSlow().length === 2);
  await requestCancel(second, Date.now(), "Ana", audit());
  expect(await fixture.jobs.over(second)).toMatchObject({ status: "canceled" });
  await fixture.pass(MINUTE, restarted);
  await until(() => recoveries().length === 2);
  expect(await slow()).toEqual([]);
});

test("a run of seconds, one of a job with too few good runs, and one that is as long as usual are not slow", async () => {
  const quick = await addJob({ name: "quick" });
  await addGoodRuns(quick, 10, 2_000);
  const unknown = await addJob({ name: "unknown", slug: "unknown" });
  await addGoodRuns(unknown, 2, 2 * MINUTE);
  const long = await addJob({ name: "long", slug: "long" });
  await addGoodRuns(long, 10, 3 * HOUR);
  await addRunning(quick);
  const watching = [monitorsOf(slowBackups)];
  await fixture.pass(4 * MINUTE, watching);
  await addRunning(unknown);
  await addRunning(long);
  expect(await slow()).toEqual([]);
  await fixture.pass(5 * HOUR, watching, 30 * MINUTE);
  expect((await slow()).map(({ subjectName }) => subjectName)).toEqual(["quick"]);
  await fixture.pass(5 * HOUR, watching, 30 * MINUTE);
  expect((await slow()).map(({ subjectName }) => subjectName).sort()).toEqual(["long", "quick"]);
});

test("pain 49: a run that goes past its next slot is slow, however few runs there were before", async () => {
  fixture.clock.now = Date.UTC(2026, 5, 1, 2, 0, 0);
  const job = await addJob({ cron: "0 * * * *", timezone: "UTC" });
  await addRunning(job, Date.now());
  const watching = [monitorsOf(slowBackups)];
  await fixture.pass(59 * MINUTE, watching);
  expect(await slow()).toEqual([]);
  await fixture.pass(2 * MINUTE, watching);
  await until(() => ofSlow().length === 1);
  expect(fixture.receiver.received[0]?.message).toContain("its next run is due already");
});

test("a clock that leaps makes no run slow, and one that is set back keeps none from it", async () => {
  const job = await addJob();
  await addGoodRuns(job, 5, 10 * MINUTE);
  await addRunning(job);
  const watching = [monitorsOf(slowBackups)];
  await fixture.pass(2 * MINUTE, watching);
  fixture.clock.now += 24 * HOUR;
  await fixture.pass(29 * MINUTE, watching);
  expect(await slow()).toEqual([]);
  fixture.clock.now -= 48 * HOUR;
  await fixture.pass(29 * MINUTE, watching);
  expect(await slow()).toEqual([]);
  await fixture.pass(3 * MINUTE, watching);
  expect(await slow()).toHaveLength(1);
});

test("rules that take missed schedules are notified of a slow run, and then the global channels are not", async () => {
  const job = await addJob();
  await addGoodRuns(job, 5, 2 * MINUTE);
  await addRule(job.id, fixture.hook, "custom", { states: ["missed"], title: "of the rule" });
  await addRunning(job);
  await fixture.pass(8 * MINUTE, [monitorsOf(slowBackups)]);
  await until(() => fixture.receiver.received.length === 1);
  expect(fixture.titles()).toEqual(["of the rule"]);
});
