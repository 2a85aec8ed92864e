import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findSync } from "@/db/queries/syncs";
import type { Actor } from "@/lib/auth/access/actor";
import { Scheduler } from "@/lib/schedule/scheduler";
import { syncsCreate } from "@/lib/services/syncs/create";
import { syncsDelete } from "@/lib/services/syncs/delete";
import { syncsGet } from "@/lib/services/syncs/get";
import { syncsRun } from "@/lib/services/syncs/run";
import { syncsUpdate } from "@/lib/services/syncs/update";
import { type JobFixture, openJobFixture } from "../testing/job-fixture";
import { queueSyncsAfterJobs } from "./sync-triggers";

const admin: Actor = { kind: "command", id: null, name: "the command", role: "admin", address: null };
const LONG_AGO = new Date("2026-01-02T03:04:05Z");

let fixture: JobFixture;
let from: string;
let target: string;
let destinationId: string | null;
beforeEach(async () => {
  fixture = await openJobFixture();
  from = join(fixture.folder, "photos");
  mkdirSync(join(from, "2024/summer"), { recursive: true });
  put("a.jpg", "first");
  put("2024/b.jpg", "second");
  put("2024/summer/large.bin", Buffer.alloc(3_000_000, 7));
  destinationId = null;
  target = join(fixture.folder, "disk/syncs/photos");
});
afterEach(() => fixture.close());

function put(path: string, bytes: string | Buffer): void {
  writeFileSync(join(from, path), bytes);
  utimesSync(join(from, path), LONG_AGO, LONG_AGO);
}

async function sync(more: Record<string, unknown> = {}): Promise<string> {
  destinationId ??= await fixture.destination("disk");
  return (await syncsCreate.call(admin, { name: "Photos", from: { path: from }, destinationId, ...more })).id;
}

async function run(id: string, more: Record<string, unknown> = {}) {
  return await fixture.over((await syncsRun.call(admin, { id, ...more })).runId);
}

const stored = (path: string) => readFileSync(join(target, path), "utf8");
const names = () =>
  readdirSync(target, { recursive: true, encoding: "utf8" })
    .filter((name) => statSync(join(target, name)).isFile())
    .sort();
const ALL = ["2024/b.jpg", "2024/summer/large.bin", "a.jpg"];

