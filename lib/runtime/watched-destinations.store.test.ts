import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listArtifacts } from "@/db/queries/artifacts";
import { listRuns } from "@/db/queries/runs";
import type { StoredJob } from "@/db/stores/jobs";
import { recordStorageCheck } from "@/db/stores/storage";
import { canUnshare } from "@/e2e/support/ssh-server";
import { systemActor } from "@/lib/auth/access/actor";
import { openAlerts, until } from "@/lib/dispatch/pipeline-fixture";
import { queueDueIntegrityChecks } from "@/lib/jobs/integrity-checks";
import { checkStorage } from "@/lib/jobs/storage-checks";
import { missingBackups } from "@/lib/schedule/monitors/missing-backups";
import type { Monitors } from "@/lib/schedule/monitors/monitors";
import { storageSpikes } from "@/lib/schedule/monitors/storage-spikes";
import { destinationsGet, destinationsUpdate } from "@/lib/services/destinations/verbs";
import { jobsCheckIntegrity } from "@/lib/services/jobs/check-integrity";
import { DAY, HOUR, MINUTE, monitorsOf, openWatchFixture } from "./testing/watch-fixture";

let fixture: Awaited<ReturnType<typeof openWatchFixture>>;
let mounted: string[];
beforeEach(async () => {
  fixture = await openWatchFixture();
  mounted = [];
});
afterEach(async () => {
  for (const path of mounted) execFileSync("umount", [path], { stdio: "ignore" });
  await fixture.close();
});

const watch = (id: string, more: object) => destinationsUpdate.call(systemActor, { id, watch: more });
const folderOf = (name: string) => join(fixture.jobs.folder, name);

async function received(count: number): Promise<string[]> {
  await until(() => fixture.receiver.received.length >= count);
  return fixture.titles();
}

async function backedUp(job: StoredJob): Promise<void> {
  expect(await fixture.jobs.over(await fixture.jobs.queue(job))).toMatchObject({ status: "success" });
}

/** A job that nobody is notified of, with a backup at each destination. */
async function jobAt(...destinationIds: string[]): Promise<StoredJob> {
  const job = await fixture.jobs.job({ sourceId: await fixture.jobs.source(), destinationIds });
  await backedUp(job);
  return job;
}

/** Lets time pass until there is an alert, and no further: a clock that leaps while a message is under way takes it for lost. */
async function raised(monitors: Monitors): Promise<void> {
  while ((await openAlerts()).length === 0) await fixture.pass(MINUTE, [monitors]);
}

test("pain 03: a destination that takes no backup within its hours is Missing Backup once, the next backup ends it, and the next time is another", async () => {
  const monitors: Monitors = monitorsOf(missingBackups);
  await fixture.jobs.runner().start();
  const id = await fixture.jobs.destination("disk");
  const other = await fixture.jobs.destination("other");
  const job = await jobAt(id, other);
  const before = fixture.receiver.received.length;
  await watch(id, { missingAfterHours: 26 });
  await fixture.pass(25 * HOUR, [monitors], HOUR);
  expect(await openAlerts()).toEqual([]);
  await raised(monitors);
  expect((await received(before + 1)).slice(before)).toEqual(["Missing Backup: disk"]);
  expect(fixture.receiver.received.at(-1)?.message).toContain("No new backup reached disk for more than 1 d 2 h");

  await backedUp(job);
  await fixture.pass(MINUTE, [monitors]);
  expect(await openAlerts()).toEqual([]);
  await until(() => fixture.receiver.received.some(({ status }) => status === "resolved"));
  const again = fixture.receiver.received.length;
  await fixture.pass(25 * HOUR, [monitors], 5 * MINUTE);
  await raised(monitors);
  expect((await received(again + 1)).slice(again)).toEqual(["Missing Backup: disk"]);
  await watch(id, { missingAfterHours: null });
  await fixture.pass(MINUTE, [monitors]);
  expect(await openAlerts()).toEqual([]);
});

