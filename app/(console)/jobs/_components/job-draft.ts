import { type TextDraft, textDraftOf, textSetOf } from "@/components/channel/texts/text-draft";
import type { Compression, Condition, JobState, Repeat } from "@/lib/core/job";
import type { Labels } from "@/lib/core/label";
import type { ManagedJobView } from "@/lib/services/jobs/view";

/** A rule of the Notifications tab on the form. Numbers are text until they are sent. */
export interface RuleDraft {
  channelId: string;
  condition: Condition;
  states: JobState[];
  repeat: Repeat;
  remindHours: string;
  notifyOnRecovery: boolean;
  /** Empty: none. */
  escalationPolicyId: string;
  /** How often in a row; blank: from the first on. */
  afterCount: string;
  /** How many hours without success; blank: at once. */
  afterHours: string;
  text: TextDraft;
  includeLog: boolean;
  /** In kB, as people say it. */
  logLimit: string;
}

export interface JobDraft {
  name: string;
  sourceId: string;
  destinationIds: string[];
  /** Empty: its backups are stored at destinations. */
  repositoryId: string;
  isScheduled: boolean;
  cron: string;
  timezone: string;
  enabled: boolean;
  compression: Compression;
  keepLast: string;
  timeLimitMinutes: string;
  graceMinutes: string;
  /** Hours; blank: by the schedule. */
  overdueAfterHours: string;
  retries: string;
  leastBytesPercent: string;
  leastItemsPercent: string;
  mayBeEmpty: boolean;
  /** When backups are restored for a test. */
  restoreTests: RestoreTestChoice;
  restoreTestDays: string;
  /** Empty: none. */
  profileId: string;
  rules: RuleDraft[];
  labels: Labels;
}

/** `run`: after each run; `days`: every few days. */
export type RestoreTestChoice = "never" | "run" | "days";

function restoreTestsOf(days: number | null): Pick<JobDraft, "restoreTests" | "restoreTestDays"> {
  if (days === null) return { restoreTests: "never", restoreTestDays: "7" };
  return days === 0
    ? { restoreTests: "run", restoreTestDays: "7" }
    : { restoreTests: "days", restoreTestDays: String(days) };
}

/** What a form needs of a job as its verb answers it. */
export type JobSettings = Omit<Pick<ManagedJobView, keyof ReturnType<typeof jobRequest>>, "notifications" | "kind"> & {
  notifications: Omit<ManagedJobView["notifications"][number], "id" | "channelName">[];
};

/** A new rule starts as On Failure: messages about successes hide the failures. */
export function newRule(channelId: string, condition: Condition = "failure"): RuleDraft {
  return {
    channelId,
    condition,
    states: ["failure", "missed"],
    repeat: "every",
    remindHours: "6",
    notifyOnRecovery: true,
    escalationPolicyId: "",
    afterCount: "",
    afterHours: "",
    text: textDraftOf(null),
    includeLog: false,
    logLimit: "10",
  };
}

/** A rule for a service that monitors a job: it receives each of the states that the service can show, every time. */
export function newMonitorRule(channelId: string, states: readonly JobState[]): RuleDraft {
  return {
    ...newRule(channelId, "custom"),
    states: [...states],
    notifyOnRecovery: false,
  };
}

export function newJobDraft(start: {
  timezone: string;
  sourceId: string;
  destinationId: string;
  /** The default of new jobs, where there is one. */
  profileId?: string;
}): JobDraft {
  return {
    name: "",
    sourceId: start.sourceId,
    destinationIds: start.destinationId ? [start.destinationId] : [],
    repositoryId: "",
    isScheduled: true,
    cron: "0 2 * * *",
    timezone: start.timezone,
    enabled: true,
    compression: "gzip",
    keepLast: "14",
    timeLimitMinutes: "",
    graceMinutes: "10",
    overdueAfterHours: "",
    retries: "0",
    leastBytesPercent: "20",
    leastItemsPercent: "50",
    mayBeEmpty: false,
    restoreTests: "never",
    restoreTestDays: "7",
    profileId: start.profileId ?? "",
    rules: [],
    labels: {},
  };
}

export function draftOf(job: JobSettings, timezone: string): JobDraft {
  return {
    name: job.name,
    sourceId: job.sourceId,
    destinationIds: job.destinationIds,
    repositoryId: job.repositoryId ?? "",
    isScheduled: job.schedule !== null,
    cron: job.schedule?.cron ?? "0 2 * * *",
    timezone: job.schedule?.timezone ?? timezone,
    enabled: job.enabled,
    compression: job.compression,
    keepLast: String(job.retention.keepLast),
    timeLimitMinutes: job.timeLimitMinutes === null ? "" : String(job.timeLimitMinutes),
    graceMinutes: String(job.graceMinutes),
    overdueAfterHours: String(job.overdueAfterHours ?? ""),
    retries: String(job.retries),
    leastBytesPercent: String(job.leastBytesPercent),
    leastItemsPercent: String(job.leastItemsPercent),
    mayBeEmpty: job.mayBeEmpty,
    ...restoreTestsOf(job.restoreTestDays),
    profileId: job.profileId ?? "",
    rules: job.notifications.map(ruleDraftOf),
    labels: job.labels,
  };
}

/** A stored rule on the form, of a job or a profile. */
export function ruleDraftOf(rule: JobSettings["notifications"][number]): RuleDraft {
  return {
    channelId: rule.channelId,
    condition: rule.condition,
    states: rule.states ?? ["failure", "missed"],
    repeat: rule.repeat,
    remindHours: String(rule.remindHours ?? 6),
    notifyOnRecovery: rule.notifyOnRecovery,
    escalationPolicyId: rule.escalationPolicyId ?? "",
    afterCount: String(rule.afterCount ?? ""),
    afterHours: String(rule.afterHours ?? ""),
    text: textDraftOf(rule),
    includeLog: rule.includeLog,
    logLimit: String(rule.logLimit / 1000),
  };
}

