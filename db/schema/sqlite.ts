import { sql } from "drizzle-orm";
import { check, customType, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
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
import { anyJson, listJson, notificationJson, objectJson } from "./stored-json";

// Times are integer milliseconds. The PostgreSQL schema has the same names and types: parity.test.ts keeps both the same.
const ms = (name: string) => integer(name);
const flag = (name: string) => integer(name, { mode: "boolean" });
const stored = (read: (value: unknown) => unknown) =>
  customType<{ data: unknown; driverData: string | null }>({
    dataType: () => "text",
    toDriver: (value) => (value === null ? null : JSON.stringify(value)),
    fromDriver: (text) => read(anyJson(text)),
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

/** Configuration: one row per settings tab. */
export const settings = sqliteTable("settings", {
  key: text("key").primaryKey(),
  value: json("value").$type<unknown>().notNull(),
  updatedAt: ms("updated_at").notNull(),
});

/** State of the running installation: leases, locks, versions. Never part of a configuration backup. */
export const systemState = sqliteTable("system_state", {
  key: text("key").primaryKey(),
  value: json("value").$type<unknown>().notNull(),
  updatedAt: ms("updated_at").notNull(),
});

export const users = sqliteTable(
  "users",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    email: text("email").notNull(),
    /** The address in lower case, unique among accounts. */
    emailKey: text("email_key").notNull(),
    role: text("role").$type<Role>().notNull(),
    status: text("status").$type<AccountStatus>().notNull(),
    passwordHash: text("password_hash"),
    /** Incremented with every change that ends sessions: a sign-in that was under way then makes none. */
    sessionVersion: integer("session_version").notNull(),
    timezone: text("timezone"),
    lastLoginAt: ms("last_login_at"),
    /** What the bell counts; null: the defaults. */
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

/** Wrong passwords per account, known device or address, and the lock they caused. */
export const loginGuards = sqliteTable("login_guards", {
  /** As `lib/auth/access/lock-rule.ts` makes it. */
  key: text("key").primaryKey(),
  userId: text("user_id"),
  failures: integer("failures").notNull(),
  lastFailureAt: ms("last_failure_at").notNull(),
  lockedUntil: ms("locked_until"),
});

/** Who is signed in, and where. Never part of a configuration backup. */
export const sessions = sqliteTable(
  "sessions",
  {
    id: text("id").primaryKey(),
    /** SHA-256 of the random value in the session's cookie, in hex. */
    tokenHash: text("token_hash").notNull(),
    userId: text("user_id").notNull(),
    method: text("method").$type<SignInMethod>().notNull(),
    /** Where the session was last used from. */
    address: text("address"),
    /** The browser and its system, as in `Firefox on Linux`. */
    device: text("device"),
    createdAt: ms("created_at").notNull(),
    /** Written at most once a minute. */
    lastSeenAt: ms("last_seen_at").notNull(),
  },
  (t) => [uniqueIndex("sessions_token").on(t.tokenHash), index("sessions_user").on(t.userId)],
);

export const invitations = sqliteTable(
  "invitations",
  {
    id: text("id").primaryKey(),
    userId: text("user_id").notNull(),
    tokenHash: text("token_hash").notNull(),
    expiresAt: ms("expires_at").notNull(),
    /** When its link was used, or made void. */
    usedAt: ms("used_at"),
    createdAt: ms("created_at").notNull(),
  },
  (t) => [uniqueIndex("invitations_token").on(t.tokenHash), index("invitations_user").on(t.userId)],
);

export const apiKeys = sqliteTable(
  "api_keys",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    role: text("role").$type<Role>().notNull(),
    /** SHA-256 of the key, in hex. */
    keyHash: text("key_hash").notNull(),
    /** The last four characters, to distinguish keys on screen. */
    hint: text("hint").notNull(),
    createdBy: text("created_by"),
    /** The maker's name at that time. */
    createdByName: text("created_by_name"),
    /** The account that it goes with: its maker's, or that of the administrator who kept it. Null: made or kept by the command. */
    ownerId: text("owner_id"),
    createdAt: ms("created_at").notNull(),
    lastUsedAt: ms("last_used_at"),
    /** From then on it is refused; null: never. */
    expiresAt: ms("expires_at"),
    revokedAt: ms("revoked_at"),
  },
  (t) => [uniqueIndex("api_keys_hash").on(t.keyHash), index("api_keys_owner").on(t.ownerId)],
);

export const auditLog = sqliteTable(
  "audit_log",
  {
    id: text("id").primaryKey(),
    at: ms("at").notNull(),
    actorKind: text("actor_kind").$type<AuditActorKind>().notNull(),
    actorId: text("actor_id"),
    actorName: text("actor_name").notNull(),
    address: text("address"),
    /** The verb's name, `channels.update`. */
    verb: text("verb").notNull(),
    entity: text("entity"),
    entityId: text("entity_id"),
    entityName: text("entity_name"),
    /** What changed, without secrets. */
    detail: json("detail").$type<Record<string, unknown>>(),
  },
  (t) => [index("audit_entity").on(t.entity, t.entityId)],
);

export const channels = sqliteTable(
  "channels",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    provider: text("provider").notNull(),
    enabled: flag("enabled").notNull(),
    /** The configuration without its secret fields. */
    config: json("config").$type<Record<string, unknown>>().notNull(),
    /** The secret fields, sealed as one. */
    secrets: text("secrets"),
    /** Event types this channel has subscribed to itself. */
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

/** Health of a channel, and which process owns its queue. Written by workers only. */
export const channelStates = sqliteTable("channel_states", {
  channelId: text("channel_id").primaryKey(),
  health: text("health").$type<ChannelHealth>().notNull(),
  /** Since when every attempt has failed; none while healthy. */
  retryingSince: ms("retrying_since"),
  failures: integer("failures").notNull(),
  /** While retrying: when the next probe may be sent. */
  nextProbeAt: ms("next_probe_at"),
  /** The service asked for a pause until then. */
  pausedUntil: ms("paused_until"),
  pausedSince: ms("paused_since"),
  /** Set on the edge from healthy to failing, when `channel.failing` was raised. */
  failingSince: ms("failing_since"),
  lastSuccessAt: ms("last_success_at"),
  lastErrorAt: ms("last_error_at"),
  lastError: text("last_error"),
  queueOwner: text("queue_owner"),
  queueUntil: ms("queue_until"),
  /** Raised each time somebody takes the queue: what its owner writes carries it. */
  queueToken: integer("queue_token").notNull().default(0),
});

export const sources = sqliteTable(
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

export const destinations = sqliteTable(
  "destinations",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    kind: text("kind").notNull(),
    config: json("config").$type<Record<string, unknown>>().notNull(),
    secrets: text("secrets"),
    /** The mount point of each of its local paths when it was saved. */
    mounts: jsonObjectOrNull("mounts").$type<Record<string, string>>(),
    /** When it counts as low; null: as usual. */
    threshold: jsonObjectOrNull("threshold").$type<StorageThreshold>(),
    /** What is watched of it beside how full it is; null: nothing. */
    watch: jsonObjectOrNull("watch").$type<DestinationWatch>(),
    createdAt: ms("created_at").notNull(),
    updatedAt: ms("updated_at").notNull(),
  },
  (t) => [uniqueIndex("destinations_name").on(t.name)],
);

/** Stores of many archives that borg or restic keeps. */
export const repositories = sqliteTable(
  "repositories",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    kind: text("kind").$type<RepositoryKind>().notNull(),
    /** A local path, `ssh://user@host:port/path` for borg, `sftp://user@host:port/path` for restic. */
    location: text("location").notNull(),
    /** In the words of its program: `repokey-blake2`. */
    encryption: text("encryption").notNull(),
    /** Passphrase and private key, sealed as one. */
    secrets: text("secrets"),
    /** Public keys of its server, one a line; null: it is a local path. */
    hostKey: text("host_key"),
    /** The mount point of a local path when it was saved. */
    mounts: jsonObjectOrNull("mounts").$type<Record<string, string>>(),
    checkCron: text("check_cron"),
    compactCron: text("compact_cron"),
    pruneCron: text("prune_cron"),
    /** Of all three. */
    timezone: text("timezone"),
    /** What a prune keeps of each job; null: prunes are refused. */
    retention: jsonObjectOrNull("retention").$type<Retention>(),
    /** Frees the space after each prune. */
    compactsAfterPrune: flag("compacts_after_prune").notNull(),
    /** When its disk counts as low; null: as what says nothing else. */
    threshold: jsonObjectOrNull("threshold").$type<StorageThreshold>(),
    createdAt: ms("created_at").notNull(),
    updatedAt: ms("updated_at").notNull(),
  },
  (t) => [uniqueIndex("repositories_name").on(t.name), uniqueIndex("repositories_location").on(t.location)],
);

/** What is known of a repository's contents since it was last read. State: never part of a configuration backup. */
export const repositoryStates = sqliteTable("repository_states", {
  repositoryId: text("repository_id").primaryKey(),
  archives: integer("archives").notNull(),
  /** Bytes of all archives together; null: its program does not say. */
  originalBytes: ms("original_bytes"),
  compressedBytes: ms("compressed_bytes"),
  /** Without what occurs twice: what it takes on the disk. */
  deduplicatedBytes: ms("deduplicated_bytes"),
  readAt: ms("read_at").notNull(),
});

/** When each scheduled task of a repository is due next. State: the schedules stand with the repository. */
export const repositorySlots = sqliteTable(
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

export const jobs = sqliteTable(
  "jobs",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    slug: text("slug").notNull(),
    kind: text("kind").$type<JobKind>().notNull(),
    /** None: an external job, which another program runs and reports. */
    sourceId: text("source_id"),
    /** The repository that takes its backups, in place of destinations. */
    repositoryId: text("repository_id"),
    /** The client that executes it, in place of Belfry; what it backs up is known there alone. */
    clientId: text("client_id"),
    /** The name under which that client's own configuration allows it. */
    clientJob: text("client_job"),
    /** None: the job is started manually or through the API only. */
    cron: text("cron"),
    timezone: text("timezone"),
    /** External: it is expected to report so many minutes after its last report, in place of `cron`. */
    periodMinutes: integer("period_minutes"),
    /** External: it is expected as systemd's OnCalendar says, a line for each expression, in place of `cron`. */
    onCalendar: text("on_calendar"),
    /** External: which requests count. */
    methods: text("methods").$type<ReportMethods>(),
    /** External: words in a log that say how a run ended. */
    keywords: jsonObjectOrNull("keywords").$type<Keywords>(),
    /** External: where its webhook finds what it needs in the JSON of the sender; null: at the usual places. */
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
    /** The profile whose rules it follows. */
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

export const jobDestinations = sqliteTable(
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

/** What a rule says, of a job or of a profile. */
const ruleColumns = () => ({
  channelId: text("channel_id").notNull(),
  position: integer("position").notNull(),
  condition: text("condition").$type<Condition>().notNull(),
  /** The outcomes of a custom condition. */
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
  /** Bytes. */
  logLimit: integer("log_limit").notNull(),
  /** Notifies from this occurrence in a row on. */
  afterCount: integer("after_count"),
  /** Notifies once the job had no success for so long. */
  afterHours: integer("after_hours"),
  escalationPolicyId: text("escalation_policy_id"),
});

/** The rules of a job's Notifications tab. */
export const jobNotifications = sqliteTable(
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

/** A named set of rules that jobs follow. */
export const profiles = sqliteTable(
  "profiles",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    /** New jobs follow it; at most one. */
    isDefault: flag("is_default").notNull(),
    createdAt: ms("created_at").notNull(),
    updatedAt: ms("updated_at").notNull(),
  },
  (t) => [uniqueIndex("profiles_name").on(t.name)],
);

export const profileNotifications = sqliteTable(
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

/** A machine that reports by its agent. */
export const clients = sqliteTable(
  "clients",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    /** SHA-256 of the token, in hex. */
    tokenHash: text("token_hash").notNull(),
    /** The last four characters, to distinguish tokens on screen. */
    hint: text("hint").notNull(),
    /** How often it is to report, seconds. */
    intervalSeconds: integer("interval_seconds").notNull(),
    /** How long it may be silent before people are notified; null: the usual time of its kind. */
    offlineAfterMinutes: integer("offline_after_minutes"),
    /** It is switched off often, as a laptop is. */
    intermittent: flag("intermittent").notNull(),
    /** Nobody is notified of its outages. */
    muted: flag("muted").notNull(),
    /** When disks count as low that have a threshold of their own. */
    diskThresholds: jsonList("disk_thresholds").$type<DiskThreshold[]>().notNull().default([]),
    createdAt: ms("created_at").notNull(),
    updatedAt: ms("updated_at").notNull(),
    revokedAt: ms("revoked_at"),
  },
  (t) => [uniqueIndex("clients_name").on(t.name), uniqueIndex("clients_token").on(t.tokenHash)],
);

/** What clients last said. Never part of a configuration backup. A client without a row has not reported yet. */
export const clientStates = sqliteTable(
  "client_states",
  {
    clientId: text("client_id").primaryKey(),
    status: text("status").$type<ClientPresence>().notNull(),
    firstSeenAt: ms("first_seen_at").notNull(),
    lastSeenAt: ms("last_seen_at").notNull(),
    /** The interval by which it said that it reports, seconds. */
    intervalSeconds: integer("interval_seconds").notNull(),
    hostname: text("hostname").notNull(),
    version: text("version").notNull(),
    uptimeSeconds: integer("uptime_seconds"),
    disks: jsonList("disks").$type<ClientDisk[]>().notNull(),
    /** The jobs that its own configuration allows, by name. */
    jobs: jsonList("jobs").$type<string[]>().notNull().default([]),
    /** While it is offline: when it was last seen before that. */
    offlineSince: ms("offline_since"),
    /** When that was reported as `client.offline`. */
    reportedAt: ms("reported_at"),
  },
  (t) => [index("client_states_seen").on(t.status, t.lastSeenAt)],
);

/** Labels, `key:value`, of what has a name. */
export const labels = sqliteTable(
  "labels",
  {
    subjectKind: text("subject_kind").$type<LabelledKind>().notNull(),
    subjectId: text("subject_id").notNull(),
    key: text("key").notNull(),
    value: text("value").notNull(),
  },
  (t) => [primaryKey({ columns: [t.subjectKind, t.subjectId, t.key] }), index("labels_value").on(t.key, t.value)],
);

/** Routing for the whole installation: what matches goes to channels, or to an escalation policy. */
export const routes = sqliteTable(
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

export const escalationPolicies = sqliteTable(
  "escalation_policies",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    steps: jsonList("steps").$type<EscalationStep[]>().notNull(),
    /** How often the steps are gone through again. */
    repeat: integer("repeat").notNull(),
    createdAt: ms("created_at").notNull(),
    updatedAt: ms("updated_at").notNull(),
  },
  (t) => [uniqueIndex("escalation_policies_name").on(t.name)],
);

/** Spans in which matching notifications are held or dropped. */
export const silences = sqliteTable(
  "silences",
  {
    id: text("id").primaryKey(),
    reason: text("reason").notNull(),
    match: text("match").$type<MatchMode>().notNull(),
    conditions: jsonList("conditions").$type<MatchCondition[]>().notNull(),
    startsAt: ms("starts_at").notNull(),
    /** None: until a person ends it. */
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

/** A folder of this machine that is copied to a destination, file by file. */
export const syncs = sqliteTable(
  "syncs",
  {
    id: text("id").primaryKey(),
    name: text("name").notNull(),
    /** The folder that is copied, absolute; empty where a repository is. */
    path: text("path").notNull(),
    /** The repository that is copied, from wherever it lies when a run begins. */
    repositoryId: text("repository_id"),
    /** Of a folder: patterns of what is not copied, as in a .gitignore. */
    exclude: jsonList("exclude").$type<string[]>().notNull().default([]),
    /** Its mount point when it was saved. */
    mounts: jsonObjectOrNull("mounts").$type<Record<string, string>>(),
    destinationId: text("destination_id").notNull(),
    /** Below the destination's root; of this sync alone. */
    folder: text("folder").notNull(),
    /** None: no schedule of its own. */
    cron: text("cron"),
    timezone: text("timezone"),
    /** The job after whose good backups it runs. */
    afterJobId: text("after_job_id"),
    /** The newest backup of that job that it has run after, or that was there before. */
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

/** What syncs have stored: one row a file. Never part of a configuration backup. */
export const syncedFiles = sqliteTable(
  "synced_files",
  {
    syncId: text("sync_id").notNull(),
    /** Below the folder that is copied, with slashes. */
    path: text("path").notNull(),
    bytes: ms("bytes").notNull(),
    /** Times of the file when it was read; empty: so new that a change within the same moment would not show. */
    stamp: text("stamp").notNull(),
    /** Of the bytes, in hex. */
    sha256: text("sha256").notNull(),
    /** What the destination says of the stored file beside its size; changes with the file. */
    mark: text("mark").notNull(),
    /** Since when it is missing in the folder that is copied; null: it is there. */
    missingSince: ms("missing_since"),
  },
  (t) => [
    primaryKey({ columns: [t.syncId, t.path] }),
    index("synced_files_missing").on(t.syncId, t.path).where(sql`missing_since is not null`),
  ],
);

export const runs = sqliteTable(
  "runs",
  {
    id: text("id").primaryKey(),
    kind: text("kind").$type<RunKind>().notNull(),
    /** Who does the work: only runs of a worker count against the concurrency limit, have a heartbeat and can be orphaned. */
    executor: text("executor").$type<RunExecutor>().notNull().default("worker"),
    jobId: text("job_id"),
    /** The repository that it works on: one run of it at a time. */
    repositoryId: text("repository_id"),
    /** The sync that it executes. */
    syncId: text("sync_id"),
    /** The client that executes it. */
    clientId: text("client_id"),
    /** The name under which that client is asked for it. */
    clientJob: text("client_job"),
    /** External: tells overlapping runs apart, in the reporting program's words. */
    runKey: text("run_key"),
    /** The archive that the client says it made. */
    archive: text("archive"),
    /** What a program made that stores backups by itself. */
    archives: jsonListOrNull("archives").$type<ReportedArchive[]>(),
    /** How much of the client's log has arrived, bytes: what is sent again is not stored again. */
    reportedLogBytes: ms("reported_log_bytes").notNull().default(0),
    /** Name of the job or target of the restore, kept when that is deleted. */
    name: text("name").notNull(),
    status: text("status").$type<RunStatus>().notNull(),
    trigger: text("trigger").$type<RunTrigger>().notNull(),
    actorName: text("actor_name"),
    params: jsonObject("params").$type<RunParams>().notNull(),
    queuedAt: ms("queued_at").notNull(),
    /** The scheduled time this run is for; none for a manual run. */
    dueAt: ms("due_at"),
    startedAt: ms("started_at"),
    finishedAt: ms("finished_at"),
    /** When a retry may begin; until then the queued run waits. */
    notBefore: ms("not_before"),
    attempts: integer("attempts").notNull(),
    bytes: ms("bytes"),
    files: integer("files"),
    /** Sync: files that it deleted at the destination. */
    deleted: integer("deleted"),
    error: text("error"),
    /** Advice on the error, in a sentence. */
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
    /** The event of its end. A settled run without one gets it at the next start. */
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

/** The secrets by which another program reports the runs of an external job, sealed, and their hashes, by which it is found. */
export const jobReceivers = sqliteTable(
  "job_receivers",
  {
    jobId: text("job_id").primaryKey(),
    /** SHA-256 of the token in its addresses. */
    tokenHash: text("token_hash").notNull(),
    /** SHA-256 of the UUID by which programs know it that speak to Healthchecks. */
    uuidHash: text("uuid_hash").notNull(),
    /** Both, as JSON. */
    secrets: text("secrets").notNull(),
  },
  (t) => [uniqueIndex("job_receivers_token").on(t.tokenHash), uniqueIndex("job_receivers_uuid").on(t.uuidHash)],
);

/** What other programs said about the runs of external jobs, as it arrived. */
export const signals = sqliteTable(
  "signals",
  {
    id: text("id").primaryKey(),
    jobId: text("job_id").notNull(),
    /** The protocol that it came by. */
    receiver: text("receiver").notNull(),
    state: text("state").$type<SignalState>().notNull(),
    runKey: text("run_key"),
    /** When it arrived. */
    at: ms("at").notNull(),
    startedAt: ms("started_at"),
    finishedAt: ms("finished_at"),
    durationMs: ms("duration_ms"),
    bytes: ms("bytes"),
    files: integer("files"),
    exitCode: integer("exit_code"),
    /** The worst that the keywords of its job found in its text. */
    found: text("found").$type<KeywordState>(),
    message: text("message"),
    /** Text for the run's log; removed some time after it is there. */
    log: text("log"),
    method: text("method").notNull(),
    userAgent: text("user_agent"),
    address: text("address"),
    /** The run that it belongs to; null: of none. */
    runId: text("run_id"),
    /** What a sender that tries again sends again, as of a mail: it is stored once. Null: nothing names it. */
    repeatKey: text("repeat_key"),
    /** When it was counted towards a run, or found to belong to none. */
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

/** A run's log in pieces, in order. Kept in the database because any process may show it. */
export const runLogs = sqliteTable(
  "run_logs",
  {
    runId: text("run_id").notNull(),
    seq: integer("seq").notNull(),
    at: ms("at").notNull(),
    text: text("text").notNull(),
  },
  (t) => [primaryKey({ columns: [t.runId, t.seq] })],
);

/** One stored backup at one destination. */
export const artifacts = sqliteTable(
  "artifacts",
  {
    id: text("id").primaryKey(),
    runId: text("run_id").notNull(),
    /** None for backups of Belfry's own configuration. */
    jobId: text("job_id"),
    jobName: text("job_name").notNull(),
    destinationId: text("destination_id").notNull(),
    destinationName: text("destination_name").notNull(),
    /** It is an archive of this repository, whose id is also that of the destination. */
    repositoryId: text("repository_id"),
    sourceKind: text("source_kind").notNull(),
    compression: text("compression").$type<Compression>().notNull(),
    /** Path below the destination's root. */
    path: text("path").notNull(),
    bytes: ms("bytes").notNull(),
    /** Hex, over what is stored. */
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

/** What happened. Immutable. */
export const events = sqliteTable(
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
    index("events_inbox").on(t.id).where(sql`alert_id is null and is_test = 0`),
  ],
);

/** Problems and their state. One open alert per dedup key. */
export const alerts = sqliteTable(
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
    /** When the problem began; the downtime counts from here. */
    openedAt: ms("opened_at").notNull(),
    lastAt: ms("last_at").notNull(),
    acknowledgedAt: ms("acknowledged_at"),
    acknowledgedBy: text("acknowledged_by"),
    resolvedAt: ms("resolved_at"),
    /** How it ended; none while it is open. */
    resolution: text("resolution").$type<AlertResolution>(),
    /** The person's name, or the name of the event that resolved it. */
    resolvedBy: text("resolved_by"),
    /** Until then reminders and escalation are held, and the badge leaves it out. */
    snoozedUntil: ms("snoozed_until"),
    /** The person's name. */
    snoozedBy: text("snoozed_by"),
    /** From when it counts that no channel has taken it; null: it does not count, or one has. */
    unheardFrom: ms("unheard_from"),
    /** When it was given to the fallback channels. */
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

/** The outbox, and the delivery log. */
export const deliveries = sqliteTable(
  "deliveries",
  {
    id: text("id").primaryKey(),
    eventId: text("event_id").notNull(),
    /** None for the Test of a channel that is not saved. */
    channelId: text("channel_id"),
    /** Empty: the channel itself. Otherwise the one mail address this copy goes to. */
    recipient: text("recipient").notNull(),
    /** The person behind the recipient, whose time zone the text uses. */
    userId: text("user_id"),
    kind: text("kind").$type<DeliveryKind>().notNull(),
    step: integer("step").notNull(),
    status: text("status").$type<DeliveryStatus>().notNull(),
    alertId: text("alert_id"),
    /** Dedup key, channel and recipient: deliveries that share it go in order. */
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
    /** Set when the text differs from the event's: a recovery, a person's copy, a digest. */
    notification: jsonNotificationOrNull("notification").$type<Notification>(),
    text: jsonObjectOrNull("text").$type<DeliveryText>(),
    createdAt: ms("created_at").notNull(),
    dueAt: ms("due_at").notNull(),
    /** When retries end and the delivery becomes dead. */
    giveUpAt: ms("give_up_at").notNull(),
    /** It is not sent before, whatever releases it: a step of an escalation, a rule that waits. */
    notBefore: ms("not_before"),
    leaseUntil: ms("lease_until"),
    /** The token of the queue that claimed it; only that may settle it. */
    leaseToken: integer("lease_token"),
    attemptCount: integer("attempt_count").notNull(),
    lastAttemptAt: ms("last_attempt_at"),
    settledAt: ms("settled_at"),
    /** The service's own message of the last failure, or who canceled it. */
    reason: text("reason"),
    /** Why it was not sent, or not yet: a closed list; screens derive the sentence from it. */
    reasonCode: text("reason_code").$type<ReasonCode>(),
    /** What holds it; only that may release it. */
    heldBy: text("held_by").$type<Holder>(),
    /** The mute's channel, the silence, the quiet hours or the snoozed alert. */
    heldById: text("held_by_id"),
    /** The service's id of the message it accepted. */
    receipt: text("receipt"),
    /** What was sent, secrets redacted. */
    payload: json("payload").$type<unknown>(),
    /** The digest or the earlier delivery that carries this one. */
    foldedInto: text("folded_into"),
    foldedCount: integer("folded_count").notNull(),
    /** Mail addresses that were refused temporarily: the next attempt goes to them alone. */
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

export const attempts = sqliteTable(
  "attempts",
  {
    deliveryId: text("delivery_id").notNull(),
    number: integer("number").notNull(),
    at: ms("at").notNull(),
    latencyMs: integer("latency_ms").notNull(),
    outcome: text("outcome").$type<AttemptOutcome>().notNull(),
    /** The service's status: HTTP or SMTP. */
    status: integer("status"),
    /** What failed, in a sentence; none when it was sent. */
    error: text("error"),
    advice: text("advice"),
    /** The service's own answer, redacted and cut. */
    answer: text("answer"),
    retryAfterMs: integer("retry_after_ms"),
  },
  (t) => [primaryKey({ columns: [t.deliveryId, t.number] })],
);

/** Entries of the inbox that a user or an API key has read one by one. */
export const inboxReads = sqliteTable(
  "inbox_reads",
  {
    readerId: text("reader_id").notNull(),
    /** Of the alert, or of the event that touched none. */
    itemId: text("item_id").notNull(),
    at: ms("at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.readerId, t.itemId] })],
);

/** Up to when a user or an API key has read everything. */
export const inboxWatermarks = sqliteTable("inbox_watermarks", {
  readerId: text("reader_id").primaryKey(),
  /** Entries that were created until then are read. */
  readUpTo: ms("read_up_to").notNull(),
});

/** When each report is due next. State: the settings stand with the user or channel. */
export const reportSlots = sqliteTable(
  "report_slots",
  {
    ownerKind: text("owner_kind").$type<ReportOwner>().notNull(),
    ownerId: text("owner_id").notNull(),
    period: text("period").$type<ReportPeriod>().notNull(),
    nextAt: ms("next_at").notNull(),
  },
  (t) => [primaryKey({ columns: [t.ownerKind, t.ownerId, t.period] }), index("report_slots_next").on(t.nextAt)],
);

/** The last look at each location that backups are stored in. State, as what follows. */
export const storageUsage = sqliteTable("storage_usage", {
  locationId: text("location_id").primaryKey(),
  state: text("state").$type<StorageState>().notNull(),
  /** Bytes; null unless it was measured. */
  usedBytes: ms("used_bytes"),
  freeBytes: ms("free_bytes"),
  /** Why it was not measured, a sentence. */
  problem: text("problem"),
  checkedAt: ms("checked_at").notNull(),
});

/** Whether each source and destination was reached at the last look. State: never part of a configuration backup. */
export const connections = sqliteTable("connections", {
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

/** How full each location was, one row an hour: the last measurement of it. */
export const storageSamples = sqliteTable(
  "storage_samples",
  {
    locationId: text("location_id").notNull(),
    /** When the hour began. */
    hour: ms("hour").notNull(),
    usedBytes: ms("used_bytes").notNull(),
    freeBytes: ms("free_bytes").notNull(),
  },
  (t) => [primaryKey({ columns: [t.locationId, t.hour] })],
);

/** What the backups of each job take at a destination or in a repository, one row a day: as it was at the last count of it. */
export const storedDays = sqliteTable(
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
