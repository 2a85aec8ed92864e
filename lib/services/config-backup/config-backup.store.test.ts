import { randomBytes } from "node:crypto";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { eq, getTableColumns, isNull, ne } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { installationId, installationPause } from "@/db/queries/installation";
import { allReportSlots } from "@/db/queries/report";
import { insertChannel } from "@/db/stores/channels";
import { CONFIGURATION_TABLES } from "@/db/stores/configuration";
import { writeSetting } from "@/db/stores/setting-changes";
import { step, transact } from "@/db/transact";
import type { Actor } from "@/lib/auth/access/actor";
import { requireClient } from "@/lib/auth/access/client-token";
import { storeSession } from "@/lib/auth/access/testing";
import { setRuntimeValue } from "@/lib/core/runtime";
import { hashToken } from "@/lib/core/token";
import { emit } from "@/lib/dispatch/emit";
import { forgetRouting } from "@/lib/dispatch/plan/routing-snapshot";
import { releaseHeldDeliveries } from "@/lib/dispatch/send/release-held";
import { decrypt, encrypt } from "@/lib/jobs/config/format";
import { audit, type JobFixture, openJobFixture, ruleRow, runRow } from "@/lib/jobs/testing/job-fixture";
import { sendDueReports } from "@/lib/reports/send-due";
import { takeDueConfigBackup } from "@/lib/schedule/config-backup";
import { Scheduler } from "@/lib/schedule/scheduler";
import { joinSecrets, splitSecrets } from "@/lib/secrets/config";
import { setSecretKey } from "@/lib/secrets/key";
import { sealJson } from "@/lib/secrets/seal";
import { apiKeysCreate } from "@/lib/services/api-keys/create";
import { channelsUpdate } from "@/lib/services/channels/update";
import { clientsCreate } from "@/lib/services/clients/create";
import { clientsDelete } from "@/lib/services/clients/delete";
import { clientsRevoke } from "@/lib/services/clients/revoke";
import { clientsRotate } from "@/lib/services/clients/rotate";
import { escalationPoliciesList } from "@/lib/services/escalation-policies/list";
import { installationStayApart, installationTakeOver } from "@/lib/services/installation/decide";
import { profilesList } from "@/lib/services/profiles/list";
import { routesList } from "@/lib/services/routes/list";
import { runsGet } from "@/lib/services/runs/get";
import { settingsEmailGet } from "@/lib/services/settings/email-get";
import { settingsNotificationsGet } from "@/lib/services/settings/notifications-get";
import { silencesCreate } from "@/lib/services/silences/create";
import { silencesList } from "@/lib/services/silences/list";
import { usersDelete } from "@/lib/services/users/delete";
import { usersDisable } from "@/lib/services/users/enable";
import { usersUpdate } from "@/lib/services/users/update";
import { configBackupCreate } from "./create";
import { configBackupDownload } from "./download";
import { configBackupGet } from "./get";
import { configBackupReport } from "./report";
import { configBackupRestore } from "./restore";
import { configBackupRun } from "./run";
import { configBackupUpdate } from "./update";

const admin: Actor = { kind: "command", id: null, name: "the command", role: "admin", address: null };
const PASSPHRASE = "a passphrase of some length";

let world: JobFixture;
beforeEach(async () => {
  world = await openJobFixture();
  setRuntimeValue("dataDir", world.dataDir);
});
afterEach(() => world.close());

