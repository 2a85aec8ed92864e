import { z } from "zod";
import { endpointsById } from "@/db/queries/endpoints";
import { channelsByIdForJobs, isManaged, type WholeJob } from "@/db/queries/jobs";
import { latestRuns } from "@/db/queries/runs";
import type { Actor } from "@/lib/auth/access/actor";
import { toIso } from "@/lib/core/clock";
import { COMPRESSIONS, CONDITIONS, JOB_STATES, REPEATS } from "@/lib/core/job";
import { outcomesView } from "@/lib/services/channels/text-fields";
import { runView, runViewSchema } from "@/lib/services/runs/view";
import { daysOfJobs } from "./days";

const notificationView = z.object({
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
  priority: z.string().nullable(),
  tags: z.array(z.string()).nullable(),
  sound: z.string().nullable(),
  outcomes: outcomesView.nullable(),
  includeLog: z.boolean(),
  logLimit: z.int(),
});

/** A job as it is answered. */
export const jobViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  slug: z.string(),
  kind: z.literal("managed"),
  sourceId: z.string(),
  sourceName: z.string(),
  sourceKind: z.string(),
  destinationIds: z.array(z.string()),
  destinationNames: z.array(z.string()),
  schedule: z.object({ cron: z.string(), timezone: z.string() }).nullable(),
  enabled: z.boolean(),
  compression: z.enum(COMPRESSIONS),
  retention: z.object({ keepLast: z.int() }),
  timeLimitMinutes: z.int().nullable(),
  graceMinutes: z.int(),
  retries: z.int(),
  notifications: z.array(notificationView),
  nextRunAt: z.iso.datetime().nullable(),
  lastRun: runViewSchema.nullable(),
  /** The last 30 days, oldest first, in the reader's calendar. */
  days: z.array(z.object({ day: z.string(), success: z.int(), warning: z.int(), failure: z.int(), bytes: z.number() })),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type JobView = z.infer<typeof jobViewSchema>;

/** Jobs with their names, rows, last run and last 30 days. */
export async function jobViews(all: WholeJob[], actor: Actor, now: number): Promise<JobView[]> {
  const wholes = all.filter(isManaged);
  const ids = wholes.map(({ job }) => job.id);
  const timezone = (actor.kind === "user" && actor.timezone) || "UTC";
  const [sources, destinations, channels, latest, days] = await Promise.all([
    endpointsById(
      "sources",
      wholes.map(({ job }) => job.sourceId),
    ),
    endpointsById(
      "destinations",
      wholes.flatMap(({ destinationIds }) => destinationIds),
    ),
    channelsByIdForJobs(wholes.flatMap(({ notifications }) => notifications.map((row) => row.channelId))),
    latestRuns(ids),
    daysOfJobs(ids, now, timezone),
  ]);
  return wholes.map(({ job, destinationIds, notifications }) => {
    const source = sources.get(job.sourceId);
    const lastRun = latest.get(job.id);
    return {
      id: job.id,
      name: job.name,
      slug: job.slug,
      kind: job.kind,
      sourceId: job.sourceId,
      sourceName: source?.name ?? "a source that is gone",
      sourceKind: source?.kind ?? "",
      destinationIds,
      destinationNames: destinationIds.flatMap((id) => destinations.get(id)?.name ?? []),
      schedule: job.cron === null ? null : { cron: job.cron, timezone: job.timezone ?? "UTC" },
      enabled: job.enabled,
      compression: job.compression,
      retention: { keepLast: job.keepLast },
      timeLimitMinutes: job.timeLimitMinutes,
      graceMinutes: job.graceMinutes,
      retries: job.retries,
      notifications: notifications.map(({ jobId: _, position: __, ...row }) => ({
        ...row,
        channelName: channels.get(row.channelId)?.name ?? "a channel that is gone",
      })),
      nextRunAt: toIso(job.nextRunAt),
      lastRun: lastRun ? runView(lastRun) : null,
      days: days.get(job.id) ?? [],
      createdAt: toIso(job.createdAt),
      updatedAt: toIso(job.updatedAt),
    };
  });
}

/** One job. */
export async function jobView(whole: WholeJob, actor: Actor, now: number): Promise<JobView> {
  const [view] = await jobViews([whole], actor, now);
  return view as JobView;
}
