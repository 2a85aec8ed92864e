import { entity, group, list, pageOfEntity, text, whole } from "../rule";
import { type Answers, all, type Entity, onlyId, operators, runStarted, shown, wholly } from "./shorthand";

/* Jobs, the profiles that they follow, and what the overview says of them. */

/** A rule, of a job or a profile. */
const rule = group({
  ...shown("id", "channelId", "channelName", "condition", "repeat", "remindHours", "notifyOnRecovery"),
  ...shown("showFacts", "priority", "sound", "includeLog", "logLimit", "afterCount", "afterHours"),
  escalationPolicyId: wholly,
  states: wholly,
  tags: wholly,
  // Texts of one's own may name hosts and people.
  title: text("operator"),
  message: text("operator"),
  mentions: whole("operator"),
  outcomes: whole("operator"),
});

const job: Entity = {
  title: "Jobs",
  row: "viewer",
  fields: {
    ...shown("id", "slug", "kind", "name", "enabled", "graceMinutes", "sourceId", "compression", "timeLimitMinutes"),
    ...shown("retries", "leastBytesPercent", "leastItemsPercent", "mayBeEmpty", "restoreTestDays", "sourceName"),
    ...shown("clientId", "clientJob", "clientName"),
    ...shown("overdueAfterHours", "overdueHours", "health"),
    ...shown("profileId", "profileName", "repositoryId"),
    ...shown("sourceKind", "storesItself", "usualDurationMs", "nextRunAt", "createdAt", "updatedAt"),
    labels: wholly,
    methods: all,
    // Names programs of the server.
    hooks: whole("operator"),
    // Words of logs may name what is backed up.
    keywords: whole("operator"),
    webhookMapping: whole("operator"),
    // Who has these can report in its name.
    uuid: operators,
    token: operators,
    urls: whole("operator"),
    badgeUrl: operators,
    schedule: wholly,
    retention: wholly,
    destinationIds: wholly,
    destinationNames: wholly,
    lastPlausible: wholly,
    lastProven: wholly,
    days: wholly,
    lastRun: entity("run"),
    notifications: list(rule),
  },
};

const profile: Entity = {
  title: "Profiles",
  row: "viewer",
  fields: {
    ...shown("id", "name", "isDefault", "jobCount", "createdAt", "updatedAt"),
    notifications: list(rule),
  },
};

const signal: Entity = {
  title: "Signals of external jobs",
  row: "operator",
  fields: {
    ...shown("id", "at", "receiver", "receiverName", "state", "runKey", "exitCode", "method", "runId"),
    message: text("operator"),
    userAgent: text("operator"),
    address: text("operator"),
  },
};

/** An external job as Healthchecks describes a check. */
const check: Entity = {
  title: "External jobs in the API of Healthchecks",
  row: "viewer",
  fields: {
    ...shown("jobId", "name", "slug", "status", "isStarted", "graceMinutes", "pings", "lastPingAt", "nextPingAt"),
    ...shown("lastDurationMs", "methods", "uniqueKey"),
    tags: wholly,
    schedule: wholly,
    keywords: whole("operator"),
    // Who has these can report in its name.
    uuid: operators,
    pingUrl: operators,
    updateUrl: operators,
    badgeUrl: operators,
    channelIds: whole("operator"),
  },
};

export const jobsEntities = { job, profile, signal, check };

export const jobsAnswers: Answers = {
  "jobs.list": pageOfEntity("job"),
  "jobs.get": entity("job"),
  "jobs.create": entity("job"),
  "jobs.update": entity("job"),
  // Names and commands of the server.
  "jobs.archives": whole("operator"),
  "jobs.delete": onlyId,
  "jobs.pause": entity("job"),
  "jobs.resume": entity("job"),
  "jobs.rotateToken": entity("job"),
  "jobs.importChecks": whole("operator"),
  "jobs.importBorgmatic": whole("operator"),
  "jobs.bulk": group({ changed: all }),
  "jobs.ids": wholly,
  "jobs.count": group({ total: all, matching: all }),
  "jobs.hooks": whole("operator"),
  "jobs.options": list(group({ id: all, name: all })),
  "jobs.checkIntegrity": runStarted,
  "jobs.run": runStarted,
  "jobs.routingPreview": entity("preview"),
  "jobs.webhookPreview": group({ state: all, message: operators, log: operators, runKey: operators }),
  "signals.list": pageOfEntity("signal"),
  "healthchecks.list": group({ checks: list(entity("check")) }),
  "healthchecks.get": entity("check"),
  "healthchecks.pings": whole("operator"),
  "healthchecks.flips": wholly,
  "healthchecks.pingBody": whole("operator"),
  "healthchecks.badge": whole("anyone"),
  "healthchecks.tagBadge": whole("anyone"),
  "healthchecks.badges": wholly,
  "settings.pingKey.get": whole("operator"),
  "labels.list": wholly,
  "overview.read": group({
    jobs: wholly,
    allDays: wholly,
    protectedBytes: all,
    artifacts: all,
    last24h: wholly,
    nextRun: wholly,
    upcoming: wholly,
    hasMoreUpcoming: all,
    notifications24h: wholly,
    failingChannels: list(entity("channel")),
  }),
  "profiles.list": pageOfEntity("profile"),
  "profiles.get": entity("profile"),
  "profiles.options": list(entity("profile")),
};