/** One row at least in every table of the configuration, with secrets. */
async function furnish(): Promise<void> {
  const { orm, t } = database();
  const now = Date.now();
  const common = { createdAt: now, updatedAt: now };
  const channel = splitSecrets({ url: "https://hooks.example/token-hunter2", template: "{{title}}" }, ["url"]);
  await insertChannel(
    {
      id: "chn_1",
      name: "ops ✨ 運用",
      provider: "webhook",
      enabled: true,
      config: channel.plain,
      secrets: channel.sealed,
      subscriptions: ["user.login"],
      minSeverity: null,
      mutedUntil: null,
      rateLimit: null,
      texts: null,
      quietHours: { from: "22:00", to: "06:00", timezone: "Europe/Berlin", criticalPasses: true },
      reports: { dailyHour: 8, weeklyDay: 1, weeklyHour: 9, timezone: "Asia/Tokyo" },
      ...common,
    },
    audit(),
    { labels: { team: "ops" } },
  );
  await orm.insert(t.users).values([
    {
      id: "usr_1",
      name: "Ana",
      email: "ana@example.org",
      emailKey: "ana@example.org",
      role: "admin",
      status: "active",
      passwordHash: "scrypt$x",
      sessionVersion: 3,
      timezone: "Europe/Berlin",
      lastLoginAt: null,
      inbox: { counts: "everything", categories: ["backup"], browser: true, sound: true, keys: false },
      quietHours: { from: "21:00", to: "07:00", timezone: "Europe/Berlin", criticalPasses: false },
      reports: { dailyHour: null, weeklyDay: 5, weeklyHour: 17 },
      ...common,
    },
  ]);
  await orm
    .insert(t.invitations)
    .values({ id: "inv_1", userId: "usr_1", tokenHash: "hash", expiresAt: now, usedAt: null, createdAt: now });
  await orm.insert(t.apiKeys).values({
    id: "key_1",
    name: "script",
    role: "viewer",
    keyHash: "hash",
    hint: "abcd",
    createdBy: "usr_1",
    createdAt: now,
    lastUsedAt: null,
    revokedAt: null,
  });
  const sourceId = await world.source("postgres", { host: "db", user: "u", database: "d" });
  const password = splitSecrets({ password: "hunter2" }, ["password"]);
  await orm
    .update(t.sources)
    .set({ secrets: password.sealed, config: { host: "db", user: "u", database: "d", ...password.plain } });
  await world.job({ sourceId, destinationIds: [await world.destination("disk")], cron: "0 2 * * *", timezone: "UTC" }, [
    {
      channelId: "chn_1",
      condition: "custom",
      states: ["failure", "missed"],
      repeat: "remind",
      remindHours: 6,
      title: "{{job.name}}",
      tags: ["a", "b"],
      includeLog: true,
    },
  ]);
  const notifications = {
    globalChannels: ["chn_1"],
    events: { "user.login": { enabled: true, repeat: "first" }, "system.error": { escalationPolicyId: "esc_1" } },
    fallbackChannels: ["chn_1"],
    fallbackAfterMinutes: 5,
    acknowledgeLinks: true,
  };
  await furnishRouting(common);
  await transact([], (tx) => writeSetting(tx, "notifications", notifications, audit()));
  const mail = splitSecrets({ host: "mail.example", password: "hunter2-mail" }, ["password"]);
  await transact([], (tx) => writeSetting(tx, "admin-mail", { "restore.failed": false }, audit()));
  await transact([], (tx) => writeSetting(tx, "email", { config: mail.plain, secrets: mail.sealed }, audit()));
}

/** Labels, a profile, and routing for the whole installation. */
async function furnishRouting(common: { createdAt: number; updatedAt: number }): Promise<void> {
  const { orm, t } = database();
  const [{ id: jobId } = { id: "" }] = await orm.select({ id: t.jobs.id }).from(t.jobs);
  const conditions = [{ field: "label", op: "is", value: "env:prod" } as const];
  await orm.insert(t.syncs).values({
    id: "syn_1",
    name: "Photos",
    path: "/srv/photos",
    mounts: { "/srv/photos": "/" },
    destinationId: "dst_1",
    folder: "syncs/photos",
    cron: "0 4 * * *",
    timezone: "Europe/Berlin",
    afterJobId: jobId,
    afterRunId: "run_1",
    deleteRemoved: true,
    enabled: false,
    timeLimitMinutes: 60,
    nextRunAt: 4_000_000_000_000,
    createdAt: 1,
    updatedAt: 1,
  });
  await orm.insert(t.jobReceivers).values({
    jobId,
    tokenHash: "a hash of an address",
    uuidHash: "a hash of a UUID",
    secrets: sealJson({ token: "hunter2 of an address", uuid: "0b6e6a1c-0000-4000-8000-000000000000" }, "config"),
  });
  await orm.insert(t.repositories).values({
    id: "repo_1",
    name: "offsite",
    kind: "borg",
    location: "ssh://borg@nas.example/srv/borg",
    encryption: "repokey-blake2",
    secrets: sealJson({ passphrase: "hunter2 of borg" }, "config"),
    hostKey: "ssh-ed25519 AAAA",
    mounts: {},
    checkCron: "0 4 * * 0",
    compactCron: "0 5 * * 0",
    pruneCron: "0 3 * * *",
    timezone: "Europe/Berlin",
    retention: { daily: 7 },
    compactsAfterPrune: true,
    createdAt: 1,
    updatedAt: 1,
  });
  await orm.insert(t.clients).values({
    id: "cli_1",
    name: "web-1",
    tokenHash: "a hash of a token",
    hint: "abcd",
    intervalSeconds: 60,
    intermittent: true,
    muted: false,
    ...common,
  });
  const [source] = await orm.select().from(t.sources);
  const [destination] = await orm.select().from(t.destinations);
  await orm.insert(t.labels).values(
    (
      [
        ["job", jobId],
        ["source", source?.id ?? ""],
        ["destination", destination?.id ?? ""],
      ] as const
    ).map(([subjectKind, subjectId]) => ({ subjectKind, subjectId, key: "env", value: "prod" })),
  );
  await orm.insert(t.profiles).values({ id: "prf_1", name: "standard", isDefault: true, ...common });
  await orm.update(t.jobs).set({ profileId: "prf_1" });
  await orm.update(t.jobNotifications).set({ afterHours: 12, escalationPolicyId: "esc_1" });
  const { jobId: _, ...rule } = ruleRow(jobId, 0, { channelId: "chn_1", afterCount: 3 });
  await orm.insert(t.profileNotifications).values({ ...rule, profileId: "prf_1" });
  const steps = [{ afterMinutes: 15, channels: ["chn_1"], users: [] }];
  await orm.insert(t.escalationPolicies).values({ id: "esc_1", name: "night", steps, repeat: 1, ...common });
  await orm.insert(t.routes).values({
    id: "rte_1",
    name: "production",
    enabled: true,
    position: 0,
    match: "all",
    conditions,
    channelIds: ["chn_1"],
    escalationPolicyId: "esc_1",
    ...common,
  });
  await orm.insert(t.silences).values({
    id: "sil_1",
    reason: "maintenance",
    match: "all",
    conditions,
    startsAt: common.createdAt,
    endsAt: null,
    recurring: { cron: "0 2 * * 6", timezone: "Europe/Berlin", minutes: 120 },
    effect: "hold",
    createdBy: "usr_1",
    createdByName: "Ana",
    ...common,
  });
}

