import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { database } from "@/db/client";
import { GENERAL_SETTINGS } from "@/lib/dispatch/send/installation";

/** What operators may read and viewers may not. */
export const FOR_OPERATORS = "zzoperator-";
/** What only administrators may read. */
export const FOR_ADMINS = "zzadmin-";
/** What everybody may read. */
export const FOR_ALL = "zzall-";

const op = (word: string) => `${FOR_OPERATORS}${word}`;
/** As an address whose host has no dot. */
const ad = (word: string) => `${FOR_ADMINS}${word}@intranet`;
const all = (word: string) => `${FOR_ALL}${word}`;

const at = Date.UTC(2026, 0, 15, 2, 30);
const times = { createdAt: at, updatedAt: at };

interface Text {
  title: string;
  message: string;
  fact: string;
}

/** One event with its notification; the job's when nothing else is said. */
function eventRow(id: string, type: string, { title, message, fact }: Text, more: object = {}) {
  return {
    id,
    type,
    at,
    subjectKind: "job" as const,
    subjectId: "job_1",
    subjectName: all("job"),
    tone: "failure" as const,
    severity: "critical" as const,
    isTest: false,
    jobId: "job_1",
    runId: "run_1",
    data: {},
    notification: {
      type,
      typeName: "Some event",
      tone: "failure" as const,
      severity: "critical" as const,
      title,
      message,
      fields: [{ label: "Fact", value: fact }],
      at,
    },
    ...more,
  };
}

/** A settled delivery, with marks in everything that a service was sent and said. */
function deliveryRow(id: string, eventId: string, title: string, mark: string, more: object = {}) {
  return {
    id,
    eventId,
    channelId: "chn_chat",
    recipient: "",
    kind: "initial" as const,
    step: 0,
    status: "dead" as const,
    route: "rule" as const,
    notifyOnRecovery: true,
    channelName: all("chat"),
    provider: "discord",
    title,
    tone: "failure" as const,
    severity: "critical" as const,
    createdAt: at,
    dueAt: at,
    giveUpAt: at,
    settledAt: at,
    attemptCount: 1,
    foldedCount: 0,
    reason: `${mark}-reason`,
    reasonCode: "rejected" as const,
    receipt: `${mark}-receipt`,
    payload: { content: `${mark}-payload` },
    ...more,
  };
}

function attemptRow(deliveryId: string, mark: string) {
  return {
    deliveryId,
    number: 1,
    at,
    latencyMs: 5,
    outcome: "rejected" as const,
    status: 550,
    error: `${mark}-error`,
    advice: `${mark}-advice`,
    answer: `${mark}-answer`,
  };
}

async function insertPeopleAndPlaces(dataDir: string): Promise<void> {
  const { orm, t } = database();
  await orm.insert(t.users).values({
    id: "usr_other",
    name: all("person"),
    email: ad("user"),
    emailKey: ad("user"),
    role: "operator",
    status: "active",
    sessionVersion: 1,
    lastLoginAt: Date.UTC(1999, 0, 1),
    ...times,
  });
  await orm.insert(t.sources).values([
    {
      id: "src_1",
      name: all("source"),
      kind: "postgres",
      config: { host: op("host"), port: 5432, user: op("dbuser"), database: op("database") },
      mounts: { x: `/${op("mount")}` },
      ...times,
    },
    { id: "src_own", name: all("own"), kind: "sqlite", config: { path: join(dataDir, "belfry.db") }, ...times },
    { id: "src_key", name: all("folder"), kind: "directory", config: { path: dataDir }, ...times },
  ]);
  const folder = join(dataDir, op("folder"));
  mkdirSync(folder);
  await orm
    .insert(t.destinations)
    .values({ id: "dst_1", name: all("place"), kind: "local", config: { path: folder }, ...times });
  await orm.insert(t.channels).values([
    {
      id: "chn_chat",
      name: all("chat"),
      provider: "discord",
      enabled: false,
      config: { username: ad("config") },
      subscriptions: [],
      texts: { title: op("text") },
      ...times,
    },
    {
      id: "chn_mail",
      name: all("mail"),
      provider: "email",
      enabled: false,
      config: { to: [ad("to")], subjectPrefix: ad("prefix") },
      subscriptions: [],
      ...times,
    },
  ]);
  const failing = { health: "retrying" as const, failures: 9, retryingSince: at, failingSince: at, lastErrorAt: at };
  await orm.insert(t.channelStates).values([
    { channelId: "chn_chat", ...failing, lastError: op("health") },
    { channelId: "chn_mail", ...failing, lastError: ad("health") },
  ]);
  await orm
    .insert(t.settings)
    .values({ key: GENERAL_SETTINGS, value: { restoreFolder: `/nowhere/${op("restores")}` }, updatedAt: at });
  await orm.insert(t.auditLog).values({
    id: "aud_1",
    at,
    actorKind: "user",
    actorName: "x",
    verb: "users.update",
    detail: { email: ad("audit") },
  });
}

