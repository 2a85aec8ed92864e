import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  customType,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from "drizzle-orm/pg-core";
import type { AlertResolution, AlertStatus } from "@/lib/core/alert";
import type { BackupContents } from "@/lib/core/backup-contents";
import type {
  AttemptOutcome,
  DeliveryKind,
  DeliveryStatus,
  DeliveryText,
  RateLimit,
  Route,
  TextSet,
} from "@/lib/core/delivery";
import type { Holder, ReasonCode } from "@/lib/core/delivery-reason";
import type { EventData, SubjectKind } from "@/lib/core/event";
import type { Compression, Condition, JobKind, JobState, Repeat } from "@/lib/core/job";
import type { Notification } from "@/lib/core/notification";
import type { RefusedRecipient } from "@/lib/core/refused-recipient";
import type { Role } from "@/lib/core/role";
import type { RunExecutor, RunKind, RunStatus, RunTrigger } from "@/lib/core/run";
import type { SignInMethod } from "@/lib/core/session";
import type { Severity } from "@/lib/core/severity";
import type { Tone } from "@/lib/core/tone";
import type { AccountStatus, AuditActorKind, ChannelHealth, RunParams } from "./shapes";
import { listJson, notificationJson, objectJson } from "./stored-json";

// Times are integer milliseconds. The SQLite schema documents the columns; parity.test.ts keeps both the same.
const ms = (name: string) => bigint(name, { mode: "number" });
const flag = (name: string) => boolean(name);
const stored = (read: (value: unknown) => unknown) =>
  customType<{ data: unknown; driverData: unknown }>({
    dataType: () => "json",
    toDriver: (value) => (value === null ? null : JSON.stringify(value)),
    fromDriver: (value) => read(value),
  });
/** Keeps null in a nullable column. */
const orNull = (read: (value: unknown) => unknown) => (value: unknown) => (value === null ? null : read(value));
const json = stored((value) => value);
const jsonObject = stored(objectJson);
const jsonObjectOrNull = stored(orNull(objectJson));
const jsonList = stored(listJson);
const jsonListOrNull = stored(orNull(listJson));
const jsonNotification = stored(notificationJson);
const jsonNotificationOrNull = stored(orNull(notificationJson));

export const settings = pgTable("settings", {
  key: text("key").primaryKey(),
  value: json("value").$type<unknown>().notNull(),
  updatedAt: ms("updated_at").notNull(),
});

export const systemState = pgTable("system_state", {
  key: text("key").primaryKey(),
  value: json("value").$type<unknown>().notNull(),
  updatedAt: ms("updated_at").notNull(),
});

export const users = pgTable(
  "users",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    email: text("email").notNull(),
    emailKey: text("email_key").notNull(),
    role: text("role").$type<Role>().notNull(),
    status: text("status").$type<AccountStatus>().notNull(),
    passwordHash: text("password_hash"),
    sessionVersion: integer("session_version").notNull(),
    timezone: text("timezone"),
    lastLoginAt: ms("last_login_at"),
    createdAt: ms("created_at").notNull(),
    updatedAt: ms("updated_at").notNull(),
  },
  (t) => [uniqueIndex("users_email_key").on(t.emailKey)],
);
export const loginGuards = pgTable("login_guards", {
  key: text("key").primaryKey(),
  userId: text("user_id"),
  failures: integer("failures").notNull(),
  lastFailureAt: ms("last_failure_at").notNull(),
  lockedUntil: ms("locked_until"),
});

export const sessions = pgTable(
  "sessions",
  {
    id: text("id").primaryKey(),
    tokenHash: text("token_hash").notNull(),
    userId: text("user_id").notNull(),
    method: text("method").$type<SignInMethod>().notNull(),
    address: text("address"),
    device: text("device"),
    createdAt: ms("created_at").notNull(),
    lastSeenAt: ms("last_seen_at").notNull(),
  },
  (t) => [uniqueIndex("sessions_token").on(t.tokenHash), index("sessions_user").on(t.userId)],
);

