import { type StoredTexts, type TextDraft, textDraftOf, textSetOf } from "@/components/channel/texts/text-draft";
import type { Compression, Condition, JobState, Repeat } from "@/lib/core/job";

/** A row of the Notifications tab as it is typed. Numbers are text until they are sent. */
export interface RuleDraft {
  channelId: string;
  condition: Condition;
  states: JobState[];
  repeat: Repeat;
  remindHours: string;
  notifyOnRecovery: boolean;
  text: TextDraft;
  includeLog: boolean;
  /** In kB, as people say it. */
  logLimit: string;
}

export interface JobDraft {
  name: string;
  sourceId: string;
  destinationIds: string[];
  isScheduled: boolean;
  cron: string;
  timezone: string;
  enabled: boolean;
  compression: Compression;
  keepLast: string;
  timeLimitMinutes: string;
  graceMinutes: string;
  retries: string;
  rows: RuleDraft[];
}

/** A job's settings as its verb answers with them. */
export interface JobSettings {
  id: string;
  name: string;
  sourceId: string;
  destinationIds: string[];
  schedule: { cron: string; timezone: string } | null;
  enabled: boolean;
  compression: Compression;
  retention: { keepLast: number };
  timeLimitMinutes: number | null;
  graceMinutes: number;
  retries: number;
  notifications: {
    channelId: string;
    condition: Condition;
    states: JobState[] | null;
    repeat: Repeat;
    remindHours: number | null;
    notifyOnRecovery: boolean;
    title: string | null;
    message: string | null;
    priority: string | null;
    tags: string[] | null;
    sound: string | null;
    outcomes: StoredTexts["outcomes"];
    includeLog: boolean;
    logLimit: number;
  }[];
}

/** A new row starts as On Failure: success mails bury the failures. */
export function newRow(channelId: string, condition: Condition = "failure"): RuleDraft {
  return {
    channelId,
    condition,
    states: ["failure", "missed"],
    repeat: "every",
    remindHours: "6",
    notifyOnRecovery: true,
    text: textDraftOf(null),
    includeLog: false,
    logLimit: "10",
  };
}

/** A row for a service that watches the course of a job: it hears of each start and each end, every time. */
export function newMonitorRule(channelId: string): RuleDraft {
  return {
    ...newRow(channelId, "custom"),
    states: ["start", "success", "warning", "failure"],
    notifyOnRecovery: false,
  };
}

export function newJobDraft(start: { timezone: string; sourceId: string; destinationId: string }): JobDraft {
  return {
    name: "",
    sourceId: start.sourceId,
    destinationIds: start.destinationId ? [start.destinationId] : [],
    isScheduled: true,
    cron: "0 2 * * *",
    timezone: start.timezone,
    enabled: true,
    compression: "gzip",
    keepLast: "14",
    timeLimitMinutes: "",
    graceMinutes: "10",
    retries: "0",
    rows: [],
  };
}

export function draftOf(job: JobSettings, timezone: string): JobDraft {
  return {
    name: job.name,
    sourceId: job.sourceId,
    destinationIds: job.destinationIds,
    isScheduled: job.schedule !== null,
    cron: job.schedule?.cron ?? "0 2 * * *",
    timezone: job.schedule?.timezone ?? timezone,
    enabled: job.enabled,
    compression: job.compression,
    keepLast: String(job.retention.keepLast),
    timeLimitMinutes: job.timeLimitMinutes === null ? "" : String(job.timeLimitMinutes),
    graceMinutes: String(job.graceMinutes),
    retries: String(job.retries),
    rows: job.notifications.map((row) => ({
      channelId: row.channelId,
      condition: row.condition,
      states: row.states ?? ["failure", "missed"],
      repeat: row.repeat,
      remindHours: String(row.remindHours ?? 6),
      notifyOnRecovery: row.notifyOnRecovery,
      text: textDraftOf(row),
      includeLog: row.includeLog,
      logLimit: String(row.logLimit / 1000),
    })),
  };
}

/** What of a row decides who is told; its words do not, so that they may be wrong for a while. */
export function routeInput(row: RuleDraft) {
  return {
    channelId: row.channelId,
    condition: row.condition,
    ...(row.condition === "custom" && { states: row.states }),
    repeat: row.repeat,
    ...(row.repeat === "remind" && { remindHours: Number(row.remindHours) }),
    notifyOnRecovery: row.notifyOnRecovery,
  };
}

export function ruleInput(row: RuleDraft) {
  return {
    ...routeInput(row),
    ...textSetOf(row.text),
    includeLog: row.includeLog,
    logLimit: Math.round(Number(row.logLimit) * 1000),
  };
}

/** The verb's input that a draft stands for. */
export function jobInput(draft: JobDraft) {
  return {
    name: draft.name.trim(),
    kind: "managed" as const,
    sourceId: draft.sourceId,
    destinationIds: draft.destinationIds,
    schedule: draft.isScheduled ? { cron: draft.cron.trim(), timezone: draft.timezone } : null,
    enabled: draft.enabled,
    compression: draft.compression,
    retention: { keepLast: Number(draft.keepLast) },
    timeLimitMinutes: draft.timeLimitMinutes === "" ? null : Number(draft.timeLimitMinutes),
    graceMinutes: Number(draft.graceMinutes),
    retries: Number(draft.retries),
    notifications: draft.rows.map(ruleInput),
  };
}

export type JobInput = ReturnType<typeof jobInput>;

/** Only what was changed, so that what someone else saved meanwhile stays. */
export function changesOf(saved: JobInput, now: JobInput): Partial<JobInput> {
  const changed = (Object.keys(now) as (keyof JobInput)[]).filter(
    (key) => JSON.stringify(now[key]) !== JSON.stringify(saved[key]),
  );
  return Object.fromEntries(changed.map((key) => [key, now[key]])) as Partial<JobInput>;
}

/** What can be seen to be missing before anything is sent: numbers left blank, nothing chosen. By path. */
export function gapsOf(draft: JobDraft): Record<string, string> {
  const gaps: Record<string, string> = {};
  const need = (path: string, text: string) => {
    if (text.trim() === "" || Number.isNaN(Number(text))) gaps[path] = "Enter a number.";
  };
  if (!draft.name.trim()) gaps.name = "Give the job a name.";
  if (!draft.sourceId) gaps.sourceId = "Choose what is backed up.";
  if (draft.destinationIds.length === 0) gaps.destinationIds = "Choose at least one destination.";
  need("retention.keepLast", draft.keepLast);
  need("graceMinutes", draft.graceMinutes);
  need("retries", draft.retries);
  draft.rows.forEach((row, index) => {
    if (row.repeat === "remind") need(`notifications[${index}].remindHours`, row.remindHours);
    if (row.includeLog) need(`notifications[${index}].logLimit`, row.logLimit);
    if (row.condition === "custom" && row.states.length === 0) {
      gaps[`notifications[${index}].states`] = "Choose at least one outcome.";
    }
  });
  return gaps;
}

export const JOB_TABS = ["general", "schedule", "retention", "notifications", "advanced"] as const;
export type JobTab = (typeof JOB_TABS)[number];

/** The tab on which a field stands. */
export function tabOfField(path: string): JobTab {
  if (/^(schedule|graceMinutes)/.test(path)) return "schedule";
  if (path.startsWith("retention")) return "retention";
  if (path.startsWith("notifications")) return "notifications";
  if (/^(compression|timeLimitMinutes|retries)/.test(path)) return "advanced";
  return "general";
}
