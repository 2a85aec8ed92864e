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
import type { ClientDisk, ClientPresence, DiskThreshold } from "@/lib/core/client";
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
import type { DestinationWatch } from "@/lib/core/destination-watch";
import type { EscalationStep } from "@/lib/core/escalation";
import type { EventData, SubjectKind } from "@/lib/core/event";
import type { JobHooks } from "@/lib/core/hook";
import type { InboxPreferences } from "@/lib/core/inbox";
import type { Compression, Condition, JobKind, JobState, Keywords, Repeat, ReportMethods } from "@/lib/core/job";
import type { LabelledKind } from "@/lib/core/label";
import type { MatchCondition, MatchMode } from "@/lib/core/matching";
import type { Notification } from "@/lib/core/notification";
import type { QuietHours } from "@/lib/core/quiet-hours";
import type { RefusedRecipient } from "@/lib/core/refused-recipient";
import type { ReportOwner, ReportPeriod, ReportSettings } from "@/lib/core/report";
import type { ReportedArchive } from "@/lib/core/reported-archive";
import type { RepositoryKind, RepositoryTask, Retention } from "@/lib/core/repository";
import type { Role } from "@/lib/core/role";
import type { SuppressedDelivery } from "@/lib/core/routing";
import type { RunExecutor, RunKind, RunReasonCode, RunStatus, RunTrigger } from "@/lib/core/run";
import type { RunProgress } from "@/lib/core/run-progress";
import type { SignInMethod } from "@/lib/core/session";
import type { Severity } from "@/lib/core/severity";
import type { KeywordState, SignalState } from "@/lib/core/signal";
import type { SilenceEffect, SilenceRecurrence } from "@/lib/core/silence";
import type { StorageState, StorageThreshold } from "@/lib/core/storage";
import type { Tone } from "@/lib/core/tone";
import type { WebhookMapping } from "@/lib/core/webhook-mapping";
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
    inbox: jsonObjectOrNull("inbox").$type<InboxPreferences>(),
    quietHours: jsonObjectOrNull("quiet_hours").$type<QuietHours>(),
    reports: jsonObjectOrNull("reports").$type<ReportSettings>(),
    /** The clients that the account is limited to; null: it sees whatever its role does. */
    clientIds: jsonListOrNull("client_ids").$type<string[]>(),
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
    quietHours: jsonObjectOrNull("quiet_hours").$type<QuietHours>(),
    reports: jsonObjectOrNull("reports").$type<ReportSettings>(),
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
    threshold: jsonObjectOrNull("threshold").$type<StorageThreshold>(),
    /** What is watched of it beside how full it is; null: nothing. */
    watch: jsonObjectOrNull("watch").$type<DestinationWatch>(),
    createdAt: ms("created_at").notNull(),
    updatedAt: ms("updated_at").notNull(),
  },
  (t) => [uniqueIndex("destinations_name").on(t.name)],
);

export const repositories = pgTable(
  "repositories",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    kind: text("kind").$type<RepositoryKind>().notNull(),
    location: text("location").notNull(),
    encryption: text("encryption").notNull(),
    secrets: text("secrets"),
    hostKey: text("host_key"),
    mounts: jsonObjectOrNull("mounts").$type<Record<string, string>>(),
    checkCron: text("check_cron"),
    compactCron: text("compact_cron"),
    pruneCron: text("prune_cron"),
    timezone: text("timezone"),
    retention: jsonObjectOrNull("retention").$type<Retention>(),
    compactsAfterPrune: flag("compacts_after_prune").notNull(),
    threshold: jsonObjectOrNull("threshold").$type<StorageThreshold>(),
    createdAt: ms("created_at").notNull(),
    updatedAt: ms("updated_at").notNull(),
  },
  (t) => [uniqueIndex("repositories_name").on(t.name), uniqueIndex("repositories_location").on(t.location)],
);

export const repositoryStates = pgTable("repository_states", {
  repositoryId: text("repository_id").primaryKey(),
  archives: integer("archives").notNull(),
  originalBytes: ms("original_bytes"),
  compressedBytes: ms("compressed_bytes"),
  deduplicatedBytes: ms("deduplicated_bytes"),
  readAt: ms("read_at").notNull(),
});

