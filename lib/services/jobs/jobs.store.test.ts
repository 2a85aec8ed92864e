import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { database } from "@/db/client";
import { findEndpoint } from "@/db/queries/endpoints";
import { insertChannel } from "@/db/stores/channels";
import { createJob, type ExternalJob } from "@/db/stores/jobs";
import type { Actor } from "@/lib/auth/access/actor";
import { newId } from "@/lib/core/id";
import type { Role } from "@/lib/core/role";
import { setRuntimeValue } from "@/lib/core/runtime";
import { audit, externalJobRow, type JobFixture, openJobFixture } from "@/lib/jobs/testing/job-fixture";
import { artifactsDownload } from "@/lib/services/artifacts/download";
import { artifactsList } from "@/lib/services/artifacts/list";
import { artifactsOutlook } from "@/lib/services/artifacts/outlook";
import { artifactsRestore } from "@/lib/services/artifacts/restore";
import { destinationsCreate, destinationsDelete, destinationsList } from "@/lib/services/destinations/verbs";
import { overviewRead } from "@/lib/services/overview/read";
import { runsCancel } from "@/lib/services/runs/cancel";
import { runsGet } from "@/lib/services/runs/get";
import { runsList } from "@/lib/services/runs/list";
import { runsLog } from "@/lib/services/runs/log";
import {
  sourcesCreate,
  sourcesDelete,
  sourcesGet,
  sourcesTest,
  sourcesTestDraft,
  sourcesUpdate,
} from "@/lib/services/sources/verbs";
import { jobsCount } from "./count";
import { jobsCreate } from "./create";
import { jobsDelete } from "./delete";
import { jobsGet } from "./get";
import { jobsList } from "./list";
import { jobsRoutingPreview } from "./routing-preview";
import { jobsRun } from "./run";
import { jobsUpdate } from "./update";

const actor = (role: Role): Actor => ({ kind: "api_key", id: `key_${role}`, name: `a ${role}`, role, address: null });
const admin = actor("admin");
const operator = actor("operator");
const viewer = actor("viewer");

let world: JobFixture;
beforeEach(async () => {
  world = await openJobFixture();
  setRuntimeValue("dataDir", world.dataDir);
});
afterEach(() => world.close());

async function channel(name: string): Promise<string> {
  const now = Date.now();
  const row = {
    id: newId("chn"),
    name,
    provider: "webhook",
    enabled: true,
    config: { url: "http://127.0.0.1:9/" },
    secrets: null,
    subscriptions: [],
    minSeverity: null,
    mutedUntil: null,
    rateLimit: null,
    texts: null,
    quietHours: null,
    reports: null,
    clientIds: null,
    createdAt: now,
    updatedAt: now,
  };
  await insertChannel(row, audit());
  return row.id;
}

async function endpoints(more: object = {}) {
  const source = await sourcesCreate.call(admin, {
    name: "shop database",
    kind: "sqlite",
    config: { path: world.sourceFile },
  });
  const folder = join(world.folder, "new", "backups");
  const destination = await destinationsCreate.call(admin, {
    name: "backup disk",
    kind: "local",
    createFolder: true,
    config: { path: folder },
  });
  return {
    source,
    destination,
    folder,
    input: { name: "Shop, Produktion", sourceId: source.id, destinationIds: [destination.id], ...more },
  };
}

async function backedUp() {
  const { input, ...rest } = await endpoints();
  const job = await jobsCreate.call(operator, input);
  await world.runner().start();
  const { runId } = await jobsRun.call(operator, { id: job.id });
  expect(await world.over(runId)).toMatchObject({ status: "success" });
  const { items } = await artifactsList.call(viewer, { jobId: job.id });
  return { job, runId, artifact: items[0] as NonNullable<(typeof items)[0]>, ...rest };
}

const fieldsOf = async (answer: Promise<unknown>) => {
  try {
    await answer;
  } catch (error) {
    const { code, details } = error as { code: string; details: { fields?: Record<string, string> } };
    return { code, fields: Object.keys(details.fields ?? {}) };
  }
  throw new Error("The call was accepted.");
};