/** Every table of the configuration, secrets opened. */
async function everything(): Promise<Record<string, unknown[]>> {
  const { orm, t } = database();
  const all: Record<string, unknown[]> = {};
  for (const name of CONFIGURATION_TABLES) {
    const rows = (await orm.select().from(t[name] as typeof t.settings)) as Record<string, unknown>[];
    all[name] = rows
      .filter(
        (row) =>
          name !== "settings" ||
          ["notifications", "email", "config-backup", "general", "admin-mail"].includes(String(row.key)),
      )
      .map((row) => {
        const value = (row.value ?? row) as { config?: Record<string, unknown>; secrets?: string | null };
        const isSealed = value.config ?? value.secrets;
        const open = isSealed ? joinSecrets(value.config ?? {}, value.secrets ?? null) : null;
        // A session's version and the times from which a job waits are renewed on purpose.
        const { secrets: _, sessionVersion: __, nextRunAt: ___, enabledAt: ____, value: _____, ...plain } = row;
        return { ...plain, ...(open ? { open } : { value: row.value }) };
      })
      .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));
  }
  return all;
}

test("pain 36: a configuration backup holds everything, and another installation gets all of it back", async () => {
  await furnish();
  await configBackupUpdate.call(admin, { passphrase: PASSPHRASE, keepLast: 4 });
  const before = await everything();
  for (const name of CONFIGURATION_TABLES) expect([name, before[name]?.length]).not.toEqual([name, 0]);
  const { bytes } = await configBackupDownload.call(admin, { passphrase: PASSPHRASE });
  expect(bytes.toString("latin1")).not.toContain("hunter2");

  // A fresh database with another key.
  await world.close();
  world = await openJobFixture();
  setSecretKey("quite another key, on quite another machine");
  await configBackupRestore.call(admin, { file: bytes, passphrase: PASSPHRASE });
  expect(await everything()).toEqual(before);
  expect(await configBackupGet.call(admin, {})).toMatchObject({ keepLast: 4, hasPassphrase: true });
});

