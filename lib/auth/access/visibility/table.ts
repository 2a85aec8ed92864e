import type { Notice } from "@/lib/core/bus";
import type { Role } from "@/lib/core/role";
import * as by from "./conditions";
import { type AnswerRow, entity, group, type Least, list, pageOfEntity, type Rule, text, value, whole } from "./rule";

/*
 * Who sees what: the one table of fields and roles. `reveal` applies it to the answer of every verb, so that pages, API,
 * actions, and what they draw from, show the same. Administrators see everything; secrets are never answered to anybody.
 * docs/access.md is drawn from here.
 */

const all = value("viewer");
const operators = value("operator");
const admins = value("admin");
const open = whole("viewer");

interface Entity {
  /** For the documentation. */
  title: string;
  /** Who sees that there is such a row. */
  row: Least;
  fields: Readonly<Record<string, Rule>>;
}

/** Several values that everybody sees. */
function shown(...names: string[]): Record<string, Rule> {
  return Object.fromEntries(names.map((name) => [name, all]));
}

const own = { isOwn: true };

const run: Entity = {
  title: "Runs",
  row: by.ofRun,
  fields: {
    ...shown("id", "jobId", "kind", "status", "trigger", "actorName", "queuedAt", "dueAt", "startedAt", "finishedAt"),
    ...shown("notBefore", "isCancelRequested", "bytes", "files", "attempts"),
    name: value(by.ofRunName, { hidden: "Restore" }),
    error: text(by.ofRunError),
    advice: operators,
    artifacts: list(entity("artifact")),
  },
};

const artifact: Entity = {
  title: "Stored backups",
  row: by.ofArtifact,
  fields: {
    ...shown("id", "runId", "jobId", "jobName", "destinationId", "destinationName", "sourceKind", "restoresTo"),
    ...shown("leastRole", "compression", "bytes", "sha256", "rawBytes", "suspicion", "acceptedAt", "acceptedBy"),
    ...shown("provenAt", "createdAt"),
    contents: open,
    proofError: text("operator"),
  },
};

const job: Entity = {
  title: "Jobs",
  row: "viewer",
  fields: {
    ...shown("id", "slug", "kind", "name", "enabled", "graceMinutes", "sourceId", "compression", "timeLimitMinutes"),
    ...shown("retries", "leastBytesPercent", "leastItemsPercent", "mayBeEmpty", "restoreTestDays", "sourceName"),
    ...shown("sourceKind", "usualDurationMs", "nextRunAt", "createdAt", "updatedAt"),
    schedule: open,
    retention: open,
    destinationIds: open,
    destinationNames: open,
    lastPlausible: open,
    lastProven: open,
    days: open,
    lastRun: entity("run"),
    notifications: list(
      group({
        ...shown("id", "channelId", "channelName", "condition", "repeat", "remindHours", "notifyOnRecovery"),
        ...shown("showFacts", "priority", "sound", "includeLog", "logLimit"),
        states: open,
        tags: open,
        // Texts of one's own may name hosts and people.
        title: text("operator"),
        message: text("operator"),
        outcomes: whole("operator"),
      }),
    ),
  },
};

const endpoint: Entity = {
  title: "Sources and destinations",
  row: "viewer",
  fields: {
    ...shown("id", "name", "kind", "kindLabel", "createdAt", "updatedAt"),
    summary: text("operator"),
    config: whole("operator", { hidden: () => ({}) }),
    mountPoints: whole("operator", { hidden: () => [] }),
    usedBy: open,
    usage: open,
  },
};

const channel: Entity = {
  title: "Channels",
  row: "viewer",
  fields: {
    ...shown("id", "name", "provider", "providerLabel", "purpose", "enabled", "minSeverity", "mutedUntil"),
    ...shown("createdAt", "updatedAt"),
    config: whole("admin"),
    texts: whole("operator"),
    // May quote the configuration.
    problem: text("admin"),
    events: open,
    rateLimit: open,
    today: open,
    usedBy: open,
    health: group({
      ...shown("state", "retryingSince", "pausedUntil", "failingSince", "lastSuccessAt", "lastErrorAt"),
      lastError: text(by.ofService),
    }),
  },
};

const event: Entity = {
  title: "Events",
  row: by.ofEvent("row"),
  fields: {
    ...shown("id", "type", "name", "at", "tone", "severity", "alertId", "jobId", "runId", "deliveries"),
    subject: group({
      kind: all,
      // A restore's subject has its target for an id.
      id: value(by.ofEvent("subject"), { hidden: "hidden" }),
      name: value(by.ofEvent("subject"), { hidden: ({ name }: AnswerRow) => name }),
    }),
    title: value(by.ofEvent("title"), { hidden: ({ name }: AnswerRow) => name }),
    message: text(by.ofEvent("message")),
  },
};