test("a destination that never took a backup is waited for since it was made, and not right after a start", async () => {
  const id = await fixture.jobs.destination("disk");
  await watch(id, { missingAfterHours: 1 });
  fixture.clock.now += 5 * HOUR;
  fixture.clock.passed += 5 * HOUR;
  const monitors = monitorsOf(missingBackups);
  await monitors.checkAll();
  expect(await openAlerts()).toEqual([]);
  await fixture.pass(3 * MINUTE, [monitors]);
  expect(await received(1)).toEqual(["Missing Backup: disk"]);
  expect(fixture.receiver.received[0]?.message).toContain("has not taken any backup yet");
});

/** Measured each hour for so many hours. */
async function measured(id: string, usedBytes: number, hours: number, monitors: Monitors): Promise<void> {
  for (let hour = 0; hour < hours; hour++) {
    await recordStorageCheck(
      id,
      { state: "measured", figures: { usedBytes, freeBytes: 1e12 }, problem: null },
      Date.now(),
    );
    await fixture.pass(HOUR, []);
  }
  await recordStorageCheck(
    id,
    { state: "measured", figures: { usedBytes, freeBytes: 1e12 }, problem: null },
    Date.now(),
  );
  await monitors.checkAll();
}

test("a use that changes by more than its share within a day is a spike, either way, and ends when it changes as usual", async () => {
  const monitors = monitorsOf(storageSpikes);
  const [id, other] = [await fixture.jobs.destination("disk"), await fixture.jobs.destination("other")];
  await watch(id, { spikePercent: 50 });
  await watch(other, { spikePercent: 50 });
  await measured(id, 100e9, 30, monitors);
  await measured(id, 140e9, 2, monitors);
  expect(await openAlerts()).toEqual([]);
  await measured(id, 160e9, 0, monitors);
  expect(await received(1)).toEqual(["Storage Usage Spike: disk"]);
  expect(fixture.receiver.received[0]?.message).toContain("grew by 60 % within a day: from 100 GB to 160 GB");
  // It goes on around the edge: still the same problem.
  await measured(id, 149e9, 1, monitors);
  await measured(id, 160e9, 1, monitors);
  expect(fixture.titles()).toHaveLength(1);
  await measured(id, 160e9, 26, monitors);
  expect(await openAlerts()).toEqual([]);
  await until(() => fixture.receiver.received.length === 2);
  expect(fixture.receiver.received[1]).toMatchObject({ status: "resolved" });
  await measured(id, 10e9, 0, monitors);
  expect((await received(3))[2]).toBe("Storage Usage Spike: disk");
  expect(fixture.receiver.received[2]?.message).toContain("shrank by 94 %");
});

test.runIf(canUnshare)(
  "pain 18: a disk that really fills up is a spike; one that is unmounted has not shrunk",
  async () => {
    const monitors = monitorsOf(storageSpikes);
    const path = folderOf("small");
    mkdirSync(path);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", path]);
    mounted.push(path);
    const fill = (percent: number) => writeFileSync(join(path, "backup"), Buffer.alloc(10_486 * percent));
    fill(20);
    const id = await fixture.jobs.destination("small");
    await destinationsUpdate.call(systemActor, { id, config: { path }, watch: { spikePercent: 50 } });
    const look = async () => {
      await checkStorage(Date.now());
      await monitors.checkAll();
    };
    await look();
    await fixture.pass(DAY + HOUR, []);
    fill(60);
    await look();
    expect(await received(1)).toEqual(["Storage Usage Spike: small"]);
    fill(20);
    await fixture.pass(MINUTE, []);
    await look();
    expect(await openAlerts()).toEqual([]);
    await fixture.pass(MINUTE, []);
    execFileSync("umount", [path]);
    mounted = [];
    await look();
    expect(await openAlerts()).toEqual([]);
    expect((await destinationsGet.call(systemActor, { id })).usage.problem).toContain("nothing is mounted there now");
  },
);

/** The next integrity check that is due, at its end. */
async function checked(jobId: string) {
  const before = await listRuns({ jobId, kind: "integrity_check", limit: 10 });
  await queueDueIntegrityChecks(Date.now());
  const [run] = await listRuns({ jobId, kind: "integrity_check", limit: 1 });
  return run && run.id !== before[0]?.id ? await fixture.jobs.over(run.id) : null;
}

