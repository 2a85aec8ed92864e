import type { ClientJob, ExternalJob, ManagedJob, StartableJob } from "@/db/queries/jobs";
import type { JobChanges, JobNotificationRuleRow } from "@/db/stores/jobs";
import type { RuleColumns } from "@/db/stores/profiles";
import { nextRun } from "@/lib/core/cron/next-run";
import { newId } from "@/lib/core/id";
import {
  type ClientJobSettings,
  clientPlain,
  type JobInput,
  type ManagedSettings,
  managedPlain,
  type NotificationInput,
  sharedPlain,
} from "./fields";

type Schedule = ManagedSettings["schedule"];

/**
 * Settings of a job: input ↔ row ↔ view. A plain setting has one name everywhere and is listed in `fields.ts` only;
 * the composed ones are listed here, with their columns.
 */
const SCHEDULE = {
  columns: (schedule: Schedule) => ({ cron: schedule?.cron ?? null, timezone: schedule?.timezone ?? null }),
  read: ({ cron, timezone }: Pick<ManagedJob, "cron" | "timezone">): Schedule =>
    cron === null ? null : { cron, timezone: timezone ?? "UTC" },
};
const RETENTION = {
  columns: ({ keepLast }: ManagedSettings["retention"]) => ({ keepLast }),
  read: ({ keepLast }: Pick<ManagedJob, "keepLast">) => ({ keepLast }),
};

const SHARED_PLAIN = sharedPlain.keyof().options;
const MANAGED_PLAIN = managedPlain.keyof().options;
const CLIENT_PLAIN = clientPlain.keyof().options;

/** A new job as it is stored. @param now milliseconds */
export function jobRow(input: JobInput, slug: string, now: number): StartableJob {
  const shared = {
    id: newId("job"),
    slug,
    ...SCHEDULE.columns(input.schedule),
    profileId: input.profileId ?? null,
    enabledAt: null,
    nextRunAt: nextRunAt(input.schedule, input.enabled, now),
    createdAt: now,
    updatedAt: now,
  };
  if (input.kind === "client") {
    return { ...pick(input, CLIENT_PLAIN), kind: input.kind, ...UNMANAGED, ...shared };
  }
  const { kind, retention } = input;
  return {
    ...pick(input, MANAGED_PLAIN),
    kind,
    ...RETENTION.columns(retention),
    clientId: null,
    clientJob: null,
    ...shared,
  };
}

/** What Belfry does not decide for a job that a client executes. */
const UNMANAGED = {
  sourceId: null,
  repositoryId: null,
  compression: null,
  keepLast: null,
  leastBytesPercent: 0,
  leastItemsPercent: 0,
  mayBeEmpty: true,
  restoreTestDays: null,
} as const;

/** The columns of what is named. The next time changes with the schedule and with `enabled`, and with nothing else. */
export function changedColumns(
  job: StartableJob,
  changes: Partial<ManagedSettings & ClientJobSettings>,
  now: number,
): JobChanges {
  const before = SCHEDULE.read(job);
  const schedule = changes.schedule === undefined ? before : changes.schedule;
  const enabled = changes.enabled ?? job.enabled;
  const isSameTime =
    schedule?.cron === before?.cron && schedule?.timezone === before?.timezone && enabled === job.enabled;
  return {
    updatedAt: now,
    ...pick(changes, job.kind === "client" ? CLIENT_PLAIN : MANAGED_PLAIN),
    ...(changes.schedule !== undefined && SCHEDULE.columns(changes.schedule)),
    ...(changes.retention && RETENTION.columns(changes.retention)),
    ...(!isSameTime && { nextRunAt: nextRunAt(schedule, enabled, now) }),
  };
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
export function readSharedSettings(job: ExternalJob) {
  return { ...pick(job, SHARED_PLAIN), schedule: SCHEDULE.read(job) };
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

function nextRunAt(schedule: Schedule, enabled: boolean, now: number): number | null {
  return schedule && enabled ? nextRun(schedule, now) : null;
}

/** The named properties, without those that are undefined. */
function pick<T extends object, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  const picked: Partial<Pick<T, K>> = {};
  for (const key of keys) if (from[key] !== undefined) picked[key] = from[key];
  return picked as Pick<T, K>;
}