const alert: Entity = {
  title: "Alerts",
  row: by.ofEvent("row"),
  fields: {
    ...shown("id", "type", "typeName", "status", "tone", "severity", "count", "openedAt", "lastAt", "resolvedAt"),
    ...shown("resolution", "resolvedBy"),
    dedupKey: value(by.ofKey, { hidden: "hidden" }),
    subject: group({
      kind: all,
      id: value(by.ofEvent("subject"), { hidden: "hidden" }),
      name: value(by.ofEvent("subject"), { hidden: ({ typeName }: AnswerRow) => typeName }),
    }),
    title: value(by.ofEvent("title"), { hidden: ({ typeName }: AnswerRow) => typeName }),
    message: text(by.ofEvent("message")),
    notified: open,
  },
};

const delivery: Entity = {
  title: "Deliveries",
  row: by.ofEvent("row"),
  fields: {
    ...shown("id", "eventId", "channelId", "channelName", "provider", "providerLabel", "kind", "step", "status"),
    ...shown("route", "tone", "severity", "alertId", "attemptCount", "createdAt", "dueAt", "settledAt", "reasonCode"),
    ...shown("heldBy", "heldById", "isTest", "foldedInto", "foldedCount", "eventType", "eventName", "jobId", "runId"),
    ...shown("routeText", "ruleCondition", "giveUpAt"),
    recipient: admins,
    title: value(by.titleOfDelivery, { hidden: ({ eventName }: AnswerRow) => eventName }),
    reason: value(by.ofReason, { hidden: by.plainReason }),
    refused: list(group({ recipient: admins, reason: text(by.ofPayload), retryable: all })),
    notification: group({
      ...shown("type", "typeName", "tone", "severity", "at", "status"),
      title: value(by.titleOfDelivery, { hidden: ({ eventName }: AnswerRow) => eventName }),
      message: text(by.ofMessage("message")),
      fields: whole(by.ofMessage("facts"), { hidden: () => [] }),
      times: open,
      link: open,
    }),
    payload: whole(by.ofPayload),
    receipt: value(by.ofPayload),
    carries: list(entity("carried")),
    attempts: list(
      group({
        ...shown("number", "at", "latencyMs", "outcome", "status", "retryAfterMs"),
        error: text(by.ofPayload),
        advice: value(by.ofPayload),
        answer: value(by.ofPayload),
      }),
    ),
    event: group({
      ...shown("id", "type", "name", "at", "jobId", "runId"),
      subjectName: value(by.ofEvent("subject"), { hidden: ({ eventName }: AnswerRow) => eventName }),
    }),
  },
};

const carried: Entity = {
  title: "Deliveries that a digest carries",
  row: by.ofEvent("row"),
  fields: {
    ...shown("id", "eventType", "eventName", "createdAt"),
    title: value(by.titleOfDelivery, { hidden: ({ eventName }: AnswerRow) => eventName }),
  },
};

const user: Entity = {
  title: "Users",
  row: "viewer",
  fields: {
    ...shown("id", "name", "role", "status", "timezone", "createdAt"),
    email: value("admin", own),
    isLocked: value("admin", { ...own, hidden: false }),
    lastLoginAt: value("admin", own),
    invitationExpiresAt: admins,
  },
};

const installation: Entity = {
  title: "Installation",
  row: "viewer",
  fields: {
    id: all,
    place: text("operator"),
    pause: group({
      ...shown("reason", "originalId", "since"),
      originalPlace: operators,
      message: value("operator", { hidden: "This installation is a copy, or has the configuration of another one." }),
    }),
  },
};

const provider: Entity = {
  title: "Services",
  row: "viewer",
  fields: {
    ...shown("id", "label", "tagline", "docsUrl", "purpose", "canMailPeople", "closesAlerts", "wantsRun"),
    aliases: open,
    messageOptions: open,
    icon: open,
    secretFields: open,
    presets: open,
    schema: open,
    // Says which programs this server has.
    notice: text("operator"),
  },
};

const preview: Entity = {
  title: "Who gets notified",
  row: "operator",
  fields: {
    entries: list(
      group({
        ...Object.fromEntries(
          [
            "when",
            "afterHours",
            "channelId",
            "channelName",
            "text",
            "outcome",
            "reasonCode",
            "reason",
            "heldUntil",
          ].map((name) => [name, operators]),
        ),
        recipient: value("admin", { hidden: () => undefined }),
      }),
    ),
    notes: whole("operator"),
  },
};

const testResult: Entity = {
  title: "Results of an event's Test",
  row: "operator",
  fields: {
    channelId: operators,
    channelName: operators,
    provider: operators,
    status: operators,
    recipient: value("admin", { hidden: () => undefined }),
    error: text(by.ofService),
    advice: value(by.ofService, { hidden: () => undefined }),
  },
};