export const invitations = pgTable(
  "invitations",
  {
    id: text("id").primaryKey(),
    userId: text("user_id").notNull(),
    tokenHash: text("token_hash").notNull(),
    expiresAt: ms("expires_at").notNull(),
    usedAt: ms("used_at"),
    createdAt: ms("created_at").notNull(),
  },
  (t) => [uniqueIndex("invitations_token").on(t.tokenHash), index("invitations_user").on(t.userId)],
);

export const apiKeys = pgTable(
  "api_keys",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    role: text("role").$type<Role>().notNull(),
    keyHash: text("key_hash").notNull(),
    hint: text("hint").notNull(),
    createdBy: text("created_by"),
    createdByName: text("created_by_name"),
    ownerId: text("owner_id"),
    createdAt: ms("created_at").notNull(),
    lastUsedAt: ms("last_used_at"),
    expiresAt: ms("expires_at"),
    revokedAt: ms("revoked_at"),
  },
  (t) => [uniqueIndex("api_keys_hash").on(t.keyHash), index("api_keys_owner").on(t.ownerId)],
);

export const auditLog = pgTable(
  "audit_log",
  {
    id: text("id").primaryKey(),
    at: ms("at").notNull(),
    actorKind: text("actor_kind").$type<AuditActorKind>().notNull(),
    actorId: text("actor_id"),
    actorName: text("actor_name").notNull(),
    address: text("address"),
    verb: text("verb").notNull(),
    entity: text("entity"),
    entityId: text("entity_id"),
    entityName: text("entity_name"),
    detail: json("detail").$type<Record<string, unknown>>(),
  },
  (t) => [index("audit_entity").on(t.entity, t.entityId)],
);

export const channels = pgTable(
  "channels",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    provider: text("provider").notNull(),
    enabled: flag("enabled").notNull(),
    config: json("config").$type<Record<string, unknown>>().notNull(),
    secrets: text("secrets"),
    subscriptions: jsonList("subscriptions").$type<string[]>().notNull(),
    /** Notifications below this severity are not sent here; none: everything is. */
    minSeverity: text("min_severity").$type<Severity>(),
    /** Deliveries are held until then. */
    mutedUntil: ms("muted_until"),
    /** The administrator's rate limit, besides the service's. */
    rateLimit: jsonObjectOrNull("rate_limit").$type<RateLimit>(),
    /** Custom text for everything that goes through this channel. */
    texts: jsonObjectOrNull("texts").$type<TextSet>(),
    createdAt: ms("created_at").notNull(),
    updatedAt: ms("updated_at").notNull(),
  },
  (t) => [uniqueIndex("channels_name").on(t.name)],
);
export const channelStates = pgTable("channel_states", {
  channelId: text("channel_id").primaryKey(),
  health: text("health").$type<ChannelHealth>().notNull(),
  retryingSince: ms("retrying_since"),
  failures: integer("failures").notNull(),
  nextProbeAt: ms("next_probe_at"),
  pausedUntil: ms("paused_until"),
  pausedSince: ms("paused_since"),
  failingSince: ms("failing_since"),
  lastSuccessAt: ms("last_success_at"),
  lastErrorAt: ms("last_error_at"),
  lastError: text("last_error"),
  queueOwner: text("queue_owner"),
  queueUntil: ms("queue_until"),
  queueToken: integer("queue_token").notNull().default(0),
});

export const sources = pgTable(
  "sources",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    kind: text("kind").notNull(),
    config: json("config").$type<Record<string, unknown>>().notNull(),
    secrets: text("secrets"),
    /** The mount point of each of its local paths when it was saved. */
    mounts: jsonObjectOrNull("mounts").$type<Record<string, string>>(),
    createdAt: ms("created_at").notNull(),
    updatedAt: ms("updated_at").notNull(),
  },
  (t) => [uniqueIndex("sources_name").on(t.name)],
);

export const destinations = pgTable(
  "destinations",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    kind: text("kind").notNull(),
    config: json("config").$type<Record<string, unknown>>().notNull(),
    secrets: text("secrets"),
    /** The mount point of each of its local paths when it was saved. */
    mounts: jsonObjectOrNull("mounts").$type<Record<string, string>>(),
    createdAt: ms("created_at").notNull(),
    updatedAt: ms("updated_at").notNull(),
  },
  (t) => [uniqueIndex("destinations_name").on(t.name)],
);