/** The part of a rule that decides who is notified. Its texts do not, so they may be invalid meanwhile. */
export function routeInput(rule: RuleDraft) {
  return {
    channelId: rule.channelId,
    condition: rule.condition,
    ...(rule.condition === "custom" && { states: rule.states }),
    repeat: rule.repeat,
    ...(rule.repeat === "remind" && { remindHours: Number(rule.remindHours) }),
    notifyOnRecovery: rule.notifyOnRecovery,
    ...(rule.escalationPolicyId && { escalationPolicyId: rule.escalationPolicyId }),
    // A rule about successes has no problem to wait for.
    ...(rule.condition !== "success" && {
      ...(rule.afterCount && { afterCount: Number(rule.afterCount) }),
      ...(rule.afterHours && { afterHours: Number(rule.afterHours) }),
    }),
  };
}

export function ruleInput(rule: RuleDraft) {
  return {
    ...routeInput(rule),
    ...textSetOf(rule.text),
    includeLog: rule.includeLog,
    logLimit: Math.round(Number(rule.logLimit) * 1000),
  };
}

/** A draft as input of the verb. */
export function jobRequest(draft: JobDraft) {
  return {
    name: draft.name.trim(),
    kind: "managed" as const,
    sourceId: draft.sourceId,
    destinationIds: draft.repositoryId ? [] : draft.destinationIds,
    repositoryId: draft.repositoryId || null,
    schedule: draft.isScheduled ? { cron: draft.cron.trim(), timezone: draft.timezone } : null,
    enabled: draft.enabled,
    compression: draft.compression,
    retention: { keepLast: Number(draft.keepLast) },
    timeLimitMinutes: draft.timeLimitMinutes === "" ? null : Number(draft.timeLimitMinutes),
    graceMinutes: Number(draft.graceMinutes),
    overdueAfterHours: draft.overdueAfterHours.trim() === "" ? null : Number(draft.overdueAfterHours),
    retries: Number(draft.retries),
    leastBytesPercent: Number(draft.leastBytesPercent),
    leastItemsPercent: Number(draft.leastItemsPercent),
    mayBeEmpty: draft.mayBeEmpty,
    restoreTestDays:
      draft.restoreTests === "never" ? null : draft.restoreTests === "run" ? 0 : Number(draft.restoreTestDays),
    profileId: draft.profileId || null,
    notifications: draft.rules.map(ruleInput),
    labels: draft.labels,
  };
}

/** A draft of a new job: one with a repository names no destinations. */
export function newJobRequest(draft: JobDraft) {
  const { destinationIds, ...request } = jobRequest(draft);
  return draft.repositoryId ? request : { ...request, destinationIds };
}

export type JobRequest = ReturnType<typeof jobRequest>;

/** Only what was changed, so that what someone else saved meanwhile is kept. */
export function changesOf(saved: JobRequest, now: JobRequest): Partial<JobRequest> {
  const changed = (Object.keys(now) as (keyof JobRequest)[]).filter(
    (key) => JSON.stringify(now[key]) !== JSON.stringify(saved[key]),
  );
  return Object.fromEntries(changed.map((key) => [key, now[key]])) as Partial<JobRequest>;
}

function isNoNumber(text: string): boolean {
  return text.trim() === "" || Number.isNaN(Number(text));
}

/** What is missing before anything is sent: blank numbers, nothing chosen. By path. */
export function gapsOf(draft: JobDraft): Record<string, string> {
  const gaps: Record<string, string> = {};
  const need = (path: string, text: string) => {
    if (isNoNumber(text)) gaps[path] = "Enter a number.";
  };
  if (!draft.name.trim()) gaps.name = "Give the job a name.";
  if (!draft.sourceId) gaps.sourceId = "Choose what is backed up.";
  if (!draft.repositoryId && draft.destinationIds.length === 0)
    gaps.destinationIds = "Choose at least one destination.";
  need("retention.keepLast", draft.keepLast);
  need("graceMinutes", draft.graceMinutes);
  need("retries", draft.retries);
  need("leastBytesPercent", draft.leastBytesPercent);
  need("leastItemsPercent", draft.leastItemsPercent);
  if (draft.restoreTests === "days") need("restoreTestDays", draft.restoreTestDays);
  return { ...gaps, ...gapsOfRules(draft.rules) };
}

/** What is missing in rules. By path. */
export function gapsOfRules(rules: readonly RuleDraft[]): Record<string, string> {
  const gaps: Record<string, string> = {};
  const need = (path: string, text: string) => {
    if (isNoNumber(text)) gaps[path] = "Enter a number.";
  };
  rules.forEach((rule, index) => {
    if (rule.repeat === "remind") need(`notifications[${index}].remindHours`, rule.remindHours);
    if (rule.includeLog) need(`notifications[${index}].logLimit`, rule.logLimit);
    if (rule.condition === "custom" && rule.states.length === 0) {
      gaps[`notifications[${index}].states`] = "Choose at least one outcome.";
    }
  });
  return gaps;
}

export const JOB_TABS = ["general", "schedule", "retention", "notifications", "advanced"] as const;
export type JobTab = (typeof JOB_TABS)[number];

/** The tab of a field. */
export function tabOfField(path: string): JobTab {
  if (/^(schedule|graceMinutes|overdueAfterHours)/.test(path)) return "schedule";
  if (/^(retention|restoreTest)/.test(path)) return "retention";
  if (/^(notifications|profileId)/.test(path)) return "notifications";
  if (/^(compression|timeLimitMinutes|retries|least|mayBeEmpty)/.test(path)) return "advanced";
  return "general";
}