async function insertJobsAndBackups(): Promise<void> {
  const { orm, t } = database();
  const job = { kind: "managed" as const, enabled: false, compression: "none" as const, keepLast: 3, retries: 0 };
  await orm.insert(t.jobs).values(
    [
      { id: "job_1", name: all("job"), slug: "one", sourceId: "src_1" },
      { id: "job_own", name: all("own-job"), slug: "two", sourceId: "src_own" },
      { id: "job_key", name: all("key-job"), slug: "three", sourceId: "src_key" },
    ].map((row) => ({ ...row, ...job, graceMinutes: 10, ...times })),
  );
  await orm.insert(t.jobDestinations).values({ jobId: "job_1", destinationId: "dst_1", position: 0 });
  await orm.insert(t.jobNotifications).values({
    id: "jnt_1",
    jobId: "job_1",
    channelId: "chn_chat",
    position: 0,
    condition: "always",
    repeat: "every",
    notifyOnRecovery: true,
    title: op("rule-title"),
    message: op("rule-message"),
    outcomes: { failure: { title: op("rule-outcome") } },
    includeLog: true,
    logLimit: 1_000,
  });
  const run = { trigger: "manual" as const, params: {}, queuedAt: at, startedAt: at, finishedAt: at, attempts: 1 };
  const why = { status: "failure" as const, eventId: "evt_failed" };
  await orm.insert(t.runs).values([
    {
      id: "run_1",
      kind: "backup",
      jobId: "job_1",
      name: all("job"),
      error: op("error"),
      advice: op("advice"),
      archives: [markedArchive()],
      ...run,
      ...why,
    },
    {
      id: "run_2",
      kind: "restore",
      jobId: "job_1",
      name: `/${op("target")}`,
      error: op("restore-error"),
      ...run,
      ...why,
    },
    { id: "run_3", kind: "config_backup", name: ad("config-run"), error: ad("config-error"), ...run, ...why },
    { id: "run_4", kind: "backup", jobId: "job_own", name: all("own-job"), error: op("own-error"), ...run, ...why },
  ]);
  await orm.insert(t.runLogs).values([
    { runId: "run_1", seq: 1, at, text: `${op("log")}\n` },
    { runId: "run_3", seq: 1, at, text: `${ad("config-log")}\n` },
  ]);
  const backup = { destinationId: "dst_1", compression: "none" as const, bytes: 1, sha256: "00", createdAt: at };
  await orm.insert(t.artifacts).values(
    [
      {
        id: "art_1",
        runId: "run_1",
        jobId: "job_1",
        sourceKind: "postgres",
        destinationName: all("place"),
        proofError: op("proof"),
      },
      {
        id: "art_config",
        runId: "run_3",
        jobId: null,
        sourceKind: "configuration",
        destinationName: ad("config-backup"),
      },
      { id: "art_own", runId: "run_4", jobId: "job_own", sourceKind: "sqlite", destinationName: ad("own-backup") },
      { id: "art_key", runId: "run_4", jobId: "job_key", sourceKind: "directory", destinationName: ad("key-backup") },
    ].map((row) => ({ ...row, jobName: "x", path: "x", ...backup })),
  );
}