export const repositorySlots = pgTable(
  "repository_slots",
  {
    repositoryId: text("repository_id").notNull(),
    task: text("task").$type<RepositoryTask>().notNull(),
    cron: text("cron").notNull(),
    timezone: text("timezone"),
    nextAt: ms("next_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.repositoryId, t.task] }), index("repository_slots_next").on(t.nextAt)],
);

export const jobs = pgTable(
  "jobs",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    slug: text("slug").notNull(),
    kind: text("kind").$type<JobKind>().notNull(),
    sourceId: text("source_id"),
    repositoryId: text("repository_id"),
    clientId: text("client_id"),
    clientJob: text("client_job"),
    cron: text("cron"),
    timezone: text("timezone"),
    periodMinutes: integer("period_minutes"),
    onCalendar: text("on_calendar"),
    methods: text("methods").$type<ReportMethods>(),
    keywords: jsonObjectOrNull("keywords").$type<Keywords>(),
    webhookMapping: jsonObjectOrNull("webhook_mapping").$type<WebhookMapping>(),
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
    /** Programs of the operator's list that run around its backups. */
    hooks: jsonObjectOrNull("hooks").$type<JobHooks>(),
    profileId: text("profile_id"),
    /** Hours without a backup after which the job is overdue; 0: never. Null: by its schedule. */
    overdueAfterHours: integer("overdue_after_hours"),
    /** When it was last enabled, or came with a restored configuration; null: when it was created. */
    enabledAt: ms("enabled_at"),
    nextRunAt: ms("next_run_at"),
    createdAt: ms("created_at").notNull(),
    updatedAt: ms("updated_at").notNull(),
  },
  (t) => [
    uniqueIndex("jobs_name").on(t.name),
    uniqueIndex("jobs_slug").on(t.slug),
    index("jobs_due").on(t.nextRunAt),
    index("jobs_profile").on(t.profileId),
    index("jobs_repository").on(t.repositoryId).where(sql`repository_id is not null`),
    index("jobs_client").on(t.clientId).where(sql`client_id is not null`),
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
const ruleColumns = () => ({
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
  /** Whom the service alerts by name, each in its format. */
  mentions: jsonListOrNull("mentions").$type<string[]>(),
  /** Custom text of single outcomes. */
  outcomes: jsonObjectOrNull("outcomes").$type<NonNullable<TextSet["outcomes"]>>(),
  includeLog: flag("include_log").notNull(),
  logLimit: integer("log_limit").notNull(),
  afterCount: integer("after_count"),
  afterHours: integer("after_hours"),
  escalationPolicyId: text("escalation_policy_id"),
});

export const jobNotifications = pgTable(
  "job_notifications",
  {
    id: text("id").primaryKey(),
    jobId: text("job_id").notNull(),
    ...ruleColumns(),
  },
  (t) => [
    uniqueIndex("job_notifications_once").on(t.jobId, t.channelId),
    index("job_notifications_channel").on(t.channelId),
  ],
);

export const profiles = pgTable(
  "profiles",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    isDefault: flag("is_default").notNull(),
    createdAt: ms("created_at").notNull(),
    updatedAt: ms("updated_at").notNull(),
  },
  (t) => [uniqueIndex("profiles_name").on(t.name)],
);

export const profileNotifications = pgTable(
  "profile_notifications",
  {
    id: text("id").primaryKey(),
    profileId: text("profile_id").notNull(),
    ...ruleColumns(),
  },
  (t) => [
    uniqueIndex("profile_notifications_once").on(t.profileId, t.channelId),
    index("profile_notifications_channel").on(t.channelId),
  ],
);

export const clients = pgTable(
  "clients",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    tokenHash: text("token_hash").notNull(),
    hint: text("hint").notNull(),
    intervalSeconds: integer("interval_seconds").notNull(),
    offlineAfterMinutes: integer("offline_after_minutes"),
    intermittent: flag("intermittent").notNull(),
    muted: flag("muted").notNull(),
    diskThresholds: jsonList("disk_thresholds").$type<DiskThreshold[]>().notNull().default([]),
    createdAt: ms("created_at").notNull(),
    updatedAt: ms("updated_at").notNull(),
    revokedAt: ms("revoked_at"),
  },
  (t) => [uniqueIndex("clients_name").on(t.name), uniqueIndex("clients_token").on(t.tokenHash)],
);
export const clientStates = pgTable(
  "client_states",
  {
    clientId: text("client_id").primaryKey(),
    status: text("status").$type<ClientPresence>().notNull(),
    firstSeenAt: ms("first_seen_at").notNull(),
    lastSeenAt: ms("last_seen_at").notNull(),
    intervalSeconds: integer("interval_seconds").notNull(),
    hostname: text("hostname").notNull(),
    version: text("version").notNull(),
    uptimeSeconds: integer("uptime_seconds"),
    disks: jsonList("disks").$type<ClientDisk[]>().notNull(),
    jobs: jsonList("jobs").$type<string[]>().notNull().default([]),
    offlineSince: ms("offline_since"),
    reportedAt: ms("reported_at"),
  },
  (t) => [index("client_states_seen").on(t.status, t.lastSeenAt)],
);

export const labels = pgTable(
  "labels",
  {
    subjectKind: text("subject_kind").$type<LabelledKind>().notNull(),
    subjectId: text("subject_id").notNull(),
    key: text("key").notNull(),
    value: text("value").notNull(),
  },
  (t) => [primaryKey({ columns: [t.subjectKind, t.subjectId, t.key] }), index("labels_value").on(t.key, t.value)],
);

export const routes = pgTable(
  "routes",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    enabled: flag("enabled").notNull(),
    position: integer("position").notNull(),
    match: text("match").$type<MatchMode>().notNull(),
    conditions: jsonList("conditions").$type<MatchCondition[]>().notNull(),
    channelIds: jsonList("channel_ids").$type<string[]>().notNull(),
    escalationPolicyId: text("escalation_policy_id"),
    createdAt: ms("created_at").notNull(),
    updatedAt: ms("updated_at").notNull(),
  },
  (t) => [uniqueIndex("routes_name").on(t.name)],
);