test("pain 36: everything about notifications comes back, each with its values; state does not, and is made anew", async () => {
  await furnish();
  const { bytes } = await configBackupDownload.call(admin, { passphrase: PASSPHRASE });
  const silenced = await silencesList.call(admin, {});
  await world.close();
  world = await openJobFixture();
  forgetRouting();
  await configBackupRestore.call(admin, { file: bytes, passphrase: PASSPHRASE });
  const { orm, t } = database();
  expect(await silencesList.call(admin, {})).toEqual(silenced);
  expect((await routesList.call(admin, {})).items).toMatchObject([
    { name: "production", escalationPolicyId: "esc_1", channels: ["chn_1"] },
  ]);
  expect((await profilesList.call(admin, {})).items).toMatchObject([
    { name: "standard", isDefault: true, jobCount: 1, notifications: [{ channelId: "chn_1", afterCount: 3 }] },
  ]);
  const labels = await orm.select().from(t.labels);
  expect(labels.map(({ subjectKind, key, value }) => `${subjectKind} ${key}:${value}`).sort()).toEqual([
    "channel team:ops",
    "destination env:prod",
    "job env:prod",
    "source env:prod",
  ]);
  expect((await escalationPoliciesList.call(admin, {})).items).toMatchObject([
    { name: "night", repeat: 1, steps: [{ afterMinutes: 15, channels: ["chn_1"] }] },
  ]);
  expect(await orm.select().from(t.jobNotifications)).toMatchObject([{ afterHours: 12, escalationPolicyId: "esc_1" }]);
  expect(await orm.select().from(t.channels)).toMatchObject([
    { reports: { dailyHour: 8, weeklyDay: 1, timezone: "Asia/Tokyo" }, quietHours: { from: "22:00" } },
  ]);
  expect(await orm.select().from(t.users)).toMatchObject([
    { inbox: { counts: "everything", keys: false }, reports: { weeklyDay: 5 }, quietHours: { from: "21:00" } },
  ]);
  const { fallbackChannels, fallbackAfterMinutes } = await settingsNotificationsGet.call(admin, {});
  expect({ fallbackChannels, fallbackAfterMinutes }).toEqual({ fallbackChannels: ["chn_1"], fallbackAfterMinutes: 5 });
  expect((await settingsEmailGet.call(admin, {})).mailAdmins).toMatchObject({ "restore.failed": false });

  // What is not carried: when reports are due is worked out anew, and none is sent because of a restore.
  expect(await allReportSlots()).toEqual([]);
  expect(await sendDueReports(Date.now())).toBe(0);
  const slots = await allReportSlots();
  expect(slots.map(({ ownerKind, period }) => `${ownerKind} ${period}`).sort()).toEqual([
    "channel daily",
    "channel weekly",
    "user weekly",
  ]);
  expect(slots.every(({ nextAt }) => nextAt > Date.now())).toBe(true);
});

test("what a silence or a mute holds that the restored configuration does not have is sent, and nothing else", async () => {
  await furnish();
  const { orm, t } = database();
  await orm.update(t.channels).set({ quietHours: null });
  const silence = async (name: string) => {
    await silencesCreate.call(admin, { reason: name, conditions: [{ field: "name", op: "is", value: name }] });
  };
  await silence("kept");
  const { bytes } = await configBackupDownload.call(admin, { passphrase: PASSPHRASE });
  await silence("freed");
  const error = (name: string) =>
    emit({ type: "system.error", subject: { kind: "component", id: name, name }, data: { error: "full" } });
  await error("kept");
  await error("freed");
  await channelsUpdate.call(admin, { id: "chn_1", mutedUntil: new Date(Date.now() + 86_400_000).toISOString() });
  await error("muted");
  const states = async () => {
    const rows = await orm.select().from(t.deliveries).orderBy(t.deliveries.id);
    return rows.filter(({ kind }) => kind === "initial").map(({ status, heldBy }) => `${status} ${heldBy}`);
  };
  expect(await states()).toEqual(["held silence", "held silence", "held mute"]);
  await configBackupRestore.call(admin, { file: bytes, passphrase: PASSPHRASE });
  await releaseHeldDeliveries(Date.now());
  expect(await states()).toEqual(["held silence", "pending null", "pending null"]);
});

test("every column of every configuration table is in it", async () => {
  await furnish();
  const { t } = database();
  const all = await everything();
  const renewed = ["secrets", "sessionVersion", "nextRunAt", "enabledAt", "value"];
  for (const name of CONFIGURATION_TABLES) {
    const wanted = Object.keys(getTableColumns(t[name])).filter((column) => !renewed.includes(column));
    expect(Object.keys((all[name]?.[0] ?? {}) as object)).toEqual(expect.arrayContaining(wanted));
  }
});

