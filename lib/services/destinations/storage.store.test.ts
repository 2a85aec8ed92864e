import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { storageSamplesOf } from "@/db/queries/storage";
import { recordStorageCheck } from "@/db/stores/storage";
import { canUnshare } from "@/e2e/support/ssh-server";
import { systemActor } from "@/lib/auth/access/actor";
import type { StorageThreshold } from "@/lib/core/storage";
import { forgetRouting } from "@/lib/dispatch/plan/routing-snapshot";
import { checkStorage } from "@/lib/jobs/storage-checks";
import { type JobFixture, openJobFixture } from "@/lib/jobs/testing/job-fixture";
import { lowStorage } from "@/lib/schedule/monitors/low-storage";
import { Monitors } from "@/lib/schedule/monitors/monitors";
import { unmountedStorage } from "@/lib/schedule/monitors/unmounted-storage";
import { jobsDelete } from "@/lib/services/jobs/delete";
import { jobsUpdate } from "@/lib/services/jobs/update";
import { repositoriesCreate } from "@/lib/services/repositories/create";
import { repositoriesDelete } from "@/lib/services/repositories/delete";
import { repositoriesGet } from "@/lib/services/repositories/get";
import { repositoriesStorage } from "@/lib/services/repositories/storage";
import { repositoriesUpdate } from "@/lib/services/repositories/update";
import { sourcesCreate } from "@/lib/services/sources/verbs";
import { destinationsStorage } from "./storage";
import { destinationsCreate, destinationsDelete, destinationsGet, destinationsUpdate } from "./verbs";

const MINUTE = 60_000;
const FULL: StorageThreshold = { freeBytes: 1e15 };
const EMPTY: StorageThreshold = { freeBytes: 1 };

let fixture: JobFixture;
let mounts: string[];
let monitors: Monitors;
let now: number;
beforeEach(async () => {
  fixture = await openJobFixture();
  forgetRouting();
  mounts = [];
  now = Date.now();
  const context = { dataDir: fixture.dataDir, hasScheduler: true, lastCrash: null, startedAt: now, processId: null };
  monitors = new Monitors(context, [lowStorage, unmountedStorage]);
});
afterEach(async () => {
  for (const path of mounts) execFileSync("umount", [path], { stdio: "ignore" });
  await fixture.close();
});

async function destination(name: string, threshold?: StorageThreshold): Promise<{ id: string; path: string }> {
  const path = join(fixture.folder, name);
  mkdirSync(path, { recursive: true });
  const { id } = await destinationsCreate.call(systemActor, {
    name,
    kind: "local",
    createFolder: true,
    config: { path },
    threshold,
  });
  return { id, path };
}

/** What happens within a minute. */
async function minute(): Promise<void> {
  now += MINUTE;
  await checkStorage(now);
  await monitors.checkAll();
}

async function alerts() {
  const { orm, t } = database();
  const rows = await orm.select().from(t.alerts).orderBy(t.alerts.dedupKey, t.alerts.id);
  return rows.map(({ dedupKey, status, count }) => [dedupKey, status, count]);
}

async function lastMessage(): Promise<string> {
  const { orm, t } = database();
  const row = (await orm.select().from(t.events).orderBy(t.events.id)).at(-1);
  return row?.notification.message ?? "";
}

function mountSmall(path: string): void {
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", path]);
  mounts.push(path);
}

const fill = (path: string, percent: number) => writeFileSync(join(path, "backup"), Buffer.alloc(10_486 * percent));

test("rules 1 and 3: Storage Low is raised once, ends when there is space, and is another alert the next time", async () => {
  const { id } = await destination("disk", FULL);
  for (let count = 0; count < 3; count++) await minute();
  expect(await alerts()).toEqual([[`storage.low:${id}`, "firing", 1]]);
  expect(await lastMessage()).toMatch(/^disk is filling up: \d+ % used, .* free\./);
  await destinationsUpdate.call(systemActor, { id, threshold: EMPTY });
  await minute();
  expect(await alerts()).toEqual([[`storage.low:${id}`, "resolved", 1]]);
  expect(await lastMessage()).toMatch(/^disk has space again: .* are free/);
  await destinationsUpdate.call(systemActor, { id, threshold: FULL });
  await minute();
  expect(await alerts()).toEqual([
    [`storage.low:${id}`, "resolved", 1],
    [`storage.low:${id}`, "firing", 1],
  ]);
});