export const escalationPolicies = pgTable(
  "escalation_policies",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    steps: jsonList("steps").$type<EscalationStep[]>().notNull(),
    repeat: integer("repeat").notNull(),
    createdAt: ms("created_at").notNull(),
    updatedAt: ms("updated_at").notNull(),
  },
  (t) => [uniqueIndex("escalation_policies_name").on(t.name)],
);

export const silences = pgTable(
  "silences",
  {
    id: text("id").primaryKey(),
    reason: text("reason").notNull(),
    match: text("match").$type<MatchMode>().notNull(),
    conditions: jsonList("conditions").$type<MatchCondition[]>().notNull(),
    startsAt: ms("starts_at").notNull(),
    endsAt: ms("ends_at"),
    recurring: jsonObjectOrNull("recurring").$type<SilenceRecurrence>(),
    effect: text("effect").$type<SilenceEffect>().notNull(),
    createdBy: text("created_by"),
    createdByName: text("created_by_name").notNull(),
    createdAt: ms("created_at").notNull(),
    updatedAt: ms("updated_at").notNull(),
  },
  (t) => [index("silences_ends").on(t.endsAt)],
);

export const syncs = pgTable(
  "syncs",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    path: text("path").notNull(),
    repositoryId: text("repository_id"),
    exclude: jsonList("exclude").$type<string[]>().notNull().default([]),
    mounts: jsonObjectOrNull("mounts").$type<Record<string, string>>(),
    destinationId: text("destination_id").notNull(),
    folder: text("folder").notNull(),
    cron: text("cron"),
    timezone: text("timezone"),
    afterJobId: text("after_job_id"),
    afterRunId: text("after_run_id"),
    deleteRemoved: flag("delete_removed").notNull(),
    enabled: flag("enabled").notNull(),
    timeLimitMinutes: integer("time_limit_minutes"),
    nextRunAt: ms("next_run_at"),
    createdAt: ms("created_at").notNull(),
    updatedAt: ms("updated_at").notNull(),
  },
  (t) => [
    uniqueIndex("syncs_name").on(t.name),
    uniqueIndex("syncs_folder").on(t.destinationId, t.folder),
    index("syncs_due").on(t.nextRunAt),
  ],
);

export const syncedFiles = pgTable(
  "synced_files",
  {
    syncId: text("sync_id").notNull(),
    path: text("path").notNull(),
    bytes: ms("bytes").notNull(),
    stamp: text("stamp").notNull(),
    sha256: text("sha256").notNull(),
    mark: text("mark").notNull(),
    missingSince: ms("missing_since"),
  },
  (t) => [
    primaryKey({ columns: [t.syncId, t.path] }),
    index("synced_files_missing").on(t.syncId, t.path).where(sql`missing_since is not null`),
  ],
);