test("a job starts with the defaults, and answers with names", async () => {
  const { input } = await endpoints({ schedule: { cron: "0 2 * * *", timezone: "Europe/Berlin" } });
  const channelId = await channel("ops");
  const job = await jobsCreate.call(operator, { ...input, notifications: [{ channelId }] });
  expect(job).toMatchObject({
    slug: "shop-produktion",
    kind: "managed",
    sourceName: "shop database",
    destinationNames: ["backup disk"],
    enabled: true,
    compression: "gzip",
    graceMinutes: 10,
    retries: 0,
    notifications: [
      {
        channelName: "ops",
        condition: "failure",
        repeat: "every",
        notifyOnRecovery: true,
        includeLog: false,
        logLimit: 10_000,
      },
    ],
  });
  expect(Date.parse(job.nextRunAt ?? "")).toBeGreaterThan(Date.now());
  expect(job.days).toHaveLength(30);
  expect(await jobsGet.call(viewer, { id: job.id })).toEqual(job);
  expect((await jobsCreate.call(operator, { ...input, name: "Shop / Produktion" })).slug).toBe("shop-produktion-2");
});

test("jobs are narrowed to those that use a source, a destination or a channel", async () => {
  const { input, source, destination } = await endpoints();
  const channelId = await channel("ops");
  const own = await jobsCreate.call(operator, { ...input, notifications: [{ channelId }] });
  const other = await jobsCreate.call(operator, { ...input, name: "Without a rule" });
  const narrowed = async (filter: object) => (await jobsList.call(viewer, filter)).items.map(({ id }) => id);
  expect(await narrowed({ channelId })).toEqual([own.id]);
  expect(await narrowed({ sourceId: source.id, destinationId: destination.id })).toEqual([own.id, other.id]);
  expect(await narrowed({ channelId, sourceId: "src_none" })).toEqual([]);
  expect(await jobsCount.call(viewer, {})).toEqual({ total: 2, matching: 2 });
  expect(await jobsCount.call(viewer, { channelId })).toEqual({ total: 2, matching: 1 });
  expect(await jobsCount.call(viewer, { health: "failing" })).toEqual({ total: 2, matching: 0 });
});

test("every error of a job is answered beside its field", async () => {
  const { input } = await endpoints();
  const channelId = await channel("ops");
  const bad = (more: object) => fieldsOf(jobsCreate.call(operator, { ...input, ...more }));
  expect(await bad({ sourceId: "src_none", destinationIds: ["dst_none"] })).toEqual({
    code: "invalid",
    fields: ["sourceId", "destinationIds[0]"],
  });
  expect(await bad({ schedule: { cron: "61 * * * *", timezone: "UTC" } })).toEqual({
    code: "invalid",
    fields: ["schedule.cron"],
  });
  expect(await bad({ schedule: { cron: "0 2 * * *", timezone: "Mars/Base" } })).toEqual({
    code: "invalid",
    fields: ["schedule.timezone"],
  });
  expect(await bad({ retention: { keepLast: 0 }, destinationIds: [] })).toEqual({
    code: "invalid",
    fields: ["destinationIds", "retention.keepLast"],
  });
  expect(
    await bad({ notifications: [{ channelId, title: "{{job.nmae}}", message: "{{#error}}x{{/error}}" }] }),
  ).toEqual({
    code: "invalid",
    fields: ["notifications[0].title", "notifications[0].message"],
  });
  expect(
    await bad({
      notifications: [
        { channelId, condition: "custom" },
        { channelId: "chn_none", repeat: "remind" },
      ],
    }),
  ).toEqual({
    code: "invalid",
    fields: ["notifications[0].states", "notifications[1].remindHours"],
  });
  const mentions = ["@ops"];
  expect(await bad({ notifications: [{ channelId, mentions, outcomes: { failure: { mentions } } }] })).toEqual({
    code: "invalid",
    fields: ["notifications[0].mentions", "notifications[0].outcomes.failure.mentions"],
  });
  const beyond = { afterCount: 1, afterHours: 9_000 };
  const thresholds = ["notifications[0].afterCount", "notifications[0].afterHours"];
  expect(await bad({ notifications: [{ channelId, ...beyond }] })).toEqual({ code: "invalid", fields: thresholds });
  const wanted = { afterCount: 3, afterHours: 24 };
  const ofSuccesses = { channelId, condition: "success", ...wanted };
  expect(await bad({ notifications: [ofSuccesses] })).toEqual({ code: "invalid", fields: thresholds });
  // A monitor counts runs.
  const { orm, t } = database();
  await orm.update(t.channels).set({ provider: "healthchecks" }).where(eq(t.channels.id, channelId));
  expect(await bad({ notifications: [{ channelId, ...wanted }] })).toEqual({ code: "invalid", fields: thresholds });
  await orm.update(t.channels).set({ provider: "webhook" }).where(eq(t.channels.id, channelId));
  expect(await bad({ notifications: [{ channelId }, { channelId }] })).toEqual({
    code: "conflict",
    fields: ["notifications[1].channelId"],
  });
  await jobsCreate.call(operator, input);
  expect(await bad({})).toEqual({ code: "conflict", fields: ["name"] });
});