test("restoring replaces: later rows are deleted, sessions end, revoked keys stay revoked, alerts of deleted subjects close", async () => {
  await furnish();
  const { bytes } = await configBackupDownload.call(admin, { passphrase: PASSPHRASE });
  const { orm, t } = database();
  await orm.update(t.apiKeys).set({ revokedAt: 5 });
  await orm.update(t.users).set({ sessionVersion: 9, name: "Renamed" });
  const later = await world.job({ sourceId: await world.source(), destinationIds: [] });
  await orm.insert(t.alerts).values({
    id: "alr_1",
    type: "backup.failed",
    dedupKey: `backup.failed:${later.id}`,
    status: "firing",
    subjectKind: "job",
    subjectId: later.id,
    subjectName: later.name,
    tone: "failure",
    severity: "critical",
    title: "t",
    message: "m",
    count: 1,
    openedAt: 1,
    lastAt: 1,
  });
  await configBackupRestore.call(admin, { file: bytes.toString("base64"), passphrase: PASSPHRASE });
  expect((await orm.select().from(t.jobs)).map((job) => job.id)).not.toContain(later.id);
  expect(await orm.select().from(t.users)).toMatchObject([{ name: "Ana", sessionVersion: 10 }]);
  expect(await orm.select().from(t.apiKeys)).toMatchObject([{ revokedAt: 5 }]);
  expect(await orm.select().from(t.alerts)).toMatchObject([{ status: "resolved", resolution: "subject_removed" }]);
  const rows = await orm.select().from(t.auditLog);
  expect(rows.map((row) => row.verb)).toContain("configBackup.restore");
});

test("fault E10: a backup of the configuration has no sessions, and restoring one ends them all", async () => {
  await furnish();
  const { orm, t } = database();
  const [user] = await orm.select().from(t.users);
  const { sid, id } = await storeSession(user?.id ?? "");
  const { bytes } = await configBackupDownload.call(admin, { passphrase: PASSPHRASE });
  const content = JSON.stringify(await decrypt(bytes, PASSPHRASE));
  for (const part of [sid, id, hashToken(sid)]) expect(content).not.toContain(part);
  await configBackupRestore.call(admin, { file: bytes.toString("base64"), passphrase: PASSPHRASE });
  expect(await orm.select().from(t.sessions)).toEqual([]);
});

test("a wrong passphrase, a damaged file, another file and a newer version are refused, and nothing changes", async () => {
  await furnish();
  const before = await everything();
  const { bytes } = await configBackupDownload.call(admin, { passphrase: PASSPHRASE });
  const restore = (file: Buffer, passphrase = PASSPHRASE) => configBackupRestore.call(admin, { file, passphrase });
  await expect(restore(bytes, "not the passphrase")).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringContaining("passphrase does not open"),
  });
  const damaged = Buffer.from(bytes);
  damaged[200] = (damaged[200] ?? 0) ^ 1;
  await expect(restore(damaged)).rejects.toMatchObject({ code: "invalid" });
  await expect(restore(bytes.subarray(0, 40))).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringContaining("not a configuration backup"),
  });
  await expect(restore(randomBytes(500))).rejects.toMatchObject({ code: "invalid" });
  const newer = Buffer.from(bytes);
  newer[8] = 2;
  await expect(restore(newer)).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringContaining("newer version"),
  });
  setRuntimeValue("programVersion", "0.1.0");
  const future = { format: 99, program: "9.8.7", createdAt: "x", whatever: {} };
  await expect(restore(await encrypt(future, PASSPHRASE))).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringMatching(
      /format 99, made by Belfry 9\.8\.7.*Belfry 0\.1\.0.*up to \d+\. Nothing was changed/,
    ),
  });
  const greedy = Buffer.from(bytes);
  greedy[9] = 31;
  await expect(restore(greedy)).rejects.toMatchObject({ code: "invalid" });
  expect(await everything()).toEqual(before);
});

type Made = Awaited<ReturnType<typeof clientsCreate.call>>;

test("a client's token that was replaced, revoked or removed since the backup does not come back with it", async () => {
  await furnish();
  const origin = "http://belfry.test";
  const names = ["kept", "rotated", "revoked", "removed"];
  const made = await Promise.all(names.map((name) => clientsCreate.call(admin, { name, origin })));
  const [kept, rotated, revoked, removed] = made as [Made, Made, Made, Made];
  const { bytes } = await configBackupDownload.call(admin, { passphrase: PASSPHRASE });
  const { token } = await clientsRotate.call(admin, { id: rotated.id, origin });
  await clientsRevoke.call(admin, { id: revoked.id });
  await clientsDelete.call(admin, { id: removed.id });
  await configBackupRestore.call(admin, { file: bytes, passphrase: PASSPHRASE });
  const outcomes = [kept.token, token, rotated.token, revoked.token, removed.token].map((one) =>
    requireClient(one).then(
      ({ name }) => name,
      ({ code }: { code: string }) => code,
    ),
  );
  expect(await Promise.all(outcomes)).toEqual(["kept", "rotated", "unauthenticated", "forbidden", "forbidden"]);
});