/** What answers are made of, by name. */
export const ENTITIES: Readonly<Record<string, Entity>> = {
  job,
  run,
  artifact,
  endpoint,
  channel,
  event,
  alert,
  delivery,
  carried,
  user,
  installation,
  provider,
  preview,
  testResult,
};

const id = group({ id: all });
const runStarted = group({ runId: all });

/** The answer of every verb that others than administrators may call. */
export const ANSWERS: Readonly<Record<string, Rule>> = {
  // Open to everybody, also without an account: nothing in them is anybody's.
  "health.read": whole("anyone"),
  "openapi.read": whole("anyone"),
  "setup.status": whole("anyone"),
  // About the caller.
  "setup.create": whole("anyone"),
  "session.signIn": whole("anyone"),
  "invitations.get": whole("anyone"),
  "invitations.accept": whole("anyone"),
  "session.signOut": whole("anyone"),
  "profile.password": open,
  "profile.sessions": open,
  "profile.endSession": open,
  "profile.endOtherSessions": open,
  "profile.get": entity("user"),
  "profile.update": entity("user"),

  "alerts.list": pageOfEntity("alert"),
  "alerts.acknowledge": entity("alert"),
  "alerts.resolve": entity("alert"),
  "artifacts.list": pageOfEntity("artifact"),
  "artifacts.get": entity("artifact"),
  "artifacts.accept": entity("artifact"),
  "artifacts.download": whole("operator"),
  "artifacts.outlook": whole("operator"),
  "artifacts.restore": runStarted,
  "artifacts.testRestore": runStarted,
  "channels.list": pageOfEntity("channel"),
  "channels.get": entity("channel"),
  // Names, and what their services can do.
  "channels.options": list(open),
  "channels.preview": whole("operator"),
  "channels.test": whole("operator"),
  "deliveries.list": pageOfEntity("delivery"),
  "deliveries.get": entity("delivery"),
  "deliveries.cancel": group({ id: all, status: all }),
  "deliveries.resend": group({ id: all, status: all }),
  "destinations.list": pageOfEntity("endpoint"),
  "destinations.get": entity("endpoint"),
  "destinations.options": list(open),
  "destinations.kinds": list(open),
  "destinations.test": whole("operator"),
  "events.list": pageOfEntity("event"),
  "events.get": entity("event"),
  "events.types": list(open),
  "installation.get": entity("installation"),
  "jobs.list": pageOfEntity("job"),
  "jobs.get": entity("job"),
  "jobs.create": entity("job"),
  "jobs.update": entity("job"),
  "jobs.delete": id,
  "jobs.options": list(group({ id: all, name: all })),
  "jobs.run": runStarted,
  "jobs.routingPreview": entity("preview"),
  // Names of channels and jobs are its labels: `METRIC_LABELS`.
  "metrics.read": all,
  "notify.send": open,
  "overview.read": group({
    jobs: open,
    protectedBytes: all,
    artifacts: all,
    last24h: open,
    nextRun: open,
    notifications24h: open,
    failingChannels: list(entity("channel")),
  }),
  "providers.list": list(entity("provider")),
  "runs.list": pageOfEntity("run"),
  "runs.get": entity("run"),
  "runs.cancel": group({ id: all, status: all }),
  "runs.log": whole("operator"),
  "settings.general.get": whole("operator"),
  "settings.notifications.get": whole("operator"),
  "settings.notifications.routingPreview": entity("preview"),
  "settings.notifications.test": group({ results: list(entity("testResult")) }),
  "settings.timezone.get": group({ timezone: all }),
  "sources.list": pageOfEntity("endpoint"),
  "sources.get": entity("endpoint"),
  "sources.options": list(open),
  "sources.kinds": list(open),
  "sources.test": whole("operator"),
  "users.list": pageOfEntity("user"),
  "users.get": entity("user"),
};

/** Who is notified by the live stream that something of a topic changed. Notices carry ids only. */
export const NOTICE_ROLES: Readonly<Record<Notice["topic"], Role>> = {
  deliveries: "viewer",
  alerts: "viewer",
  runs: "viewer",
  "run-log": "operator",
  channels: "viewer",
  jobs: "viewer",
  settings: "viewer",
  users: "viewer",
  // Everybody has a list of their own.
  sessions: "viewer",
  "api-keys": "admin",
};

/** Labels of metrics: names that viewers see elsewhere, and words of a closed list. */
export const METRIC_LABELS = {
  name: "viewer",
  version: "viewer",
  status: "viewer",
  channel: "viewer",
  provider: "viewer",
  severity: "viewer",
  job: "viewer",
} as const satisfies Record<string, Role>;