test("a change touches only what it names", async () => {
  const { input } = await endpoints({ schedule: { cron: "0 2 * * *", timezone: "UTC" } });
  const channelId = await channel("ops");
  const job = await jobsCreate.call(operator, { ...input, notifications: [{ channelId }] });
  const renamed = await jobsUpdate.call(operator, { id: job.id, name: "Shop" });
  expect(renamed).toMatchObject({
    name: "Shop",
    slug: job.slug,
    nextRunAt: job.nextRunAt,
    notifications: job.notifications,
  });
  const off = await jobsUpdate.call(operator, { id: job.id, enabled: false });
  expect(off).toMatchObject({ enabled: false, nextRunAt: null, schedule: { cron: "0 2 * * *" } });
  const on = await jobsUpdate.call(operator, {
    id: job.id,
    enabled: true,
    schedule: { cron: "0 3 * * *", timezone: "UTC" },
  });
  expect(new Date(on.nextRunAt ?? "").getUTCHours()).toBe(3);
  expect(await jobsUpdate.call(operator, { id: job.id, schedule: null })).toMatchObject({
    schedule: null,
    nextRunAt: null,
  });
});

test("things in use are not removed, and what uses them is named", async () => {
  const { input, source, destination } = await endpoints();
  const job = await jobsCreate.call(operator, input);
  await expect(sourcesDelete.call(admin, { id: source.id })).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("Shop, Produktion"),
  });
  await expect(destinationsDelete.call(admin, { id: destination.id })).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("the job Shop"),
  });
  await jobsDelete.call(operator, { id: job.id });
  await sourcesDelete.call(admin, { id: source.id });
  await destinationsDelete.call(admin, { id: destination.id });
  expect(await findEndpoint("destinations", destination.id)).toBeNull();
});

test("a destination's folder is created when it is set up, and never by a Test of a saved destination", async () => {
  const { folder, destination } = await endpoints();
  expect(existsSync(folder)).toBe(true);
  const { items } = await destinationsList.call(viewer, {});
  expect(items[0]).toMatchObject({ usage: { count: 0, bytes: 0, freeBytes: expect.any(Number) } });
  rmSync(folder, { recursive: true });
  const { destinationsTest } = await import("@/lib/services/destinations/verbs");
  await expect(destinationsTest.call(operator, { id: destination.id })).rejects.toMatchObject({ code: "unavailable" });
  expect(existsSync(folder)).toBe(false);
});

test("pain 37: a source's password is sealed, never sent back, and kept when a form leaves it blank", async () => {
  const config = { host: "127.0.0.1", port: 1, user: "u", password: "hunter2-secret", database: "d" };
  const source = await sourcesCreate.call(admin, { name: "pg", kind: "postgres", config });
  expect(source.config.password).toEqual({ stored: true });
  await sourcesUpdate.call(admin, { id: source.id, config: { user: "v", password: "" } });
  expect(JSON.stringify(await sourcesGet.call(admin, { id: source.id }))).not.toContain("hunter2");
  const { orm, t } = database();
  expect(JSON.stringify(await orm.select().from(t.sources))).not.toContain("hunter2");
  expect(JSON.stringify(await orm.select().from(t.auditLog))).not.toContain("hunter2");
  await expect(sourcesTest.call(operator, { id: source.id })).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringMatching(/Connection refused[\s\S]*Nothing listens there/),
  });
  const draft = { id: source.id, kind: "sqlite", config: { path: world.sourceFile } };
  expect(await sourcesTestDraft.call(admin, draft)).toMatchObject({
    status: "ok",
    message: expect.stringContaining("app.db opens"),
  });
});

