import { HOOK_MOMENTS, type JobHooks } from "@/lib/core/hook";
import type { Compression } from "@/lib/core/job";
import type { Labels } from "@/lib/core/label";
import type { ExternalJobView, ManagedJobView } from "@/lib/services/jobs/view";
import {
  type ExternalDraft,
  expectationOf,
  externalPart,
  gapsOfExternal,
  NEW_EXTERNAL,
  reportSettingsOf,
} from "./external-draft";
import { gapsOfRules, isNoNumber, type RuleDraft, ruleDraftOf, ruleInput, type StoredRule } from "./rule-draft";

export interface JobDraft {
  name: string;
  /** Who executes it; of a job that exists it stays. */
  executor: "managed" | "client" | "external";
  /** Only of a job that a client executes. */
  clientId: string;
  clientJob: string;
  /** Only of a job that another program runs. */
  external: ExternalDraft;
  sourceId: string;
  /** The source knows by itself where its backups go. */
  storesItself: boolean;
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
  hooks: JobHooks;
  /** When backups are restored for a test. */
  restoreTests: RestoreTestChoice;
  restoreTestDays: string;
  /** Empty: none. */
  profileId: string;
  rules: RuleDraft[];
  labels: Labels;
}

const NO_HOOKS: JobHooks = { before: [], success: [], warning: [], failure: [], after: [] };

/** `run`: after each run; `days`: every few days. */
export type RestoreTestChoice = "never" | "run" | "days";

function restoreTestsOf(days: number | null): Pick<JobDraft, "restoreTests" | "restoreTestDays"> {
  if (days === null) return { restoreTests: "never", restoreTestDays: "7" };
  return days === 0
    ? { restoreTests: "run", restoreTestDays: "7" }
    : { restoreTests: "days", restoreTestDays: String(days) };
}

/** What a form needs of a job as its verb answers it. */
export type JobSettings = Omit<Pick<ManagedJobView, keyof ReturnType<typeof jobRequest>>, "notifications" | "kind"> &
  Pick<ManagedJobView, "storesItself"> & { notifications: StoredRule[] };

export function newJobDraft(start: {
  timezone: string;
  sourceId: string;
  storesItself?: boolean;
  destinationId: string;
  /** The default of new jobs, where there is one. */
  profileId?: string;
  executor?: JobDraft["executor"];
}): JobDraft {
  return {
    name: "",
    executor: start.executor ?? "managed",
    clientId: "",
    clientJob: "",
    external: NEW_EXTERNAL,
    sourceId: start.sourceId,
    storesItself: start.storesItself ?? false,
    destinationIds: start.destinationId ? [start.destinationId] : [],
    repositoryId: "",
    isScheduled: true,
    cron: "0 2 * * *",
    timezone: start.timezone,
    enabled: true,
    compression: "gzip",
    keepLast: "14",
    timeLimitMinutes: "",
    graceMinutes: start.executor === "external" ? "60" : "10",
    overdueAfterHours: "",
    retries: "0",
    leastBytesPercent: "20",
    leastItemsPercent: "50",
    mayBeEmpty: false,
    hooks: NO_HOOKS,
    restoreTests: "never",
    restoreTestDays: "7",
    profileId: start.profileId ?? "",
    rules: [],
    labels: {},
  };
}

/** What the forms of all jobs that Belfry starts have alike. */
type StartedSettings = Pick<
  JobSettings,
  | "name"
  | "schedule"
  | "enabled"
  | "timeLimitMinutes"
  | "graceMinutes"
  | "overdueAfterHours"
  | "retries"
  | "profileId"
  | "notifications"
  | "labels"
>;

function startedDraft(job: StartedSettings, timezone: string) {
  return {
    name: job.name,
    isScheduled: job.schedule !== null,
    cron: job.schedule?.cron ?? "0 2 * * *",
    timezone: job.schedule?.timezone ?? timezone,
    enabled: job.enabled,
    timeLimitMinutes: job.timeLimitMinutes === null ? "" : String(job.timeLimitMinutes),
    graceMinutes: String(job.graceMinutes),
    overdueAfterHours: String(job.overdueAfterHours ?? ""),
    retries: String(job.retries),
    profileId: job.profileId ?? "",
    rules: job.notifications.map(ruleDraftOf),
    labels: job.labels,
  };
}

