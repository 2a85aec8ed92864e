import type { ClientJob, ExternalJob, ManagedJob, StoredJob } from "@/db/queries/jobs";
import type { JobChanges, JobNotificationRuleRow } from "@/db/stores/jobs";
import type { RuleColumns } from "@/db/stores/profiles";
import { type Expectation, nextExpected } from "@/lib/core/cron/expected-report";
import { newId } from "@/lib/core/id";
import {
  type ClientJobSettings,
  clientPlain,
  type ExpectationInput,
  type ExternalSettings,
  externalPlain,
  type JobInput,
  type ManagedSettings,
  managedPlain,
} from "./fields";
import type { NotificationInput } from "./rule-fields";

type Schedule = ManagedSettings["schedule"];

/**
 * Settings of a job: input ↔ row ↔ view. A plain setting has one name everywhere and is listed in `fields.ts` only;
 * the composed ones are listed here, with their columns.
 */
const SCHEDULE = {
  columns: (schedule: ExpectationInput) => ({
    cron: schedule && "cron" in schedule ? schedule.cron : null,
    timezone: schedule && "timezone" in schedule ? schedule.timezone : null,
    periodMinutes: schedule && "periodMinutes" in schedule ? schedule.periodMinutes : null,
    onCalendar: schedule && "onCalendar" in schedule ? schedule.onCalendar : null,
  }),
  read: ({ cron, timezone }: Pick<Expectation, "cron" | "timezone">): Schedule =>
    cron === null ? null : { cron, timezone: timezone ?? "UTC" },
  readExpected: (job: Expectation): ExpectationInput => {
    const { periodMinutes, onCalendar, timezone } = job;
    if (periodMinutes !== null) return { periodMinutes };
    return onCalendar === null ? SCHEDULE.read(job) : { onCalendar, timezone: timezone ?? "UTC" };
  },
};
const RETENTION = {
  columns: ({ keepLast }: ManagedSettings["retention"]) => ({ keepLast }),
  read: ({ keepLast }: Pick<ManagedJob, "keepLast">) => ({ keepLast }),
};

const MANAGED_PLAIN = managedPlain.keyof().options;
const CLIENT_PLAIN = clientPlain.keyof().options;
const EXTERNAL_PLAIN = externalPlain.keyof().options;

/** A new job as it is stored. @param now milliseconds */
export function jobRow(input: JobInput, slug: string, now: number): StoredJob {
  const shared = {
    id: newId("job"),
    slug,
    ...SCHEDULE.columns(input.schedule),
    profileId: input.profileId ?? null,
    enabledAt: null,
    nextRunAt: nextRunAt(SCHEDULE.columns(input.schedule), input.enabled, now),
    createdAt: now,
    updatedAt: now,
  };
  if (input.kind === "external") {
    const elsewhere = { ...UNMANAGED, clientId: null, clientJob: null, retries: 0 };
    return { ...pick(input, EXTERNAL_PLAIN), kind: input.kind, ...elsewhere, ...shared };
  }
  if (input.kind === "client") {
    return { ...pick(input, CLIENT_PLAIN), kind: input.kind, ...UNMANAGED, ...UNREPORTED, ...shared };
  }
  const { kind, retention } = input;
  return {
    ...pick(input, MANAGED_PLAIN),
    kind,
    ...RETENTION.columns(retention),
    clientId: null,
    clientJob: null,
    ...UNREPORTED,
    ...shared,
  };
}

/** What only an external job has. */
const UNREPORTED = { methods: null, keywords: null, webhookMapping: null } as const;

/** What Belfry does not decide for a job that it does not execute itself. */
const UNMANAGED = {
  sourceId: null,
  repositoryId: null,
  compression: null,
  keepLast: null,
  leastBytesPercent: 0,
  leastItemsPercent: 0,
  mayBeEmpty: true,
  restoreTestDays: null,
  hooks: null,
} as const;