async function insertEventsAndAlerts(): Promise<void> {
  const { orm, t } = database();
  const text = (title: string, message: string, fact: string): Text => ({ title, message, fact });
  const restore = {
    subjectKind: "restore" as const,
    subjectId: `/${op("subject-id")}`,
    subjectName: `/${op("subject")}`,
  };
  const own = { jobId: null, runId: null };
  const login = text(op("login"), op("login-message"), ad("login-fact"));
  await orm
    .insert(t.events)
    .values([
      eventRow("evt_failed", "backup.failed", text(all("failed"), op("failed-message"), all("fact"))),
      eventRow("evt_done", "backup.completed", text(all("done"), all("done-message"), all("done-fact"))),
      eventRow(
        "evt_restore",
        "restore.failed",
        text(op("restore"), op("restore-message"), op("restore-fact")),
        restore,
      ),
      eventRow("evt_login", "user.login", login, own),
      eventRow("evt_created", "user.created", text(all("created"), all("created-message"), ad("created-fact")), own),
      eventRow("evt_config", "config_backup.failed", text(ad("config"), ad("config-message"), ad("config-fact")), own),
      eventRow("evt_channel", "channel.failing", text(ad("refused"), ad("refused-message"), ad("refused-fact")), own),
      eventRow("evt_system", "system.error", text(all("system"), op("system-message"), op("system-fact")), own),
      eventRow("evt_custom", "custom.notification", text(all("custom"), op("custom-message"), op("custom-fact")), own),
    ]);
  const alert = {
    status: "firing" as const,
    tone: "failure" as const,
    severity: "critical" as const,
    count: 1,
    openedAt: at,
  };
  const about = { subjectKind: "job" as const, subjectId: "job_1", subjectName: all("job"), lastAt: at };
  await orm.insert(t.alerts).values([
    {
      id: "alr_1",
      type: "backup.failed",
      dedupKey: "backup.failed:job_1",
      title: all("alert"),
      message: op("alert-message"),
      ...alert,
      ...about,
    },
    {
      id: "alr_2",
      type: "channel.failing",
      dedupKey: `channel.failing:chn_mail:${ad("key")}`,
      title: ad("alert"),
      message: ad("alert-message"),
      ...alert,
      ...about,
    },
    {
      id: "alr_3",
      type: "config_backup.failed",
      dedupKey: "config_backup.failed:x",
      title: ad("config-alert"),
      message: ad("config-alert-message"),
      ...alert,
      ...about,
    },
    {
      id: "alr_4",
      type: "restore.failed",
      dedupKey: `restore.failed:/${op("key")}`,
      title: op("restore-alert"),
      message: op("restore-alert-message"),
      ...alert,
      ...about,
      ...restore,
    },
    {
      id: "alr_5",
      type: "custom.notification",
      dedupKey: `custom:key_1:${op("custom-key")}`,
      title: all("custom-alert"),
      message: op("custom-alert-message"),
      ...alert,
      ...about,
    },
  ]);
}

async function insertDeliveries(): Promise<void> {
  const { orm, t } = database();
  const mail = { channelId: "chn_mail", channelName: all("mail"), provider: "email" };
  const folded = { status: "folded" as const, reasonCode: "digest" as const, reason: null, foldedInto: "dlv_digest" };
  const digest = {
    type: "digest",
    typeName: "Digest",
    tone: "failure" as const,
    severity: "critical" as const,
    title: "2 at once",
    message: `${op("digest-login")} and ${op("digest-restore")}`,
    fields: [],
    at,
  };
  await orm.insert(t.deliveries).values([
    deliveryRow("dlv_chat", "evt_failed", all("failed"), op("chat"), { alertId: "alr_1" }),
    deliveryRow("dlv_mail", "evt_failed", all("failed"), ad("mail"), {
      ...mail,
      refused: [{ recipient: ad("refused-recipient"), reason: ad("refused-reason"), retryable: false }],
    }),
    deliveryRow("dlv_created", "evt_created", all("created"), ad("created")),
    deliveryRow("dlv_login", "evt_login", op("login"), ad("login"), { ...mail, recipient: ad("recipient") }),
    deliveryRow("dlv_config", "evt_config", ad("config"), ad("config-delivery")),
    deliveryRow("dlv_channel", "evt_channel", ad("refused"), ad("channel-delivery")),
    deliveryRow("dlv_digest", "evt_done", "2 at once", ad("digest"), {
      kind: "digest" as const,
      foldedCount: 2,
      notification: digest,
    }),
    deliveryRow("dlv_folded_1", "evt_login", op("login"), ad("folded"), folded),
    deliveryRow("dlv_folded_2", "evt_restore", op("restore"), op("folded"), folded),
    deliveryRow("dlv_custom", "evt_custom", all("custom"), op("custom")),
  ]);
  await orm
    .insert(t.attempts)
    .values([
      attemptRow("dlv_chat", op("chat-attempt")),
      attemptRow("dlv_mail", ad("mail-attempt")),
      attemptRow("dlv_created", ad("created-attempt")),
      attemptRow("dlv_login", ad("login-attempt")),
      attemptRow("dlv_digest", ad("digest-attempt")),
    ]);
}