describe("a sync", () => {
  test("copies every file, then only what changed, whatever the change did to size and time of modification", async () => {
    const id = await sync();
    await fixture.runner().start();
    expect(await run(id)).toMatchObject({ status: "success", files: 3, bytes: 3_000_011, deleted: 0, error: null });
    expect(names()).toEqual(ALL);
    // So young that a change within the same moment would not show: read, compared, and not sent.
    expect(await run(id)).toMatchObject({ status: "success", files: 0, bytes: 0 });
    put("a.jpg", "other");
    expect(await run(id)).toMatchObject({ status: "success", files: 1, bytes: 5 });
    expect(stored("a.jpg")).toBe("other");
    put("c d ü.jpg", "new");
    expect(await run(id)).toMatchObject({ status: "success", files: 1, bytes: 3 });
    expect((await fixture.events()).map(({ type }) => type)).toEqual(Array(4).fill("sync.completed"));
    expect(await syncsGet.call(admin, { id })).toMatchObject({ files: 4, missing: 0, lastRun: { kind: "sync" } });
  });

  test("stores again what was changed or lost at the destination, and nothing that is a link", async () => {
    const id = await sync();
    symlinkSync("/etc/passwd", join(from, "link"));
    await fixture.runner().start();
    await run(id);
    writeFileSync(join(target, "a.jpg"), "wrong");
    rmSync(join(target, "2024/b.jpg"));
    expect(await run(id)).toMatchObject({ status: "success", files: 2 });
    expect([stored("a.jpg"), stored("2024/b.jpg")]).toEqual(["first", "second"]);
    expect(names()).toEqual(ALL);
  });

  test("deletes only when it was asked to, only what it stored, and shows before what is missing", async () => {
    const id = await sync();
    await fixture.runner().start();
    await run(id);
    writeFileSync(join(target, "of-somebody-else"), "stays");
    rmSync(join(from, "a.jpg"));
    expect(await run(id)).toMatchObject({ status: "success", deleted: 0 });
    const shown = await syncsGet.call(admin, { id });
    expect(shown).toMatchObject({ missing: 1, missingFiles: [{ path: "a.jpg", bytes: 5 }] });
    await syncsUpdate.call(admin, { id, deleteRemoved: true });
    expect(await run(id)).toMatchObject({ status: "success", deleted: 1 });
    expect(names()).toEqual(["2024/b.jpg", "2024/summer/large.bin", "of-somebody-else"]);
    expect((await fixture.events()).at(-1)?.data).toMatchObject({ deleted: 1 });
  });

  test("never deletes for an empty folder, nor for one that lost most of its files unless a person says so", async () => {
    const id = await sync({ deleteRemoved: true });
    for (let at = 0; at < 20; at++) put(`f${at}`, `${at}`);
    await fixture.runner().start();
    await run(id);
    for (let at = 0; at < 18; at++) rmSync(join(from, `f${at}`));
    expect(await run(id)).toMatchObject({ status: "warning", deleted: 0, error: expect.stringContaining("18 of 23") });
    expect(names()).toHaveLength(23);
    rmSync(join(from, "2024"), { recursive: true });
    for (const name of readdirSync(from)) rmSync(join(from, name));
    const emptied = await run(id, { deleteMany: true });
    expect(emptied).toMatchObject({ status: "failure", error: expect.stringContaining("has no files") });
    expect(names()).toHaveLength(23);
    put("f1", "1");
    expect(await run(id, { deleteMany: true })).toMatchObject({ status: "success", deleted: 22 });
    expect(names()).toEqual(["f1"]);
  });

  test("a name that no destination keeps is a warning, and the others are stored", async () => {
    const id = await sync();
    writeFileSync(join(from, "two\nlines"), "x");
    writeFileSync(Buffer.concat([Buffer.from(`${from}/`), Buffer.from([0xff])]), "x");
    await fixture.runner().start();
    expect(await run(id)).toMatchObject({ status: "warning", files: 3, error: expect.stringContaining("two?lines") });
    expect((await fixture.events()).map(({ type }) => type)).toEqual(["sync.failed"]);
  });

  test("rule 1: fail, ok, fail is reported twice, with a sentence that says what is gone", async () => {
    const id = await sync();
    await fixture.runner().start();
    rmSync(join(fixture.folder, "disk"), { recursive: true });
    expect(await run(id)).toMatchObject({ status: "failure", error: expect.stringContaining("disk does not exist") });
    mkdirSync(join(fixture.folder, "disk"));
    expect(await run(id)).toMatchObject({ status: "success" });
    rmSync(from, { recursive: true });
    expect(await run(id)).toMatchObject({ status: "failure", error: expect.stringContaining("photos does not exist") });
    expect((await fixture.events()).map(({ type }) => type)).toEqual(["sync.failed", "sync.completed", "sync.failed"]);
    expect(names()).toEqual(ALL);
  });

  test("runs after a good backup of its job, once for each, and not for those from before", async () => {
    const job = await fixture.job({
      sourceId: await fixture.source(),
      destinationIds: [await fixture.destination("b")],
    });
    await fixture.runner().start();
    await fixture.over(await fixture.queue(job));
    const id = await sync({ afterJobId: job.id });
    await queueSyncsAfterJobs(Date.now());
    expect((await syncsGet.call(admin, { id })).runs).toEqual([]);
    await fixture.over(await fixture.queue(job));
    await queueSyncsAfterJobs(Date.now());
    await queueSyncsAfterJobs(Date.now());
    const { runs } = await syncsGet.call(admin, { id });
    expect(runs).toHaveLength(1);
    expect(await fixture.over(runs[0]?.id ?? "")).toMatchObject({ status: "success", trigger: "schedule" });
  });

  test("runs when it is due; slots that passed are one Missed Schedule of the sync, which its next run ends", async () => {
    const id = await sync({ schedule: { cron: "0 * * * *", timezone: "UTC" } });
    const due = (await findSync(id))?.nextRunAt ?? 0;
    let now = due + 1_000;
    const scheduler = new Scheduler({ owner: "test", clock: () => now });
    await scheduler.tick();
    expect((await syncsGet.call(admin, { id })).runs).toMatchObject([{ status: "queued", trigger: "schedule" }]);
    await fixture.runner().start();
    await fixture.over((await syncsGet.call(admin, { id })).runs[0]?.id ?? "");
    now = due + 5 * 3_600_000;
    await new Scheduler({ owner: "test", clock: () => now }).tick();
    // The clock leapt: it is believed once it has stayed.
    const missed = async () => (await fixture.events()).filter(({ type }) => type === "backup.missed");
    for (let at = 0; at < 40 && (await missed()).length === 0; at++) {
      now += 1_000;
      await scheduler.tick();
    }
    expect(await missed()).toMatchObject([{ data: { missed: { count: 4, firstDueAt: due + 3_600_000 } } }]);
    expect(await run(id)).toMatchObject({ status: "success" });
  });

  test("is refused beside its fields, shows no path to a viewer, and stays at its destination when it is deleted", async () => {
    const id = await sync();
    await expect(sync()).rejects.toMatchObject({ code: "conflict" });
    await expect(sync({ name: "own", from: { path: fixture.dataDir } })).rejects.toMatchObject({
      details: { fields: { "from.path": expect.stringContaining("cannot be used here") } },
    });
    await expect(sync({ name: "cron", schedule: { cron: "never", timezone: "UTC" } })).rejects.toMatchObject({
      code: "invalid",
    });
    const viewer: Actor = { ...admin, kind: "user", id: "usr_1", role: "viewer" } as Actor;
    expect((await syncsGet.call(viewer, { id })).from).toEqual({ path: "" });
    await fixture.runner().start();
    await run(id);
    await syncsDelete.call(admin, { id });
    expect(names()).toEqual(ALL);
    await expect(syncsGet.call(admin, { id })).rejects.toMatchObject({ code: "not_found" });
  });
});