export const runs = pgTable(
  "runs",
  {
    id: text("id").primaryKey(),
    kind: text("kind").$type<RunKind>().notNull(),
    executor: text("executor").$type<RunExecutor>().notNull().default("worker"),
    jobId: text("job_id"),
    repositoryId: text("repository_id"),
    syncId: text("sync_id"),
    clientId: text("client_id"),
    clientJob: text("client_job"),
    runKey: text("run_key"),
    archive: text("archive"),
    archives: jsonListOrNull("archives").$type<ReportedArchive[]>(),
    reportedLogBytes: ms("reported_log_bytes").notNull().default(0),
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
    deleted: integer("deleted"),
    error: text("error"),
    advice: text("advice"),
    /** Why it was canceled, where nobody asked. */
    reasonCode: text("reason_code").$type<RunReasonCode>(),
    /** How far it has come, while a worker executes it. */
    progress: jsonObjectOrNull("progress").$type<RunProgress>(),
    cancelRequestedAt: ms("cancel_requested_at"),
    workerId: text("worker_id"),
    heartbeatAt: ms("heartbeat_at"),
    /** When it was reported as slow; once for each run. */
    slowAt: ms("slow_at"),
    /** The file that it stores, known before it is written: after a crash it is looked for. */
    artifactPath: text("artifact_path"),
    eventId: text("event_id"),
  },
  (t) => [
    index("runs_job").on(t.jobId, t.id),
    index("runs_repository").on(t.repositoryId, t.id).where(sql`repository_id is not null`),
    index("runs_sync").on(t.syncId, t.id).where(sql`sync_id is not null`),
    index("runs_reported").on(t.jobId).where(sql`status = 'running' and executor = 'external'`),
    index("runs_client").on(t.clientId).where(sql`status in ('queued', 'running') and client_id is not null`),
    index("runs_open").on(t.status, t.queuedAt).where(sql`status in ('queued', 'running')`),
    index("runs_without_event").on(t.finishedAt).where(sql`event_id is null`),
    index("runs_finished").on(t.finishedAt),
    index("runs_made").on(t.jobId, t.id).where(sql`kind = 'backup' and status in ('success', 'warning')`),
  ],
);

export const jobReceivers = pgTable(
  "job_receivers",
  {
    jobId: text("job_id").primaryKey(),
    tokenHash: text("token_hash").notNull(),
    uuidHash: text("uuid_hash").notNull(),
    secrets: text("secrets").notNull(),
  },
  (t) => [uniqueIndex("job_receivers_token").on(t.tokenHash), uniqueIndex("job_receivers_uuid").on(t.uuidHash)],
);