test("pain 17, rule 2: two full disks are two alerts; a deleted destination closes its own", async () => {
  const [one, two] = [await destination("one", FULL), await destination("two", FULL)];
  await destination("three", EMPTY);
  await minute();
  expect(await alerts()).toEqual([
    [`storage.low:${one.id}`, "firing", 1],
    [`storage.low:${two.id}`, "firing", 1],
  ]);
  await destinationsDelete.call(systemActor, { id: one.id });
  await minute();
  expect(await alerts()).toEqual([
    [`storage.low:${one.id}`, "resolved", 1],
    [`storage.low:${two.id}`, "firing", 1],
  ]);
});

test.runIf(canUnshare)("a real disk that fills up is low from 90 % on, and until it is below 88 %", async () => {
  const path = join(fixture.folder, "small");
  mkdirSync(path);
  mountSmall(path);
  const { id } = await destination("small");
  await minute();
  expect(await alerts()).toEqual([]);
  fill(path, 95);
  await minute();
  expect(await alerts()).toEqual([[`storage.low:${id}`, "firing", 1]]);
  const { usage } = await destinationsGet.call(systemActor, { id });
  expect(usage.usedBytes).toBeGreaterThan(900_000);
  expect((usage.usedBytes ?? 0) + (usage.freeBytes ?? 0)).toBe(1024 * 1024);
  fill(path, 89);
  await minute();
  expect(await alerts()).toEqual([[`storage.low:${id}`, "firing", 1]]);
  fill(path, 50);
  await minute();
  expect(await alerts()).toEqual([[`storage.low:${id}`, "resolved", 1]]);
});

test.runIf(canUnshare)("a disk that vanishes is an alert of its own, and ends no other; so is its return", async () => {
  const path = join(fixture.folder, "small");
  mkdirSync(path);
  mountSmall(path);
  const { id } = await destination("small", FULL);
  await minute();
  execFileSync("umount", [path]);
  mounts = [];
  await minute();
  await minute();
  expect(await alerts()).toEqual([
    [`storage.low:${id}`, "firing", 1],
    [`storage.unmounted:${id}`, "firing", 1],
  ]);
  expect(await lastMessage()).toContain("nothing is mounted there now");
  expect((await destinationsGet.call(systemActor, { id })).usage.problem).toContain("nothing is mounted there now");
  mountSmall(path);
  await minute();
  expect((await alerts()).at(-1)).toEqual([`storage.unmounted:${id}`, "resolved", 1]);
});

test("a folder that is gone for another reason, and a measurement that is old, raise and resolve nothing", async () => {
  const { id, path } = await destination("disk", FULL);
  await minute();
  rmSync(path, { recursive: true });
  await destinationsUpdate.call(systemActor, { id, threshold: EMPTY });
  await minute();
  expect(await alerts()).toEqual([[`storage.low:${id}`, "firing", 1]]);
  expect((await destinationsGet.call(systemActor, { id })).usage).toMatchObject({
    freeBytes: null,
    problem: expect.stringContaining("does not exist"),
  });
});

test("each destination is measured once a minute, however often it is asked; one row an hour is kept for 90 days", async () => {
  const { id } = await destination("disk");
  const hour = 3_600_000;
  const first = Math.ceil(now / hour) * hour;
  for (const at of [first, first + 5_000, first + 30 * MINUTE, first + hour]) await checkStorage(at);
  const samplesNow = async () => (await storageSamplesOf([id], 0)).get(id) ?? [];
  const samples = await samplesNow();
  expect(samples.map((one) => one.hour)).toEqual([first, first + hour]);
  expect(samples[0]).toMatchObject({ usedBytes: expect.any(Number), freeBytes: expect.any(Number) });
  await checkStorage(first + 90 * 24 * hour + MINUTE);
  expect((await samplesNow()).map((one) => one.hour)).toEqual([first + hour, first + 90 * 24 * hour]);
});