/** The draft of a job that a client executes. */
export function clientDraftOf(
  job: StartedSettings & { clientId: string; clientJob: string },
  timezone: string,
): JobDraft {
  return {
    ...newJobDraft({ timezone, sourceId: "", destinationId: "" }),
    ...startedDraft(job, timezone),
    executor: "client",
    clientId: job.clientId,
    clientJob: job.clientJob,
  };
}

/** The draft of a job that another program runs. */
export function externalDraftOf(job: ExternalJobView, timezone: string): JobDraft {
  const { schedule } = job;
  const cron = schedule && "cron" in schedule ? schedule : null;
  const draft = newJobDraft({ timezone, sourceId: "", destinationId: "" });
  return {
    ...draft,
    ...startedDraft({ ...job, schedule: cron, retries: 0 }, timezone),
    ...(schedule && "timezone" in schedule && { timezone: schedule.timezone }),
    executor: "external",
    external: externalPart(job),
  };
}

export function draftOf(job: JobSettings, timezone: string): JobDraft {
  return {
    ...startedDraft(job, timezone),
    executor: "managed",
    clientId: "",
    clientJob: "",
    external: NEW_EXTERNAL,
    sourceId: job.sourceId,
    storesItself: job.storesItself,
    destinationIds: job.destinationIds,
    repositoryId: job.repositoryId ?? "",
    compression: job.compression,
    keepLast: String(job.retention.keepLast),
    leastBytesPercent: String(job.leastBytesPercent),
    leastItemsPercent: String(job.leastItemsPercent),
    mayBeEmpty: job.mayBeEmpty,
    hooks: job.hooks ?? NO_HOOKS,
    ...restoreTestsOf(job.restoreTestDays),
  };
}

function startedRequest(draft: JobDraft) {
  return {
    name: draft.name.trim(),
    schedule: draft.isScheduled ? { cron: draft.cron.trim(), timezone: draft.timezone } : null,
    enabled: draft.enabled,
    timeLimitMinutes: draft.timeLimitMinutes === "" ? null : Number(draft.timeLimitMinutes),
    graceMinutes: Number(draft.graceMinutes),
    overdueAfterHours: draft.overdueAfterHours.trim() === "" ? null : Number(draft.overdueAfterHours),
    retries: Number(draft.retries),
    profileId: draft.profileId || null,
    notifications: draft.rules.map(ruleInput),
    labels: draft.labels,
  };
}

/** A draft of a job that a client executes as input of the verb. */
export function clientJobRequest(draft: JobDraft) {
  return {
    ...startedRequest(draft),
    kind: "client" as const,
    clientId: draft.clientId,
    clientJob: draft.clientJob.trim(),
  };
}
export type ClientJobRequest = ReturnType<typeof clientJobRequest>;

/** A draft of a job that another program runs as input of the verb. */
export function externalJobRequest(draft: JobDraft) {
  const { retries: _, ...shared } = startedRequest(draft);
  return {
    ...shared,
    kind: "external" as const,
    schedule: expectationOf(draft.external, draft.cron, draft.timezone),
    ...reportSettingsOf(draft.external),
  };
}
export type ExternalJobRequest = ReturnType<typeof externalJobRequest>;

/** A draft of a managed job as input of the verb. */
export function jobRequest(draft: JobDraft) {
  return {
    ...startedRequest(draft),
    kind: "managed" as const,
    sourceId: draft.sourceId,
    destinationIds: draft.storesItself || draft.repositoryId ? [] : draft.destinationIds,
    repositoryId: draft.storesItself ? null : draft.repositoryId || null,
    compression: draft.compression,
    retention: { keepLast: Number(draft.keepLast) },
    leastBytesPercent: Number(draft.leastBytesPercent),
    leastItemsPercent: Number(draft.leastItemsPercent),
    mayBeEmpty: draft.mayBeEmpty,
    hooks: HOOK_MOMENTS.some((moment) => draft.hooks[moment].length > 0) ? draft.hooks : null,
    restoreTestDays: draft.storesItself ? null : restoreTestDaysOf(draft),
  };
}

function restoreTestDaysOf({ restoreTests, restoreTestDays }: JobDraft): number | null {
  if (restoreTests === "never") return null;
  return restoreTests === "run" ? 0 : Number(restoreTestDays);
}