test("a backup without an administrator, and one during a run, change nothing", async () => {
  await furnish();
  const { bytes } = await configBackupDownload.call(admin, { passphrase: PASSPHRASE });
  const { orm, t } = database();
  const [job] = await orm.select().from(t.jobs);
  if (!job) throw new Error("no job");
  await transact([], (tx) => step(tx.orm.insert(tx.t.runs).values(runRow(job, { status: "running" }))));
  await expect(configBackupRestore.call(admin, { file: bytes, passphrase: PASSPHRASE })).rejects.toMatchObject({
    code: "conflict",
  });
  await orm.delete(t.users);
  const without = await configBackupDownload.call(admin, { passphrase: PASSPHRASE });
  await expect(configBackupRestore.call(admin, { file: without.bytes, passphrase: PASSPHRASE })).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringContaining("administrator"),
  });
});

test("on demand to a destination: stored, verified, notified, and restorable from there", async () => {
  await furnish();
  const { orm, t } = database();
  const [destination] = await orm.select().from(t.destinations);
  await expect(configBackupRun.call(admin, {})).rejects.toMatchObject({ code: "invalid" });
  await configBackupUpdate.call(admin, { destinationId: destination?.id, passphrase: PASSPHRASE, keepLast: 2 });
  await world.runner().start();
  for (let i = 0; i < 3; i++) {
    const { runId } = await configBackupRun.call(admin, {});
    expect(await world.over(runId)).toMatchObject({ status: "success", kind: "config_backup" });
  }
  expect(readdirSync(join(world.folder, "disk", "belfry-configuration"))).toHaveLength(2);
  const { lastRun } = await configBackupGet.call(admin, {});
  const { artifacts } = await runsGet.call(admin, { id: lastRun?.id });
  expect(artifacts).toMatchObject([{ restoresTo: "configuration", jobId: null }]);
  await configBackupRestore.call(admin, { artifactId: artifacts?.[0]?.id, passphrase: PASSPHRASE });
  rmSync(join(world.folder, "disk"), { recursive: true });
  const { runId } = await configBackupRun.call(admin, {});
  expect(await world.over(runId)).toMatchObject({ status: "failure" });
  expect((await world.events()).map((event) => event.type)).toEqual([
    "config_backup.completed",
    "config_backup.completed",
    "config_backup.completed",
    "config_backup.failed",
  ]);
});

test("on a schedule: each slot once, and a slot missed while Belfry was down is run afterwards", async () => {
  await furnish();
  const { orm, t } = database();
  const [destination] = await orm.select().from(t.destinations);
  const schedule = { cron: "0 * * * *", timezone: "UTC" };
  await expect(configBackupUpdate.call(admin, { enabled: true, schedule })).rejects.toMatchObject({ code: "invalid" });
  await configBackupUpdate.call(admin, {
    enabled: true,
    schedule,
    destinationId: destination?.id,
    passphrase: PASSPHRASE,
  });
  let now = Date.parse("2026-07-10T06:30:00Z");
  const scheduler = new Scheduler({ owner: "worker-1", clock: () => now });
  const count = async () => (await orm.select().from(t.runs)).filter((run) => run.kind === "config_backup").length;
  await scheduler.tick();
  expect(await count()).toBe(0);
  now = Date.parse("2026-07-10T07:00:00Z");
  await Promise.all([scheduler.tick(), scheduler.tick()]);
  await scheduler.tick();
  expect(await count()).toBe(1);
  await world.runner().start();
  const lastStatus = async () => (await configBackupGet.call(admin, {})).lastRun?.status;
  await expect.poll(lastStatus).toBe("success");
  now = Date.parse("2026-07-10T12:15:00Z");
  await scheduler.tick();
  expect(await count()).toBe(2);
  await scheduler.stop();
  await expect.poll(lastStatus).toBe("success");
});

/** The content of a configuration backup, to be changed as another version would have written it. */
async function exported() {
  const { bytes } = await configBackupDownload.call(admin, { passphrase: PASSPHRASE });
  return (await decrypt(bytes, PASSPHRASE)) as {
    format: number;
    installation?: { id: string; place: string };
    tables: Record<string, Record<string, unknown>[]>;
  };
}

const restoreContent = async (content: unknown) =>
  configBackupRestore.call(admin, { file: await encrypt(content, PASSPHRASE), passphrase: PASSPHRASE });

test("fault A22: what this version does not know is refused by name, and nothing changes", async () => {
  await furnish();
  const before = await everything();
  const content = await exported();
  for (const job of content.tables.jobs ?? []) job.colour = "red";
  content.tables.tags = [];
  await expect(restoreContent(content)).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringMatching(/does not know: .*jobs\.colour, tags\. Nothing was changed/),
  });
  delete content.tables.tags;
  delete content.tables.sources;
  await expect(restoreContent(content)).rejects.toMatchObject({ code: "invalid" });
  expect(await everything()).toEqual(before);
});