test("its last 90 days are answered with the day on which it will be full; of another there are none", async () => {
  const { id } = await destination("disk");
  const empty = await destinationsStorage.call(systemActor, { id });
  expect(empty).toEqual({ samples: [], forecast: null, jobs: [] });
  const day = 24 * 60 * MINUTE;
  const today = Math.floor(Date.now() / 3_600_000) * 3_600_000;
  for (let before = 20; before >= 0; before--) {
    const figures = { usedBytes: (80 - before) * 1e9, freeBytes: (20 + before) * 1e9 };
    await recordStorageCheck(id, { state: "measured", figures, problem: null }, today - before * day);
  }
  const { samples, forecast } = await destinationsStorage.call(systemActor, { id });
  expect(samples).toHaveLength(21);
  expect(samples.at(-1)).toEqual({ at: new Date(today).toISOString(), usedBytes: 80e9, freeBytes: 20e9 });
  expect(forecast).toEqual({ overDays: 20, bytesPerDay: 1e9, fullAt: new Date(today + 20 * day).toISOString() });
  await expect(destinationsStorage.call(systemActor, { id: "dst_none" })).rejects.toMatchObject({ code: "not_found" });
});

test("what fills it is named by job, the most first; a job that was renamed is one, one that was deleted keeps its name", async () => {
  const sourcesOf = async (name: string, files: number) => {
    const path = join(fixture.folder, name);
    mkdirSync(path);
    for (let i = 0; i < files; i++) writeFileSync(join(path, `${i}`), randomBytes(20_000));
    return await fixture.source("directory", { path });
  };
  const destinationIds = [await fixture.destination("disk")];
  const [id = ""] = destinationIds;
  const small = await fixture.job({ name: "small", sourceId: await sourcesOf("small", 1), destinationIds });
  const large = await fixture.job({ name: "large", sourceId: await sourcesOf("large", 9), destinationIds });
  await fixture.runner().start();
  await fixture.over(await fixture.queue(small));
  await fixture.over(await fixture.queue(large));
  await jobsUpdate.call(systemActor, { id: small.id, name: "renamed" });
  await fixture.over(await fixture.queue({ ...small, name: "renamed" }));
  const { jobs } = await destinationsStorage.call(systemActor, { id });
  expect(jobs).toMatchObject([
    { id: large.id, name: "large", count: 1 },
    { id: small.id, name: "renamed", count: 2 },
  ]);
  const { usage } = await destinationsGet.call(systemActor, { id });
  expect(jobs.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(usage.bytes);
  await jobsDelete.call(systemActor, { id: large.id });
  expect((await destinationsStorage.call(systemActor, { id })).jobs[0]).toMatchObject({
    id: null,
    name: "large",
    count: 1,
  });
});

test("what each job took there is counted once an hour, a day each for 90 days; a job that stores nothing has none", async () => {
  const path = join(fixture.folder, "files");
  mkdirSync(path);
  writeFileSync(join(path, "one"), randomBytes(20_000));
  const sourceId = await fixture.source("directory", { path });
  const destinationIds = [await fixture.destination("disk")];
  const [id = ""] = destinationIds;
  const job = await fixture.job({ name: "files", sourceId, destinationIds });
  await fixture.job({ name: "never ran", sourceId, destinationIds });
  const daysOf = async () => (await destinationsStorage.call(systemActor, { id })).jobs.map((one) => one.days);
  const stored = async () => (await destinationsGet.call(systemActor, { id })).usage.bytes;
  const count = (at: number) => recordStorageCheck(id, { state: "unknown", figures: null, problem: null }, at);
  const hour = 60 * MINUTE;
  const today = Math.floor(Date.now() / (24 * hour)) * 24 * hour;
  const day = (at: number) => new Date(at).toISOString().slice(0, 10);
  await fixture.runner().start();
  await fixture.over(await fixture.queue(job));
  const one = await stored();
  await count(today - 48 * hour);
  await count(today);
  await fixture.over(await fixture.queue(job));
  const two = await stored();
  expect(two).toBeGreaterThan(one);
  await count(today + 59 * MINUTE);
  expect(await daysOf()).toEqual([
    [
      { day: day(today - 48 * hour), bytes: one },
      { day: day(today), bytes: one },
    ],
  ]);
  await count(today + hour);
  expect((await daysOf())[0]?.at(-1)).toEqual({ day: day(today), bytes: two });
  await count(today + 89 * 24 * hour);
  expect((await daysOf())[0]?.map((found) => found.day)).toEqual([day(today), day(today + 89 * 24 * hour)]);
});

test("a threshold is percent or free bytes, 90 % unless one is given; sources have none", async () => {
  const { id, path } = await destination("disk");
  expect((await destinationsGet.call(systemActor, { id })).threshold).toEqual({ percent: 90 });
  const update = (threshold: unknown) =>
    destinationsUpdate.call(systemActor, { id, threshold: threshold as StorageThreshold });
  expect((await update({ percent: 75.5 })).threshold).toEqual({ percent: 75.5 });
  expect((await update({ freeBytes: 5_000_000 })).threshold).toEqual({ freeBytes: 5_000_000 });
  expect((await update(null)).threshold).toEqual({ percent: 90 });
  for (const wrong of [{}, { percent: 0 }, { percent: 101 }, { freeBytes: -1 }, { percent: 5, freeBytes: 5 }, 90])
    await expect(update(wrong)).rejects.toMatchObject({ code: "invalid" });
  const source = { name: "files", kind: "directory", config: { path }, threshold: { percent: 5 } };
  await expect(sourcesCreate.call(systemActor, source)).rejects.toMatchObject({ code: "invalid" });
});

test.runIf(canUnshare)(
  "pain 17: the full disk of a repository is an alert of its own beside a destination's, and so is its unmounting",
  async () => {
    const path = join(fixture.folder, "small");
    mkdirSync(path);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", path]);
    mounts.push(path);
    const { id } = await repositoriesCreate.call(systemActor, {
      name: "offsite",
      kind: "restic",
      location: join(path, "restic"),
      passphrase: "a passphrase of some length",
      create: true,
    });
    const { id: other } = await destination("disk", FULL);
    await minute();
    expect(await alerts()).toEqual([[`storage.low:${other}`, "firing", 1]]);
    const { free } = await repositoriesGet
      .call(systemActor, { id })
      .then(({ usage }) => ({ free: usage?.freeBytes ?? 0 }));
    writeFileSync(join(path, "other"), Buffer.alloc(free - 100_000));
    await minute();
    expect(await alerts()).toEqual([
      [`storage.low:${other}`, "firing", 1],
      [`storage.low:${id}`, "firing", 1],
    ]);
    expect(await lastMessage()).toMatch(/^offsite is filling up: 9\d % used/);
    // A threshold of its own, and then the usual one again.
    await repositoriesUpdate.call(systemActor, { id, threshold: { freeBytes: 1 } });
    await minute();
    expect((await alerts()).at(-1)).toEqual([`storage.low:${id}`, "resolved", 1]);
    await repositoriesUpdate.call(systemActor, { id, threshold: null });
    await minute();
    expect((await alerts()).at(-1)).toEqual([`storage.low:${id}`, "firing", 1]);
    const { samples } = await repositoriesStorage.call(systemActor, { id });
    expect(samples.length).toBeGreaterThan(0);
    // Moved to a disk with space: the alert follows it there.
    const roomy = join(fixture.folder, "roomy");
    cpSync(join(path, "restic"), roomy, { recursive: true });
    await repositoriesUpdate.call(systemActor, { id, location: roomy, threshold: { freeBytes: 1 } });
    expect((await repositoriesGet.call(systemActor, { id })).usage).toBeNull();
    expect((await repositoriesStorage.call(systemActor, { id })).samples).toEqual([]);
    await minute();
    expect((await alerts()).at(-1)).toEqual([`storage.low:${id}`, "resolved", 1]);
    await repositoriesUpdate.call(systemActor, { id, location: join(path, "restic"), threshold: null });
    await minute();
    execFileSync("umount", [path]);
    mounts = [];
    await minute();
    expect((await alerts()).at(-1)).toEqual([`storage.unmounted:${id}`, "firing", 1]);
    expect((await repositoriesGet.call(systemActor, { id })).usage?.problem).toContain("nothing is mounted there now");
    await repositoriesDelete.call(systemActor, { id });
    expect((await alerts()).filter(([, status]) => status === "firing")).toEqual([
      [`storage.low:${other}`, "firing", 1],
    ]);
  },
);