test("roles: operators create jobs, only admins change sources and destinations", async () => {
  const { input } = await endpoints();
  await expect(
    sourcesCreate.call(operator, { name: "x", kind: "sqlite", config: { path: "/x" } }),
  ).rejects.toMatchObject({ code: "forbidden" });
  await expect(jobsCreate.call(viewer, input)).rejects.toMatchObject({ code: "forbidden" });
  const job = await jobsCreate.call(operator, input);
  await expect(jobsRun.call(viewer, { id: job.id })).rejects.toMatchObject({ code: "forbidden" });
  await expect(jobsRun.call(null, { id: job.id })).rejects.toMatchObject({ code: "unauthenticated" });
});

test("a run is followed from its request to its log, its backup and the overview", async () => {
  const { job, runId, artifact } = await backedUp();
  expect(await runsGet.call(viewer, { id: runId })).toMatchObject({
    status: "success",
    trigger: "api",
    actorName: "a operator",
    artifacts: [{ id: artifact.id }],
  });
  expect((await runsLog.call(operator, { id: runId })).text).toContain("Ended: success");
  await expect(runsLog.call(viewer, { id: runId })).rejects.toMatchObject({ code: "forbidden" });
  await expect(runsCancel.call(operator, { id: runId })).rejects.toMatchObject({ code: "conflict" });
  const [listed] = (await jobsList.call(viewer, { q: "PRODUKTION", state: "success" })).items;
  expect(listed).toMatchObject({ id: job.id, lastRun: { id: runId } });
  expect(listed?.days.at(-1)).toMatchObject({ success: 1 });
  expect((await jobsList.call(viewer, { state: "failure" })).items).toEqual([]);
  expect((await runsList.call(viewer, { jobId: job.id, status: ["success", "failure"] })).items).toMatchObject([
    { id: runId, artifacts: [{ id: artifact.id }] },
  ]);
  const { stream, bytes } = await artifactsDownload.call(operator, { id: artifact.id });
  let read = 0;
  for await (const chunk of stream) read += (chunk as Buffer).length;
  expect(read).toBe(bytes);
  await expect(artifactsDownload.call(viewer, { id: artifact.id })).rejects.toMatchObject({ code: "forbidden" });
  expect(await overviewRead.call(viewer, {})).toMatchObject({
    jobs: { total: 1, byHealth: { healthy: 1, failing: 0, new: 0 } },
    protectedBytes: artifact.bytes,
    artifacts: 1,
    last24h: { good: 1, missed: 0, total: 1 },
    nextRun: null,
  });
});

async function externalJob(): Promise<ExternalJob> {
  const job = externalJobRow("Nightly rsync", { cron: "0 4 * * *", timezone: "UTC", graceMinutes: 30 });
  await createJob({ job, destinationIds: [], notifications: [] }, audit());
  return job;
}

test("an external job is listed and read without what only a managed job has", async () => {
  const { id } = await externalJob();
  const view = await jobsGet.call(viewer, { id });
  expect(view).toMatchObject({
    kind: "external",
    name: "Nightly rsync",
    schedule: { cron: "0 4 * * *", timezone: "UTC" },
    graceMinutes: 30,
    notifications: [],
    lastRun: null,
  });
  const managedOnly = ["sourceId", "sourceName", "destinationIds", "retention", "compression", "retries"];
  expect(Object.keys(view).filter((name) => managedOnly.includes(name))).toEqual([]);
  expect((await jobsList.call(viewer, {})).items).toEqual([view]);
});