test("a check that a person asks for reads every destination, also those that ask for none, and refuses where nothing is stored", async () => {
  await fixture.jobs.runner().start();
  const [disk, offsite] = [await fixture.jobs.destination("disk"), await fixture.jobs.destination("offsite")];
  const job = await jobAt(disk, offsite);
  const { id: empty } = await fixture.jobs.job({ sourceId: await fixture.jobs.source(), destinationIds: [disk] });
  await expect(jobsCheckIntegrity.call(systemActor, { id: empty })).rejects.toMatchObject({ code: "conflict" });
  await fixture.pass(MINUTE, []);
  await backedUp(job);
  const stored = await listArtifacts({ jobId: job.id, limit: 10 });
  const { runId } = await jobsCheckIntegrity.call(systemActor, { id: job.id });
  expect(await fixture.jobs.over(runId)).toMatchObject({ status: "success", files: stored.length });
  expect(new Set(stored.map(({ destinationId }) => destinationId))).toEqual(new Set([disk, offsite]));
});

test("pain 16: a stored backup with a flipped byte, and one that is gone, fail the check; whole files end that, and it fails anew", async () => {
  await fixture.jobs.runner().start();
  const [disk, offsite] = [await fixture.jobs.destination("disk"), await fixture.jobs.destination("offsite")];
  const job = await jobAt(disk, offsite);
  await fixture.pass(MINUTE, []);
  await backedUp(job);
  const before = fixture.receiver.received.length;
  await watch(disk, { rereadDays: 7 });
  expect(await checked(job.id)).toMatchObject({ status: "success", files: 2, trigger: "schedule" });
  expect(await checked(job.id)).toBeNull();

  const [newest, oldest] = await listArtifacts({ jobId: job.id, destinationId: disk, limit: 2 });
  if (!newest || !oldest) throw new Error("There are no backups.");
  expect(newest).toMatchObject({ damage: null, rereadAt: expect.any(Number) });
  const [flipped, gone] = [join(folderOf("disk"), newest.path), join(folderOf("disk"), oldest.path)];
  const bytes = readFileSync(flipped);
  const damage = () => {
    const wrong = Buffer.from(bytes);
    wrong.writeUInt8(wrong.readUInt8(100) ^ 1, 100);
    writeFileSync(flipped, wrong);
  };
  damage();
  renameSync(gone, `${gone}.away`);
  await fixture.pass(8 * DAY, [], DAY);
  const failed = await checked(job.id);
  expect(failed).toMatchObject({ status: "failure" });
  expect(failed?.error).toContain("2 of 2 stored backups are damaged or gone:");
  expect(failed?.error).toContain(`${newest.path} at disk: its bytes changed.`);
  expect(failed?.error).toContain(`${oldest.path} at disk: it is gone.`);
  expect((await received(before + 1)).slice(before)).toEqual([`Integrity Check Failed: ${job.name}`]);
  expect((await listArtifacts({ jobId: job.id, destinationId: disk, limit: 1 }))[0]).toMatchObject({
    damage: "its bytes changed.",
  });

  writeFileSync(flipped, bytes);
  renameSync(`${gone}.away`, gone);
  await fixture.pass(8 * DAY, [], DAY);
  expect(await checked(job.id)).toMatchObject({ status: "success" });
  expect(await openAlerts()).toEqual([]);
  await until(() => fixture.receiver.received.length === before + 2);
  expect(fixture.receiver.received.at(-1)).toMatchObject({ status: "resolved" });
  damage();
  await fixture.pass(8 * DAY, [], DAY);
  expect(await checked(job.id)).toMatchObject({ status: "failure" });
  expect((await received(before + 3)).at(-1)).toBe(`Integrity Check Failed: ${job.name}`);
});

test("a destination that cannot be read fails the check, and calls no backup damaged", async () => {
  await fixture.jobs.runner().start();
  const disk = await fixture.jobs.destination("disk");
  const job = await jobAt(disk);
  await watch(disk, { rereadDays: 1 });
  renameSync(folderOf("disk"), folderOf("disk.away"));
  const run = await checked(job.id);
  expect(run).toMatchObject({ status: "failure" });
  expect(run?.error).toMatch(/^Stored backups could not be read:\ndisk: .*disk/);
  expect((await listArtifacts({ jobId: job.id, limit: 1 }))[0]).toMatchObject({ damage: null, rereadAt: null });
  rmSync(folderOf("disk.away"), { recursive: true });
});