test("fault A22: a file of the format before restores, with defaults for what it lacks", async () => {
  await furnish();
  const { installation: _, ...content } = await exported();
  for (const job of content.tables.jobs ?? []) delete job.leastBytesPercent;
  delete content.tables.routes;
  const old = { ...content, format: 1 };
  expect(await restoreContent(old)).toMatchObject({ isPaused: false });
  const { orm, t } = database();
  expect(await orm.select().from(t.jobs)).toMatchObject([{ leastBytesPercent: 20 }]);
  expect(await orm.select().from(t.routes)).toEqual([]);
  expect(await installationPause()).toBeNull();
});

test("fault A22: access that was taken away stays away: disabled and deleted users, used invitations", async () => {
  await furnish();
  const { orm, t } = database();
  const [ana] = await orm.select().from(t.users);
  if (!ana) throw new Error("no user");
  const person = (id: string, more: Partial<typeof ana> = {}) => ({
    ...ana,
    id,
    name: id,
    email: `${id}@example.org`,
    emailKey: `${id}@example.org`,
    ...more,
  });
  await orm.insert(t.users).values([person("usr_2"), person("usr_3"), person("usr_4", { status: "disabled" })]);
  const { bytes } = await configBackupDownload.call(admin, { passphrase: PASSPHRASE });
  await usersDisable.call(admin, { id: "usr_2" });
  await usersDelete.call(admin, { id: "usr_3" });
  await orm.update(t.users).set({ status: "active" }).where(eq(t.users.id, "usr_4"));
  await orm.update(t.invitations).set({ usedAt: 7 });
  await configBackupRestore.call(admin, { file: bytes, passphrase: PASSPHRASE });
  expect(Object.fromEntries((await orm.select().from(t.users)).map(({ id, status }) => [id, status]))).toEqual({
    usr_1: "active",
    usr_2: "disabled",
    usr_3: "disabled",
    usr_4: "disabled",
  });
  expect(await orm.select().from(t.invitations)).toMatchObject([{ usedAt: 7 }]);

  // The only administrator of a file is disabled here: nobody could sign in afterwards.
  await orm.update(t.users).set({ role: "viewer" }).where(ne(t.users.id, "usr_1"));
  const { bytes: onlyAna } = await configBackupDownload.call(admin, { passphrase: PASSPHRASE });
  await orm.update(t.users).set({ status: "disabled" }).where(eq(t.users.id, "usr_1"));
  await expect(configBackupRestore.call(admin, { file: onlyAna, passphrase: PASSPHRASE })).rejects.toMatchObject({
    code: "invalid",
    message: expect.stringContaining("disabled or deleted here"),
  });
});

test("fault E11, E8: keys and invitations of accounts that lost access here stay void, kept keys stay with their keeper", async () => {
  await furnish();
  const { orm, t } = database();
  const [ana] = await orm.select().from(t.users);
  if (!ana) throw new Error("no user");
  const person = (id: string) => ({ ...ana, id, email: `${id}@example.org`, emailKey: `${id}@example.org` });
  await orm.insert(t.users).values(["usr_ben", "usr_eva", "usr_new"].map(person));
  await orm.insert(t.invitations).values([
    { id: "inv_new", userId: "usr_new", tokenHash: "new", expiresAt: Date.now() + 60_000, createdAt: 1 },
    { id: "inv_eva", userId: "usr_eva", tokenHash: "eva", expiresAt: Date.now() + 60_000, createdAt: 1 },
  ]);
  const ben = { ...admin, kind: "user", id: "usr_ben" } as Actor;
  const make = (name: string) => apiKeysCreate.call(ben, { name, role: "viewer", expiresInDays: 90 });
  const [kept, lost, unknown] = [await make("kept"), await make("lost"), await make("unknown")];
  const { bytes } = await configBackupDownload.call(admin, { passphrase: PASSPHRASE });

  const keeper = { ...admin, kind: "user", id: "usr_1" } as Actor;
  await usersDisable.call(keeper, { id: "usr_ben", keepKeys: [kept.id] });
  await usersDelete.call(keeper, { id: "usr_eva" });
  await orm.update(t.users).set({ status: "invited", passwordHash: null }).where(eq(t.users.id, "usr_new"));
  await usersUpdate.call(keeper, { id: "usr_new", email: "corrected@example.org" });
  await orm.delete(t.apiKeys).where(eq(t.apiKeys.id, unknown.id));
  await configBackupRestore.call(admin, { file: bytes, passphrase: PASSPHRASE });

  const keys = Object.fromEntries((await orm.select().from(t.apiKeys)).map((key) => [key.id, key]));
  expect(keys[kept.id]).toMatchObject({ revokedAt: null, ownerId: "usr_1", createdByName: "the command" });
  expect(Date.parse(kept.expiresAt ?? "")).toBe(keys[kept.id]?.expiresAt);
  for (const { id } of [lost, unknown])
    expect(keys[id]).toMatchObject({ revokedAt: expect.any(Number), ownerId: "usr_ben" });
  const open = await orm.select().from(t.invitations).where(isNull(t.invitations.usedAt));
  expect(open.filter(({ id }) => id === "inv_new" || id === "inv_eva")).toEqual([]);
});