async function insertRouting(): Promise<void> {
  const { orm, t } = database();
  await orm.insert(t.silences).values({
    id: "sil_1",
    reason: op("silence"),
    match: "all",
    conditions: [{ field: "job", op: "is", value: all("silenced-job") }],
    startsAt: at,
    effect: "hold",
    createdByName: all("silencer"),
    ...times,
  });
  await orm.insert(t.profiles).values({ id: "prf_1", name: all("profile"), isDefault: false, ...times });
  await orm.insert(t.profileNotifications).values({
    id: "prn_1",
    profileId: "prf_1",
    channelId: "chn_chat",
    position: 0,
    condition: "failure",
    repeat: "every",
    notifyOnRecovery: true,
    title: op("profile-title"),
    includeLog: false,
    logLimit: 1_000,
  });
  await orm.insert(t.escalationPolicies).values({
    id: "esc_1",
    name: op("policy"),
    steps: [{ afterMinutes: 5, channels: ["chn_chat"], users: [] }],
    repeat: 0,
    ...times,
  });
  await orm.insert(t.routes).values({
    id: "rte_1",
    name: op("route"),
    enabled: false,
    position: 0,
    match: "all",
    conditions: [{ field: "label", op: "is", value: op("route-label") }],
    channelIds: ["chn_chat"],
    escalationPolicyId: "esc_1",
    ...times,
  });
}

/** An archive that a program reported: its names say what is backed up. */
function markedArchive() {
  const sizes = { originalBytes: 9, compressedBytes: 9, deduplicatedBytes: 9, files: 1 };
  const names = { repository: op("reported-place"), label: op("reported-label"), name: op("reported-archive") };
  return { ...names, id: "abc", startedAt: 1, durationMs: 1, ...sizes };
}

/** A real repository with one archive, whose name operators may read, and what is in it administrators. */
async function insertRealRepository(dataDir: string): Promise<void> {
  const location = join(dataDir, "backups", "marked-borg");
  const files = join(dataDir, "backups", "marked-files");
  mkdirSync(files, { recursive: true });
  writeFileSync(join(files, `${FOR_ADMINS}entry`), `${FOR_ADMINS}content`);
  const env = {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    LC_ALL: "C.UTF-8",
    NODE_ENV: "test" as const,
    BORG_BASE_DIR: join(dataDir, "marked-base"),
  };
  execFileSync("borg", ["init", "--encryption", "none", location], { env });
  execFileSync("borg", ["create", `${location}::${op("archive")}`, "."], { env, cwd: files });
  const { orm, t } = database();
  const row = { id: "repo_real", name: "real", kind: "borg" as const, location, encryption: "none" };
  await orm.insert(t.repositories).values({ ...row, compactsAfterPrune: true, ...times });
}

async function insertRepositories(): Promise<void> {
  const { orm, t } = database();
  await orm.insert(t.repositories).values({
    id: "repo_1",
    name: all("repository"),
    kind: "borg",
    location: `ssh://${op("repository-user")}@127.0.0.1/srv/borg`,
    encryption: "repokey-blake2",
    hostKey: op("repository-host-key"),
    mounts: { "/srv/borg": `/${op("repository-mount")}` },
    compactsAfterPrune: true,
    ...times,
  });
  await orm.insert(t.repositoryStates).values({
    repositoryId: "repo_1",
    archives: 3,
    originalBytes: 3,
    compressedBytes: 2,
    deduplicatedBytes: 1,
    readAt: at,
  });
}

async function insertSyncs(): Promise<void> {
  const { orm, t } = database();
  await orm.insert(t.syncs).values({
    id: "syn_1",
    name: all("sync"),
    path: `/${op("sync-path")}`,
    destinationId: "dst_1",
    folder: `syncs/${all("sync-folder")}`,
    afterJobId: "job_1",
    deleteRemoved: true,
    enabled: true,
    ...times,
  });
  await orm.insert(t.syncedFiles).values({
    syncId: "syn_1",
    path: op("sync-file"),
    bytes: 1,
    stamp: "1.1",
    sha256: ad("sync-hash"),
    mark: ad("sync-mark"),
    missingSince: at,
  });
}

async function insertClients(): Promise<void> {
  const { orm, t } = database();
  await orm.insert(t.clients).values({
    id: "cli_1",
    name: all("client"),
    tokenHash: ad("client-hash"),
    hint: ad("client-hint"),
    intervalSeconds: 60,
    intermittent: false,
    muted: true,
    ...times,
  });
  await orm.insert(t.clientStates).values({
    clientId: "cli_1",
    status: "offline",
    firstSeenAt: at,
    lastSeenAt: at,
    intervalSeconds: 60,
    hostname: op("client-host"),
    version: all("client-version"),
    disks: [{ mount: `/${op("client-mount")}`, totalBytes: 2, freeBytes: 1 }],
  });
}

/**
 * Fills an installation with a row of every kind whose values are marked by who may read them, and in which nothing is
 * due. @param dataDir of the installation
 */
export async function insertMarkedRows(dataDir: string): Promise<void> {
  await insertPeopleAndPlaces(dataDir);
  await insertJobsAndBackups();
  await insertEventsAndAlerts();
  await insertDeliveries();
  await insertRouting();
  await insertClients();
  await insertRepositories();
  await insertRealRepository(dataDir);
  await insertSyncs();
}
