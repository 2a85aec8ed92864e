import { z } from "zod";
import { type ArtifactRow, newestGoodBackups } from "@/db/queries/artifacts";
import { clientNames } from "@/db/queries/clients";
import { endpointsById } from "@/db/queries/endpoints";
import { jobHealths } from "@/db/queries/job-health";
import { receiversOfJobs } from "@/db/queries/job-receivers";
import { channelsByIdForJobs, type JobWithParts } from "@/db/queries/jobs";
import { labelsOf } from "@/db/queries/labels";
import { profileNames } from "@/db/queries/profiles";
import { repositoryNamesById } from "@/db/queries/repositories";
import { latestRuns, usualDurations } from "@/db/queries/runs";
import type { RuleColumns } from "@/db/stores/profiles";
import type { Actor } from "@/lib/auth/access/actor";
import { toIso } from "@/lib/core/clock";
import { overdueHoursOf } from "@/lib/core/cron/overdue-hours";
import { CONDITIONS, JOB_STATES, REPEATS } from "@/lib/core/job";
import { JOB_HEALTHS } from "@/lib/core/job-health";
import { linkBase } from "@/lib/dispatch/send/installation";
import { sourceKind } from "@/lib/jobs/registry";
import { outcomesView } from "@/lib/services/channels/text-fields";
import { labelsView } from "@/lib/services/labels/fields";
import { receiverView, receiverViewOf } from "@/lib/services/receivers/secrets";
import { runView, runViewSchema } from "@/lib/services/runs/view";
import { daysOfJobs } from "./days";
import { clientJobSettings, externalSettings, managedSettings } from "./fields";
import { readClientJobSettings, readExternalSettings, readManagedSettings } from "./mapping";

/** A rule as it is answered, of a job or a profile. */
export const notificationView = z.object({
  id: z.string(),
  channelId: z.string(),
  channelName: z.string(),
  condition: z.enum(CONDITIONS),
  states: z.array(z.enum(JOB_STATES)).nullable(),
  repeat: z.enum(REPEATS),
  remindHours: z.int().nullable(),
  notifyOnRecovery: z.boolean(),
  title: z.string().nullable(),
  message: z.string().nullable(),
  showFacts: z.boolean().nullable(),
  priority: z.string().nullable(),
  tags: z.array(z.string()).nullable(),
  sound: z.string().nullable(),
  mentions: z.array(z.string()).nullable(),
  outcomes: outcomesView.nullable(),
  includeLog: z.boolean(),
  logLimit: z.int(),
  afterCount: z.int().nullable(),
  afterHours: z.int().nullable(),
  escalationPolicyId: z.string().nullable(),
});

const identity = { id: z.string(), slug: z.string(), labels: labelsView };

const history = {
  /** How it is doing. */
  health: z.enum(JOB_HEALTHS),
  profileName: z.string().nullable(),
  notifications: z.array(notificationView),
  nextRunAt: z.iso.datetime().nullable(),
  /** Hours without a backup after which it is overdue, as set or by its schedule; null: never. */
  overdueHours: z.int().nullable(),
  lastRun: runViewSchema.nullable(),
  /** The last 30 days, oldest first, in the reader's calendar. */
  days: z.array(z.object({ day: z.string(), success: z.int(), warning: z.int(), failure: z.int(), bytes: z.number() })),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
};

const goodBackup = z.object({ artifactId: z.string(), runId: z.string(), createdAt: z.iso.datetime() });

const managedJobView = managedSettings.extend({
  ...identity,
  kind: z.literal("managed"),
  sourceName: z.string(),
  sourceKind: z.string(),
  /** Its source is a program that knows where its backups go: there are no destinations, and nothing is restored here. */
  storesItself: z.boolean(),
  destinationIds: z.array(z.string()),
  /** Where its backups are stored: its destinations, or its repository. */
  destinationNames: z.array(z.string()),
  /** The newest backup that nobody doubts. */
  lastPlausible: goodBackup.nullable(),
  /** The newest backup that was restored completely, as a test or for good. */
  lastProven: goodBackup.extend({ provenAt: z.iso.datetime() }).nullable(),
  /** Median of the last ten good runs, milliseconds. */
  usualDurationMs: z.number().nullable(),
  ...history,
});
export type ManagedJobView = z.infer<typeof managedJobView>;

const clientJobView = clientJobSettings.extend({
  ...identity,
  kind: z.literal("client"),
  clientName: z.string(),
  /** Median of the last ten good runs, milliseconds. */
  usualDurationMs: z.number().nullable(),
  ...history,
});

const externalJobView = externalSettings.extend({
  ...identity,
  kind: z.literal("external"),
  ...receiverView,
  /** Median of the last ten good runs, milliseconds. */
  usualDurationMs: z.number().nullable(),
  ...history,
});
export type ExternalJobView = z.infer<typeof externalJobView>;

/** A job as it is answered. A client, or another program, knows what it backs up: those have no source, destinations or retention. */
export const jobViewSchema = z.discriminatedUnion("kind", [managedJobView, clientJobView, externalJobView]);
export type JobView = z.infer<typeof jobViewSchema>;