test("fault A20: the configuration of another installation rests until a person decides, one's own does not", async () => {
  await furnish();
  const original = await installationId();
  const own = await configBackupDownload.call(admin, { passphrase: PASSPHRASE });
  expect(await configBackupRestore.call(admin, { file: own.bytes, passphrase: PASSPHRASE })).toMatchObject({
    isPaused: false,
  });
  await world.close();
  world = await openJobFixture();
  expect(await configBackupRestore.call(admin, { file: own.bytes, passphrase: PASSPHRASE })).toMatchObject({
    isPaused: true,
  });
  expect(await installationPause()).toMatchObject({ reason: "restored", originalId: original });
  const { orm, t } = database();
  let now = Date.parse("2030-07-10T01:59:30Z");
  const scheduler = new Scheduler({ owner: "worker-1", clock: () => now });
  await scheduler.tick();
  now += 60_000;
  await scheduler.tick();
  expect(await orm.select().from(t.runs)).toEqual([]);
  expect((await installationTakeOver.call(admin, {})).id).toBe(original);
  now = Date.parse("2030-07-11T01:59:30Z");
  await scheduler.tick();
  now += 60_000;
  await scheduler.tick();
  expect(await orm.select().from(t.runs)).toMatchObject([{ trigger: "schedule" }]);
  await scheduler.stop();
});

test("fault A20: a restored configuration that stays apart keeps its own id, with its jobs disabled", async () => {
  await furnish();
  const own = await configBackupDownload.call(admin, { passphrase: PASSPHRASE });
  await world.close();
  world = await openJobFixture();
  const id = await installationId();
  await configBackupRestore.call(admin, { file: own.bytes, passphrase: PASSPHRASE });
  expect(await installationStayApart.call(admin, {})).toMatchObject({ id, pause: null });
  const { orm, t } = database();
  expect(await orm.select().from(t.jobs)).toMatchObject([{ enabled: false, nextRunAt: null }]);
});

test("fault A22: a file that the caller writes is reported when it is written, and as failed when it is not", async () => {
  await furnish();
  const { base64 } = await configBackupCreate.call(admin, { passphrase: PASSPHRASE });
  expect(await world.events()).toEqual([]);
  await configBackupReport.call(admin, { file: "/mnt/stick/a.belfry", error: "no space left on device" });
  await configBackupReport.call(admin, { file: "/mnt/stick/a.belfry" });
  expect(await world.events()).toMatchObject([
    {
      type: "config_backup.failed",
      data: { error: "no space left on device", destinationNames: ["/mnt/stick/a.belfry"] },
    },
    { type: "config_backup.completed", data: { destinationNames: ["/mnt/stick/a.belfry"] } },
  ]);
  await configBackupRestore.call(admin, { file: base64, passphrase: PASSPHRASE });
});

test("fault D8: a changed schedule answers its own next run, before the scheduler has seen it", async () => {
  const hourOfNext = async (hour: number) => {
    const schedule = { cron: `0 ${hour} * * *`, timezone: "UTC" };
    const { nextRunAt } = await configBackupUpdate.call(admin, { schedule });
    expect((await configBackupGet.call(admin, {})).nextRunAt).toBe(nextRunAt);
    return new Date(nextRunAt ?? 0).getUTCHours();
  };
  await configBackupUpdate.call(admin, {
    enabled: true,
    schedule: { cron: "0 1 * * *", timezone: "UTC" },
    destinationId: await world.destination("disk"),
    passphrase: PASSPHRASE,
  });
  await takeDueConfigBackup(Date.now());
  expect([await hourOfNext(4), await hourOfNext(5)]).toEqual([4, 5]);
  await takeDueConfigBackup(Date.now());
  expect(await hourOfNext(6)).toBe(6);
});