test("an external job takes no field of another kind and is not run here; it can be deleted", async () => {
  const { id } = await externalJob();
  const { input } = await endpoints();
  expect(await fieldsOf(jobsCreate.call(operator, { ...input, kind: "external" }))).toEqual({
    code: "invalid",
    fields: ["sourceId", "destinationIds"],
  });
  expect(await fieldsOf(jobsUpdate.call(operator, { id, retries: 2 }))).toEqual({
    code: "conflict",
    fields: ["retries"],
  });
  expect(await jobsUpdate.call(operator, { id, name: "rsync" })).toMatchObject({ kind: "external", name: "rsync" });
  await jobsUpdate.call(operator, { id, name: "Nightly rsync" });
  await expect(jobsRun.call(operator, { id })).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("Nightly rsync is an external job"),
  });
  await jobsDelete.call(operator, { id });
  expect((await jobsList.call(viewer, {})).items).toEqual([]);
});

test("pages go on where the last ended", async () => {
  const { input } = await endpoints();
  for (let i = 0; i < 5; i++) await jobsCreate.call(operator, { ...input, name: `job ${i}` });
  const first = await jobsList.call(viewer, { limit: 3 });
  const second = await jobsList.call(viewer, { limit: 3, cursor: first.nextCursor });
  expect([...first.items, ...second.items].map((job) => job.name)).toEqual([
    "job 0",
    "job 1",
    "job 2",
    "job 3",
    "job 4",
  ]);
  expect(second.nextCursor).toBeNull();
});

test("the routing preview shows who gets notified, for rules that are not saved yet", async () => {
  const channelId = await channel("ops");
  const preview = await jobsRoutingPreview.call(operator, { state: "failure", notifications: [{ channelId }] });
  expect(preview.entries.map((entry) => [entry.when, entry.channelName])).toEqual([
    ["now", "ops"],
    ["recovery", "ops"],
  ]);
  expect(
    (await jobsRoutingPreview.call(operator, { state: "success", notifications: [{ channelId }] })).entries,
  ).toEqual([]);
  const waiting = { channelId, condition: "always", afterCount: 3, afterHours: 24 };
  const show = (state: string) => jobsRoutingPreview.call(operator, { state, notifications: [waiting] });
  expect((await show("failure")).entries).toMatchObject([
    {
      when: "later",
      outcome: "notified",
      text: "rule “Always”, after 3 failures in a row and 24 hours without success",
    },
    { when: "recovery" },
  ]);
  expect((await show("success")).entries).toMatchObject([{ when: "now", text: "rule “Always”" }]);
});

test("pain 54: thresholds of a rule are kept, answered, and removed with null", async () => {
  const { input } = await endpoints();
  const channelId = await channel("ops");
  const rule = { channelId, afterCount: 3, afterHours: 24 };
  const job = await jobsCreate.call(operator, { ...input, notifications: [rule] });
  expect(job.notifications).toMatchObject([{ afterCount: 3, afterHours: 24 }]);
  const changed = await jobsUpdate.call(operator, { id: job.id, notifications: [{ ...rule, afterCount: null }] });
  expect(changed.notifications).toMatchObject([{ afterCount: null, afterHours: 24 }]);
});

const rowsIn = (file: string) => {
  const db = new Database(file, { readonly: true });
  const row = db.prepare("SELECT count(*) AS n FROM t").get() as { n: number };
  db.close();
  return row.n;
};