export const jobs = pgTable(
  "jobs",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    slug: text("slug").notNull(),
    kind: text("kind").$type<JobKind>().notNull(),
    sourceId: text("source_id"),
    cron: text("cron"),
    timezone: text("timezone"),
    enabled: flag("enabled").notNull(),
    compression: text("compression").$type<Compression>(),
    keepLast: integer("keep_last"),
    timeLimitMinutes: integer("time_limit_minutes"),
    graceMinutes: integer("grace_minutes").notNull(),
    retries: integer("retries").notNull(),
    /** A backup with a smaller share of the usual bytes is suspect, in percent. */
    leastBytesPercent: integer("least_bytes_percent").notNull().default(20),
    /** The same of its files or tables. */
    leastItemsPercent: integer("least_items_percent").notNull().default(50),
    /** A backup of nothing is no failure. */
    mayBeEmpty: flag("may_be_empty").notNull().default(false),
    /** Days between restore tests; 0: one after each run. None: no restore tests. */
    restoreTestDays: integer("restore_test_days"),
    nextRunAt: ms("next_run_at"),
    createdAt: ms("created_at").notNull(),
    updatedAt: ms("updated_at").notNull(),
  },
  (t) => [
    uniqueIndex("jobs_name").on(t.name),
    uniqueIndex("jobs_slug").on(t.slug),
    index("jobs_due").on(t.nextRunAt),
    check(
      "jobs_managed_whole",
      sql`kind <> 'managed' or (source_id is not null and compression is not null and keep_last is not null)`,
    ),
  ],
);

export const jobDestinations = pgTable(
  "job_destinations",
  {
    jobId: text("job_id").notNull(),
    destinationId: text("destination_id").notNull(),
    position: integer("position").notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.jobId, t.destinationId] }),
    index("job_destinations_destination").on(t.destinationId),
  ],
);
export const jobNotifications = pgTable(
  "job_notifications",
  {
    id: text("id").primaryKey(),
    jobId: text("job_id").notNull(),
    channelId: text("channel_id").notNull(),
    position: integer("position").notNull(),
    condition: text("condition").$type<Condition>().notNull(),
    states: jsonListOrNull("states").$type<JobState[]>(),
    repeat: text("repeat").$type<Repeat>().notNull(),
    remindHours: integer("remind_hours"),
    notifyOnRecovery: flag("notify_on_recovery").notNull(),
    title: text("title"),
    message: text("message"),
    /** Whether the facts follow the message; null: as the channel says. */
    showFacts: flag("show_facts"),
    priority: text("priority"),
    tags: jsonListOrNull("tags").$type<string[]>(),
    sound: text("sound"),
    /** Custom text of single outcomes. */
    outcomes: jsonObjectOrNull("outcomes").$type<NonNullable<TextSet["outcomes"]>>(),
    includeLog: flag("include_log").notNull(),
    logLimit: integer("log_limit").notNull(),
  },
  (t) => [
    uniqueIndex("job_notifications_once").on(t.jobId, t.channelId),
    index("job_notifications_channel").on(t.channelId),
  ],
);