const PLAIN = { managed: MANAGED_PLAIN, client: CLIENT_PLAIN, external: EXTERNAL_PLAIN } as const;

/** The columns of what is named. The next time changes with the schedule and with `enabled`, and with nothing else. */
export function changedColumns(
  job: StoredJob,
  changes: Partial<Omit<ManagedSettings & ClientJobSettings & ExternalSettings, "schedule">> & {
    schedule?: ExpectationInput;
  },
  now: number,
): JobChanges {
  const before = SCHEDULE.columns(SCHEDULE.readExpected(job));
  const after = changes.schedule === undefined ? before : SCHEDULE.columns(changes.schedule);
  const enabled = changes.enabled ?? job.enabled;
  const isSameTime = isEqual(before, after) && enabled === job.enabled;
  const plain: readonly (keyof typeof changes)[] = PLAIN[job.kind];
  return {
    updatedAt: now,
    ...pick(changes, plain),
    ...(changes.schedule !== undefined && after),
    ...(changes.retention && RETENTION.columns(changes.retention)),
    ...(!isSameTime && { nextRunAt: nextRunAt(after, enabled, now) }),
  };
}

function isEqual(one: Expectation, other: Expectation): boolean {
  const names = ["cron", "timezone", "periodMinutes", "onCalendar"] as const;
  return names.every((name) => one[name] === other[name]);
}

/** When an external job is expected to report, as it is answered. */
export function readExpectation(job: Expectation): ExpectationInput {
  return SCHEDULE.readExpected(job);
}

/** The settings of a managed job as they are answered. */
export function readManagedSettings(job: ManagedJob): ManagedSettings {
  return { ...pick(job, MANAGED_PLAIN), schedule: SCHEDULE.read(job), retention: RETENTION.read(job) };
}

/** The settings of a job of a client as they are answered. */
export function readClientJobSettings(job: ClientJob): ClientJobSettings {
  return { ...pick(job, CLIENT_PLAIN), schedule: SCHEDULE.read(job) };
}

/** The settings of an external job as they are answered. */
export function readExternalSettings(job: ExternalJob): ExternalSettings {
  return { ...pick(job, EXTERNAL_PLAIN), schedule: SCHEDULE.readExpected(job) };
}

/** A job's own rules as they are stored. */
export function ruleRows(jobId: string, rules: NotificationInput[]): JobNotificationRuleRow[] {
  return ruleColumns(rules).map((rule) => ({ ...rule, jobId }));
}

/** Rules as they are stored, of a job or a profile. */
export function ruleColumns(rules: NotificationInput[]): RuleColumns[] {
  return rules.map((rule, position) => ({
    id: newId("row"),
    channelId: rule.channelId,
    position,
    condition: rule.condition,
    states: rule.condition === "custom" ? (rule.states ?? null) : null,
    repeat: rule.repeat,
    remindHours: rule.repeat === "remind" ? (rule.remindHours ?? null) : null,
    notifyOnRecovery: rule.notifyOnRecovery,
    title: rule.title?.trim() ? rule.title : null,
    message: rule.message?.trim() ? rule.message : null,
    showFacts: rule.showFacts ?? null,
    priority: rule.priority ?? null,
    tags: rule.tags?.length ? rule.tags : null,
    sound: rule.sound || null,
    mentions: rule.mentions?.length ? rule.mentions : null,
    outcomes: rule.outcomes ?? null,
    includeLog: rule.includeLog,
    logLimit: rule.logLimit,
    afterCount: rule.afterCount ?? null,
    afterHours: rule.afterHours ?? null,
    escalationPolicyId: rule.escalationPolicyId ?? null,
  }));
}

function nextRunAt(expectation: Expectation, enabled: boolean, now: number): number | null {
  return enabled ? nextExpected(expectation, now) : null;
}

/** The named properties, without those that are undefined. */
function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  const picked: Partial<Pick<T, K>> = {};
  for (const key of keys) if (from[key] !== undefined) picked[key] = from[key];
  return picked as Pick<T, K>;
}