/** A draft of a new job: one with a repository, or whose source stores its backups by itself, names no destinations. */
export function newJobRequest(draft: JobDraft) {
  if (draft.executor === "client") return clientJobRequest(draft);
  if (draft.executor === "external") return externalJobRequest(draft);
  const { destinationIds, ...request } = jobRequest(draft);
  return draft.storesItself || draft.repositoryId ? request : { ...request, destinationIds };
}

export type JobRequest = ReturnType<typeof jobRequest>;

/** Only what was changed, so that what someone else saved meanwhile is kept. */
export function changesOf<R extends object>(saved: R, now: R): Partial<R> {
  const changed = (Object.keys(now) as (keyof R)[]).filter(
    (key) => JSON.stringify(now[key]) !== JSON.stringify(saved[key]),
  );
  return Object.fromEntries(changed.map((key) => [key, now[key]])) as Partial<R>;
}

/** What saving a draft would change. */
export function draftChanges(
  saved: JobDraft,
  now: JobDraft,
): Partial<JobRequest> | Partial<ClientJobRequest> | Partial<ExternalJobRequest> {
  if (now.executor === "external") return changesOf(externalJobRequest(saved), externalJobRequest(now));
  return now.executor === "client"
    ? changesOf(clientJobRequest(saved), clientJobRequest(now))
    : changesOf(jobRequest(saved), jobRequest(now));
}

/** What is missing before anything is sent: blank numbers, nothing chosen. By path. */
export function gapsOf(draft: JobDraft): Record<string, string> {
  const gaps: Record<string, string> = {};
  const need = (path: string, text: string) => {
    if (isNoNumber(text)) gaps[path] = "Enter a number.";
  };
  if (!draft.name.trim()) gaps.name = "Give the job a name.";
  need("graceMinutes", draft.graceMinutes);
  if (draft.executor !== "external") need("retries", draft.retries);
  if (draft.executor === "external") Object.assign(gaps, gapsOfExternal(draft.external));
  else if (draft.executor === "client") {
    if (!draft.clientId) gaps.clientId = "Choose the client that executes it.";
    if (!draft.clientJob.trim()) gaps.clientJob = "Enter the name that the client's jobs.conf gives it.";
  } else {
    if (!draft.sourceId) gaps.sourceId = "Choose what is backed up.";
    if (!draft.storesItself) Object.assign(gaps, gapsOfStoring(draft));
    need("leastBytesPercent", draft.leastBytesPercent);
    need("leastItemsPercent", draft.leastItemsPercent);
  }
  return { ...gaps, ...gapsOfRules(draft.rules) };
}

/** The same of where backups are stored, and what is kept of them. */
function gapsOfStoring(draft: JobDraft): Record<string, string> {
  const gaps: Record<string, string> = {};
  if (!draft.repositoryId && draft.destinationIds.length === 0)
    gaps.destinationIds = "Choose at least one destination.";
  if (isNoNumber(draft.keepLast)) gaps["retention.keepLast"] = "Enter a number.";
  if (draft.restoreTests === "days" && isNoNumber(draft.restoreTestDays)) gaps.restoreTestDays = "Enter a number.";
  return gaps;
}

export const JOB_TABS = ["reporting", "general", "schedule", "retention", "notifications", "advanced"] as const;
export type JobTab = (typeof JOB_TABS)[number];

/** The tabs of a draft: what a client or another program keeps is known there alone, and only an external job that exists has addresses. */
export function tabsOf({ executor, storesItself }: JobDraft, isNew: boolean): JobTab[] {
  return JOB_TABS.filter((tab) => {
    if (tab === "retention") return executor === "managed" && !storesItself;
    return tab !== "reporting" || (executor === "external" && !isNew);
  });
}

/** The tab of a field. */
export function tabOfField(path: string): JobTab {
  if (/^(schedule|graceMinutes|overdueAfterHours)/.test(path)) return "schedule";
  if (/^(retention|restoreTest)/.test(path)) return "retention";
  if (/^(notifications|profileId)/.test(path)) return "notifications";
  if (/^(compression|timeLimitMinutes|retries|least|mayBeEmpty|hooks|methods|keywords|webhookMapping)/.test(path))
    return "advanced";
  return "general";
}