export const runs = pgTable(
  "runs",
  {
    id: text("id").primaryKey(),
    kind: text("kind").$type<RunKind>().notNull(),
    executor: text("executor").$type<RunExecutor>().notNull().default("worker"),
    jobId: text("job_id"),
    name: text("name").notNull(),
    status: text("status").$type<RunStatus>().notNull(),
    trigger: text("trigger").$type<RunTrigger>().notNull(),
    actorName: text("actor_name"),
    params: jsonObject("params").$type<RunParams>().notNull(),
    queuedAt: ms("queued_at").notNull(),
    dueAt: ms("due_at"),
    startedAt: ms("started_at"),
    finishedAt: ms("finished_at"),
    notBefore: ms("not_before"),
    attempts: integer("attempts").notNull(),
    bytes: ms("bytes"),
    files: integer("files"),
    error: text("error"),
    advice: text("advice"),
    cancelRequestedAt: ms("cancel_requested_at"),
    workerId: text("worker_id"),
    heartbeatAt: ms("heartbeat_at"),
    /** The file that it stores, known before it is written: after a crash it is looked for. */
    artifactPath: text("artifact_path"),
    eventId: text("event_id"),
  },
  (t) => [
    index("runs_job").on(t.jobId, t.id),
    index("runs_open").on(t.status, t.queuedAt).where(sql`status in ('queued', 'running')`),
    index("runs_without_event").on(t.finishedAt).where(sql`event_id is null`),
    index("runs_finished").on(t.finishedAt),
  ],
);
export const runLogs = pgTable(
  "run_logs",
  {
    runId: text("run_id").notNull(),
    seq: integer("seq").notNull(),
    at: ms("at").notNull(),
    text: text("text").notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.seq] })],
);
export const artifacts = pgTable(
  "artifacts",
  {
    id: text("id").primaryKey(),
    runId: text("run_id").notNull(),
    jobId: text("job_id"),
    jobName: text("job_name").notNull(),
    destinationId: text("destination_id").notNull(),
    destinationName: text("destination_name").notNull(),
    sourceKind: text("source_kind").notNull(),
    compression: text("compression").$type<Compression>().notNull(),
    path: text("path").notNull(),
    bytes: ms("bytes").notNull(),
    sha256: text("sha256").notNull(),
    /** The installation that stored it: no other removes it. */
    installationId: text("installation_id"),
    /** Bytes before compression. */
    rawBytes: ms("raw_bytes"),
    contents: jsonObjectOrNull("contents").$type<BackupContents>(),
    /** What it was made of, where that is a path: absolute, without links. Restores may go over it. */
    sourcePath: text("source_path"),
    /** Why it is suspect, in a sentence: it does not count among the backups that are kept until a person accepts it. */
    suspicion: text("suspicion"),
    acceptedAt: ms("accepted_at"),
    acceptedBy: text("accepted_by"),
    /** When it was last restored completely, as a test or for good. */
    provenAt: ms("proven_at"),
    /** Why the last restore test failed; none when it succeeded. */
    proofError: text("proof_error"),
    createdAt: ms("created_at").notNull(),
  },
  (t) => [
    index("artifacts_job").on(t.jobId, t.id),
    index("artifacts_run").on(t.runId),
    index("artifacts_destination").on(t.destinationId),
  ],
);
export const events = pgTable(
  "events",
  {
    id: text("id").primaryKey(),
    type: text("type").notNull(),
    at: ms("at").notNull(),
    subjectKind: text("subject_kind").$type<SubjectKind>().notNull(),
    subjectId: text("subject_id").notNull(),
    subjectName: text("subject_name").notNull(),
    tone: text("tone").$type<Tone>().notNull(),
    severity: text("severity").$type<Severity>().notNull(),
    dedupKey: text("dedup_key"),
    alertId: text("alert_id"),
    jobId: text("job_id"),
    runId: text("run_id"),
    isTest: flag("is_test").notNull(),
    data: jsonObject("data").$type<EventData>().notNull(),
    notification: jsonNotification("notification").$type<Notification>().notNull(),
    apiKeyId: text("api_key_id"),
    idempotencyKey: text("idempotency_key"),
  },
  (t) => [
    uniqueIndex("events_idempotency").on(t.apiKeyId, t.idempotencyKey).where(sql`idempotency_key is not null`),
    index("events_alert").on(t.alertId).where(sql`alert_id is not null`),
    index("events_job").on(t.jobId, t.id).where(sql`job_id is not null`),
    index("events_run").on(t.runId).where(sql`run_id is not null`),
  ],
);
export const alerts = pgTable(
  "alerts",
  {
    id: text("id").primaryKey(),
    type: text("type").notNull(),
    dedupKey: text("dedup_key").notNull(),
    status: text("status").$type<AlertStatus>().notNull(),
    subjectKind: text("subject_kind").$type<SubjectKind>().notNull(),
    subjectId: text("subject_id").notNull(),
    subjectName: text("subject_name").notNull(),
    tone: text("tone").$type<Tone>().notNull(),
    severity: text("severity").$type<Severity>().notNull(),
    title: text("title").notNull(),
    message: text("message").notNull(),
    count: integer("count").notNull(),
    openedAt: ms("opened_at").notNull(),
    lastAt: ms("last_at").notNull(),
    acknowledgedAt: ms("acknowledged_at"),
    acknowledgedBy: text("acknowledged_by"),
    resolvedAt: ms("resolved_at"),
    resolution: text("resolution").$type<AlertResolution>(),
    resolvedBy: text("resolved_by"),
  },
  (t) => [
    uniqueIndex("alerts_open_key").on(t.dedupKey).where(sql`status <> 'resolved'`),
    index("alerts_open").on(t.id).where(sql`status <> 'resolved'`),
    index("alerts_subject").on(t.subjectKind, t.subjectId).where(sql`status <> 'resolved'`),
    index("alerts_resolved_at").on(t.resolvedAt).where(sql`status = 'resolved'`),
  ],
);
export const deliveries = pgTable(
  "deliveries",
  {
    id: text("id").primaryKey(),
    eventId: text("event_id").notNull(),
    channelId: text("channel_id"),
    recipient: text("recipient").notNull(),
    userId: text("user_id"),
    kind: text("kind").$type<DeliveryKind>().notNull(),
    step: integer("step").notNull(),
    status: text("status").$type<DeliveryStatus>().notNull(),
    alertId: text("alert_id"),
    orderKey: text("order_key"),
    route: text("route").$type<Route>().notNull(),
    ruleId: text("rule_id"),
    notifyOnRecovery: flag("notify_on_recovery").notNull(),
    remindHours: integer("remind_hours"),
    channelName: text("channel_name").notNull(),
    provider: text("provider").notNull(),
    title: text("title").notNull(),
    tone: text("tone").$type<Tone>().notNull(),
    severity: text("severity").$type<Severity>().notNull(),
    notification: jsonNotificationOrNull("notification").$type<Notification>(),
    text: jsonObjectOrNull("text").$type<DeliveryText>(),
    createdAt: ms("created_at").notNull(),
    dueAt: ms("due_at").notNull(),
    giveUpAt: ms("give_up_at").notNull(),
    leaseUntil: ms("lease_until"),
    leaseToken: integer("lease_token"),
    attemptCount: integer("attempt_count").notNull(),
    lastAttemptAt: ms("last_attempt_at"),
    settledAt: ms("settled_at"),
    reason: text("reason"),
    reasonCode: text("reason_code").$type<ReasonCode>(),
    heldBy: text("held_by").$type<Holder>(),
    heldById: text("held_by_id"),
    receipt: text("receipt"),
    payload: json("payload").$type<unknown>(),
    foldedInto: text("folded_into"),
    foldedCount: integer("folded_count").notNull(),
    remaining: jsonListOrNull("remaining").$type<string[]>(),
    /** Of several recipients those that the service refused so far, in its own words. */
    refused: jsonListOrNull("refused").$type<RefusedRecipient[]>(),
  },
  (t) => [
    uniqueIndex("deliveries_once").on(t.eventId, t.channelId, t.recipient, t.kind, t.step),
    index("deliveries_due").on(t.channelId, t.id).where(sql`status = 'pending'`),
    index("deliveries_due_at").on(t.channelId, t.dueAt).where(sql`status = 'pending'`),
    index("deliveries_waiting")
      .on(t.orderKey, t.id)
      .where(sql`order_key is not null and status in ('pending', 'sending', 'held')`),
    index("deliveries_alert").on(t.alertId).where(sql`alert_id is not null`),
    index("deliveries_status").on(t.status, t.id).where(sql`status in ('dead', 'canceled', 'folded', 'held')`),
    index("deliveries_in_hand").on(t.kind, t.status, t.dueAt).where(sql`status in ('pending', 'sending')`),
    index("deliveries_channel").on(t.channelId, t.id),
    index("deliveries_settled").on(t.settledAt).where(sql`settled_at is not null`),
  ],
);

export const attempts = pgTable(
  "attempts",
  {
    deliveryId: text("delivery_id").notNull(),
    number: integer("number").notNull(),
    at: ms("at").notNull(),
    latencyMs: integer("latency_ms").notNull(),
    outcome: text("outcome").$type<AttemptOutcome>().notNull(),
    status: integer("status"),
    error: text("error"),
    advice: text("advice"),
    answer: text("answer"),
    retryAfterMs: integer("retry_after_ms"),
  },
  (t) => [primaryKey({ columns: [t.deliveryId, t.number] })],
);