describe("restore", () => {
  test("to a new path inside the restore folder, by an operator", async () => {
    const { artifact } = await backedUp();
    const path = join(world.dataDir, "restores", "shop", "copy.db");
    const { runId } = await artifactsRestore.call(operator, { id: artifact.id, target: { path } });
    expect(await world.over(runId)).toMatchObject({ kind: "restore", status: "success", name: path });
    expect(rowsIn(path)).toBe(500);
    const event = (await world.events()).at(-1);
    expect(event).toMatchObject({ type: "restore.completed", data: { target: path, actorName: "a operator" } });
  });

  test("what does not fit where it would be restored to is named before", async () => {
    const { artifact } = await backedUp();
    const target = { path: join(world.dataDir, "restores", "shop", "copy.db") };
    const look = () => artifactsOutlook.call(operator, { id: artifact.id, target });
    expect((await look()).cannot).toEqual([]);
    const { orm, t } = database();
    await orm.update(t.artifacts).set({ rawBytes: 9e15 }).where(eq(t.artifacts.id, artifact.id));
    expect((await look()).cannot).toEqual([expect.stringMatching(/^It needs about 9 PB, and .+ are free there\.$/)]);
  });

  test("operators restore nowhere else: not outside, not through a link, not over what is there", async () => {
    const { artifact } = await backedUp();
    const restores = join(world.dataDir, "restores");
    mkdirSync(restores);
    symlinkSync(world.folder, join(restores, "out"));
    writeFileSync(join(restores, "there.db"), "mine");
    const to = (path: string, more: object = {}) =>
      artifactsRestore.call(operator, { id: artifact.id, target: { path, ...more }, confirm: path });
    await expect(to(join(world.folder, "copy.db"))).rejects.toMatchObject({ code: "forbidden" });
    await expect(to(join(restores, "out", "copy.db"))).rejects.toMatchObject({ code: "forbidden" });
    await expect(to(`${restores}-not/copy.db`)).rejects.toMatchObject({ code: "invalid" });
    await expect(to(join(restores, "there.db"))).rejects.toMatchObject({ code: "conflict" });
    await expect(to(join(restores, "there.db"), { overwrite: true })).rejects.toMatchObject({ code: "forbidden" });
    expect(readFileSync(join(restores, "there.db"), "utf8")).toBe("mine");
  });

  test("over the old file: requested and confirmed by an admin", async () => {
    const { artifact } = await backedUp();
    const path = world.sourceFile;
    const db = new Database(path);
    db.exec("DELETE FROM t");
    db.close();
    const to = (more: object, confirm?: string) =>
      artifactsRestore.call(admin, { id: artifact.id, target: { path, ...more }, confirm });
    await expect(to({})).rejects.toMatchObject({
      code: "conflict",
      message: expect.stringMatching(/would overwrite the file .*app\.db/),
    });
    expect(await fieldsOf(to({ overwrite: true }, "something else"))).toEqual({
      code: "conflict",
      fields: ["confirm"],
    });
    expect(rowsIn(path)).toBe(0);
    const { runId } = await to({ overwrite: true }, path);
    expect(await world.over(runId)).toMatchObject({ status: "success" });
    expect(rowsIn(path)).toBe(500);
  });

  test("Belfry's own files, and targets of the wrong kind, are refused", async () => {
    const { artifact, source } = await backedUp();
    const to = (target: object) => fieldsOf(artifactsRestore.call(admin, { id: artifact.id, target }));
    expect(await to({ path: join(world.dataDir, "secret.key") })).toEqual({ code: "invalid", fields: ["target.path"] });
    expect(await to({ path: world.dataDir })).toEqual({ code: "invalid", fields: ["target.path"] });
    expect(await to({ sourceId: source.id, database: "x" })).toEqual({ code: "invalid", fields: ["target"] });
    expect(await to({ path: "relative.db" })).toMatchObject({ code: "invalid" });
    expect(await to({})).toMatchObject({ code: "invalid" });
  });

  test("pain 06: a backup whose bytes changed restores nothing; it fails, and a good one later resolves that", async () => {
    const { artifact, folder, job } = await backedUp();
    const [name] = (await import("node:fs")).readdirSync(join(folder, job.slug));
    const file = join(folder, job.slug, name ?? "");
    const good = readFileSync(file);
    const bad = Buffer.from(good);
    bad[bad.length - 20] = (bad[bad.length - 20] ?? 0) ^ 0xff;
    writeFileSync(file, bad);
    const path = join(world.dataDir, "restores", "copy.db");
    const { runId } = await artifactsRestore.call(admin, { id: artifact.id, target: { path } });
    expect(await world.over(runId)).toMatchObject({
      status: "failure",
      error: expect.stringContaining("not what was stored"),
    });
    expect(existsSync(path)).toBe(false);
    writeFileSync(file, good);
    const again = await artifactsRestore.call(admin, { id: artifact.id, target: { path } });
    expect(await world.over(again.runId)).toMatchObject({ status: "success" });
    expect((await world.events()).slice(-2).map((event) => event.type)).toEqual([
      "restore.failed",
      "restore.completed",
    ]);
    const { orm, t } = database();
    expect((await orm.select().from(t.alerts)).map((alert) => [alert.type, alert.subjectId, alert.status])).toEqual([
      ["restore.failed", path, "resolved"],
    ]);
  });
});