export const signals = pgTable(
  "signals",
  {
    id: text("id").primaryKey(),
    jobId: text("job_id").notNull(),
    receiver: text("receiver").notNull(),
    state: text("state").$type<SignalState>().notNull(),
    runKey: text("run_key"),
    at: ms("at").notNull(),
    startedAt: ms("started_at"),
    finishedAt: ms("finished_at"),
    durationMs: ms("duration_ms"),
    bytes: ms("bytes"),
    files: integer("files"),
    exitCode: integer("exit_code"),
    found: text("found").$type<KeywordState>(),
    message: text("message"),
    log: text("log"),
    method: text("method").notNull(),
    userAgent: text("user_agent"),
    address: text("address"),
    runId: text("run_id"),
    repeatKey: text("repeat_key"),
    foldedAt: ms("folded_at"),
  },
  (t) => [
    index("signals_job").on(t.jobId, t.id),
    index("signals_run").on(t.runId).where(sql`run_id is not null`),
    index("signals_open").on(t.id).where(sql`folded_at is null`),
    uniqueIndex("signals_repeat").on(t.jobId, t.repeatKey).where(sql`repeat_key is not null`),
    index("signals_at").on(t.at),
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
    repositoryId: text("repository_id"),
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
    /** When an integrity check last read it. */
    rereadAt: ms("reread_at"),
    /** What that found wrong, a sentence; none: it was whole. */
    damage: text("damage"),
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
    /** Channels that a setting leads to and that it was not sent through; null: none. */
    suppressed: jsonListOrNull("suppressed").$type<SuppressedDelivery[]>(),
    apiKeyId: text("api_key_id"),
    idempotencyKey: text("idempotency_key"),
  },
  (t) => [
    uniqueIndex("events_idempotency").on(t.apiKeyId, t.idempotencyKey).where(sql`idempotency_key is not null`),
    index("events_alert").on(t.alertId).where(sql`alert_id is not null`),
    index("events_job").on(t.jobId, t.id).where(sql`job_id is not null`),
    index("events_run").on(t.runId).where(sql`run_id is not null`),
    index("events_inbox").on(t.id).where(sql`alert_id is null and not is_test`),
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
    snoozedUntil: ms("snoozed_until"),
    snoozedBy: text("snoozed_by"),
    unheardFrom: ms("unheard_from"),
    fallbackAt: ms("fallback_at"),
  },
  (t) => [
    uniqueIndex("alerts_open_key").on(t.dedupKey).where(sql`status <> 'resolved'`),
    index("alerts_open").on(t.id).where(sql`status <> 'resolved'`),
    index("alerts_subject").on(t.subjectKind, t.subjectId).where(sql`status <> 'resolved'`),
    index("alerts_resolved_at").on(t.resolvedAt).where(sql`status = 'resolved'`),
    index("alerts_active_last").on(t.lastAt, t.id).where(sql`status <> 'resolved'`),
    index("alerts_resolved_last").on(t.lastAt, t.id).where(sql`status = 'resolved'`),
    index("alerts_clients").on(t.subjectId, t.id).where(sql`subject_kind = 'client'`),
    index("alerts_unheard").on(t.unheardFrom).where(sql`unheard_from is not null`),
    index("alerts_snoozed").on(t.snoozedUntil).where(sql`snoozed_until is not null`),
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
    /** It is not sent before, whatever releases it: a step of an escalation, a rule that waits. */
    notBefore: ms("not_before"),
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

export const inboxReads = pgTable(
  "inbox_reads",
  {
    readerId: text("reader_id").notNull(),
    itemId: text("item_id").notNull(),
    at: ms("at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.readerId, t.itemId] })],
);

export const inboxWatermarks = pgTable("inbox_watermarks", {
  readerId: text("reader_id").primaryKey(),
  readUpTo: ms("read_up_to").notNull(),
});

export const reportSlots = pgTable(
  "report_slots",
  {
    ownerKind: text("owner_kind").$type<ReportOwner>().notNull(),
    ownerId: text("owner_id").notNull(),
    period: text("period").$type<ReportPeriod>().notNull(),
    nextAt: ms("next_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.ownerKind, t.ownerId, t.period] }), index("report_slots_next").on(t.nextAt)],
);

export const storageUsage = pgTable("storage_usage", {
  locationId: text("location_id").primaryKey(),
  state: text("state").$type<StorageState>().notNull(),
  usedBytes: ms("used_bytes"),
  freeBytes: ms("free_bytes"),
  problem: text("problem"),
  checkedAt: ms("checked_at").notNull(),
});

/** Whether each source and destination was reached at the last look. State: never part of a configuration backup. */
export const connections = pgTable("connections", {
  endpointId: text("endpoint_id").primaryKey(),
  /** Looks in a row that did not reach it; at the third it is offline. */
  misses: integer("misses").notNull(),
  /** When the first of these was; null: it was reached. */
  missingSince: ms("missing_since"),
  /** Why it was not reached, a sentence. */
  problem: text("problem"),
  /** Of its engine, where it has one and was reached. */
  version: text("version"),
  checkedAt: ms("checked_at").notNull(),
});

export const storageSamples = pgTable(
  "storage_samples",
  {
    locationId: text("location_id").notNull(),
    hour: ms("hour").notNull(),
    usedBytes: ms("used_bytes").notNull(),
    freeBytes: ms("free_bytes").notNull(),
  },
  (t) => [primaryKey({ columns: [t.locationId, t.hour] })],
);

/** What the backups of each job take at a destination or in a repository, one row a day: as it was at the last count of it. */
export const storedDays = pgTable(
  "stored_days",
  {
    locationId: text("location_id").notNull(),
    jobId: text("job_id").notNull(),
    /** When the day began in UTC. */
    day: ms("day").notNull(),
    bytes: ms("bytes").notNull(),
    countedAt: ms("counted_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.locationId, t.day, t.jobId] })],
);