/** Everything that the views of several jobs need, read together. */
async function readContext(jobs: JobWithParts[], actor: Actor, now: number) {
  const ids = jobs.map(({ job }) => job.id);
  const timezone = (actor.kind === "user" && actor.timezone) || "UTC";
  const [
    sources,
    destinations,
    repositories,
    channels,
    latest,
    days,
    good,
    durations,
    labels,
    profiles,
    healths,
    clients,
    receivers,
  ] = await Promise.all([
    endpointsById(
      "sources",
      jobs.flatMap(({ job }) => job.sourceId ?? []),
    ),
    endpointsById(
      "destinations",
      jobs.flatMap(({ destinationIds }) => destinationIds),
    ),
    repositoryNamesById(jobs.flatMap(({ job }) => job.repositoryId ?? [])),
    channelsByIdForJobs(jobs.flatMap(({ notifications }) => notifications.map((rule) => rule.channelId))),
    latestRuns(ids),
    daysOfJobs(ids, now, timezone),
    newestGoodBackups(ids),
    usualDurations(ids),
    labelsOf("job", ids),
    profileNames(jobs.flatMap(({ job }) => job.profileId ?? [])),
    jobHealths(ids),
    clientNames(jobs.flatMap(({ job }) => job.clientId ?? [])),
    receiversOfJobs(jobs.flatMap(({ job }) => (job.kind === "external" ? job.id : []))),
  ]);
  return {
    sources,
    destinations,
    repositories,
    channels,
    latest,
    days,
    good,
    durations,
    labels,
    profiles,
    healths,
    clients,
    receivers,
  };
}

/** Jobs with their names, rules, last run and last 30 days. */
export async function jobViews(jobs: JobWithParts[], actor: Actor, now: number): Promise<JobView[]> {
  const [context, base] = await Promise.all([readContext(jobs, actor, now), linkBase(undefined)]);
  const {
    sources,
    destinations,
    repositories,
    channels,
    latest,
    days,
    good,
    durations,
    labels,
    profiles,
    healths,
    clients,
    receivers,
  } = context;
  return jobs.map(({ job, destinationIds, notifications }) => {
    const lastRun = latest.get(job.id);
    const common = {
      id: job.id,
      slug: job.slug,
      labels: labels.get(job.id) ?? {},
      // Removed since it was read: nothing is known of it.
      health: healths.get(job.id) ?? "new",
      notifications: ruleViews(notifications, channels),
      profileName: job.profileId && (profiles.get(job.profileId) ?? "a deleted profile"),
      nextRunAt: toIso(job.nextRunAt),
      overdueHours: overdueHoursOf(job, now),
      lastRun: lastRun ? runView(lastRun) : null,
      days: days.get(job.id) ?? [],
      createdAt: toIso(job.createdAt),
      updatedAt: toIso(job.updatedAt),
    };
    const usualDurationMs = durations.get(job.id) ?? null;
    if (job.kind === "external") {
      const receiver = receiverViewOf(receivers.get(job.id), base);
      return { ...common, kind: job.kind, ...readExternalSettings(job), ...receiver, usualDurationMs };
    }
    if (job.kind === "client") {
      const clientName = clients.get(job.clientId) ?? "a deleted client";
      return { ...common, kind: job.kind, ...readClientJobSettings(job), clientName, usualDurationMs };
    }
    const source = sources.get(job.sourceId);
    return {
      ...common,
      kind: job.kind,
      ...readManagedSettings(job),
      sourceName: source?.name ?? "a deleted source",
      sourceKind: source?.kind ?? "",
      storesItself: sourceKind(source?.kind ?? "")?.storesItself ?? false,
      lastPlausible: goodBackupView(good.plausible.get(job.id)),
      lastProven: provenBackupView(good.proven.get(job.id)),
      usualDurationMs,
      destinationIds,
      destinationNames: job.repositoryId
        ? [repositories.get(job.repositoryId) ?? "a removed repository"]
        : destinationIds.flatMap((id) => destinations.get(id)?.name ?? []),
    };
  });
}

/** Rules with the names of their channels. */
export function ruleViews(
  rules: readonly (RuleColumns & { jobId?: string; profileId?: string })[],
  channels: ReadonlyMap<string, { name: string }>,
): z.output<typeof notificationView>[] {
  return rules.map(({ position: _, jobId: __, profileId: ___, ...rule }) => ({
    ...rule,
    channelName: channels.get(rule.channelId)?.name ?? "a deleted channel",
  }));
}

function goodBackupView(row: ArtifactRow | undefined) {
  return row ? { artifactId: row.id, runId: row.runId, createdAt: toIso(row.createdAt) } : null;
}

function provenBackupView(row: ArtifactRow | undefined) {
  const view = goodBackupView(row);
  return view && row?.provenAt ? { ...view, provenAt: toIso(row.provenAt) } : null;
}

/** One job. */
export async function jobView(job: JobWithParts, actor: Actor, now: number): Promise<JobView> {
  const [view] = await jobViews([job], actor, now);
  return view as JobView;
}
