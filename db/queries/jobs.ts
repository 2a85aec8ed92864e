import { and, count, desc, eq, gt, inArray, isNotNull, isNull, like, lte, or, type SQL, sql } from "drizzle-orm";
import { STARTABLE_KINDS } from "@/lib/core/job";
import type { JobHealth, JobOrder } from "@/lib/core/job-health";
import type { LabelFilter } from "@/lib/core/label";
import type { RunStatus } from "@/lib/core/run";
import { database, type Tables } from "../client";
import type { ClientJob, ExternalJob, JobWithParts, ManagedJob, StartableJob, StoredJob } from "../stores/jobs";
import { type ClientLimit, isJobOfClients } from "./client-scope";
import { healthRank, jobHealth } from "./job-health";
import { hasLabel } from "./labels";
import { nameHas } from "./name-has";

export type { ClientJob, ExternalJob, JobWithParts, ManagedJob, StartableJob, StoredJob };

/** A row as the union that the check constraint of the table keeps. */
type JobColumns = Tables["jobs"]["$inferSelect"];
const storedJobs = (rows: JobColumns[]): StoredJob[] => rows as StoredJob[];
const managedJobs = (rows: JobColumns[]): ManagedJob[] =>
  storedJobs(rows).flatMap((job) => (job.kind === "managed" ? [job] : []));

const startableJobs = (rows: JobColumns[]): StartableJob[] =>
  storedJobs(rows).flatMap((job) => (job.kind === "external" ? [] : [job]));
const isStartedHere = () => inArray(database().t.jobs.kind, [...STARTABLE_KINDS]);

/** True when Belfry itself executes the job. */
export function isManaged(job: JobWithParts): job is JobWithParts<ManagedJob> {
  return job.job.kind === "managed";
}

/** What narrows a list of jobs. */
export interface JobFilters {
  sourceId?: string;
  destinationId?: string;
  channelId?: string;
  profileId?: string;
  /** A part of the name. */
  q?: string;
  /** The status of the last run. */
  state?: RunStatus;
  health?: JobHealth;
  label?: LabelFilter;
  /** Only the jobs of these clients. */
  clientIds?: ClientLimit;
}

/**
 * One page of jobs.
 * @param page `cursor` is the id of the last job of the page before; the order is that of creation unless it is named
 */
export async function listJobs(
  page: JobFilters & { cursor?: string; limit: number; order?: JobOrder },
): Promise<JobWithParts[]> {
  const { orm, t } = database();
  const { jobs } = t;
  const key = sortKey(page.order ?? "created");
  const rows = await orm
    .select()
    .from(jobs)
    .where(and(page.cursor ? isAfter(key, page.cursor) : undefined, matches(page)))
    .orderBy(...(key ? [key.value] : []), jobs.id)
    .limit(page.limit);
  return await readParts(storedJobs(rows));
}

/** What comes before the id in an order, and a value below all others. */
function sortKey(order: JobOrder): { value: SQL; least: SQL } | null {
  if (order === "created") return null;
  if (order === "health") return { value: healthRank(), least: sql`-1` };
  return { value: sql`lower(${database().t.jobs.name})`, least: sql`''` };
}

/** Jobs behind this one. Of one that was deleted meanwhile, the list begins again: a job twice is better than one left out. */
function isAfter(key: ReturnType<typeof sortKey>, cursor: string): SQL {
  const { orm, t } = database();
  const { jobs } = t;
  if (!key) return gt(jobs.id, cursor);
  const last = orm.select({ key: key.value }).from(jobs).where(eq(jobs.id, cursor));
  return sql`(${key.value}, ${jobs.id}) > (coalesce(${last}, ${key.least}), case when exists ${last} then ${cursor} else '' end)`;
}

/** Counts the jobs that a caller may see, and those of them that match. */
export async function countJobs({ clientIds, ...filters }: JobFilters): Promise<{ total: number; matching: number }> {
  const { orm, t } = database();
  const numberOf = async (which: JobFilters) => {
    const [row] = await orm.select({ n: count() }).from(t.jobs).where(matches(which));
    return row?.n ?? 0;
  };
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  const [total, matching] = await Promise.all([
    numberOf({ clientIds }),
    isFiltered ? numberOf({ ...filters, clientIds }) : null,
  ]);
  return { total, matching: matching ?? total };
}

/** The ids of the first jobs that match. */
export async function jobIds(filters: JobFilters, limit: number): Promise<string[]> {
  const { orm, t } = database();
  const { id } = t.jobs;
  const rows = await orm.select({ id }).from(t.jobs).where(matches(filters)).orderBy(id).limit(limit);
  return rows.map((row) => row.id);
}

function matches({
  q,
  state,
  health,
  label,
  sourceId,
  destinationId,
  channelId,
  profileId,
  clientIds,
}: JobFilters): SQL | undefined {
  const { orm, t } = database();
  const { jobs, jobDestinations, jobNotifications, runs } = t;
  const lastStatus = orm
    .select({ status: runs.status })
    .from(runs)
    .where(and(eq(runs.jobId, jobs.id), eq(runs.kind, "backup")))
    .orderBy(desc(runs.id))
    .limit(1);
  const stored = orm
    .select({ id: jobDestinations.jobId })
    .from(jobDestinations)
    .where(eq(jobDestinations.destinationId, destinationId ?? ""));
  const notifying = orm
    .select({ id: jobNotifications.jobId })
    .from(jobNotifications)
    .where(eq(jobNotifications.channelId, channelId ?? ""));
  return and(
    isJobOfClients(jobs, clientIds),
    nameHas(jobs.name, q),
    hasLabel("job", jobs.id, label),
    state ? sql`(${lastStatus}) = ${state}` : undefined,
    health ? sql`${jobHealth()} = ${health}` : undefined,
    sourceId ? eq(jobs.sourceId, sourceId) : undefined,
    profileId ? eq(jobs.profileId, profileId) : undefined,
    destinationId ? inArray(jobs.id, stored) : undefined,
    channelId ? inArray(jobs.id, notifying) : undefined,
  );
}

export async function findJob(id: string): Promise<JobWithParts | null> {
  const { orm, t } = database();
  const rows = await orm.select().from(t.jobs).where(eq(t.jobs.id, id)).limit(1);
  const [job] = await readParts(storedJobs(rows));
  return job ?? null;
}

async function readParts(rows: StoredJob[]): Promise<JobWithParts[]> {
  if (rows.length === 0) return [];
  const { orm, t } = database();
  const { jobDestinations, jobNotifications } = t;
  const ids = rows.map((row) => row.id);
  const links = await orm
    .select()
    .from(jobDestinations)
    .where(inArray(jobDestinations.jobId, ids))
    .orderBy(jobDestinations.position);
  const rules = await orm
    .select()
    .from(jobNotifications)
    .where(inArray(jobNotifications.jobId, ids))
    .orderBy(jobNotifications.position);
  return rows.map((job) => ({
    job,
    destinationIds: links.filter((link) => link.jobId === job.id).map((link) => link.destinationId),
    notifications: rules.filter((rule) => rule.jobId === job.id),
  }));
}

export async function jobsById(ids: string[]): Promise<Map<string, StoredJob>> {
  if (ids.length === 0) return new Map();
  const { orm, t } = database();
  const rows = await orm.select().from(t.jobs).where(inArray(t.jobs.id, ids));
  return new Map(storedJobs(rows).map((row) => [row.id, row]));
}

/** What no other job may be called. */
export async function namesAndSlugs(): Promise<Pick<StoredJob, "name" | "slug">[]> {
  const { orm, t } = database();
  return await orm.select({ name: t.jobs.name, slug: t.jobs.slug }).from(t.jobs);
}

/** Slugs with this beginning: to find a free one. */
export async function slugsLike(start: string): Promise<string[]> {
  const { orm, t } = database();
  const rows = await orm
    .select({ slug: t.jobs.slug })
    .from(t.jobs)
    .where(like(t.jobs.slug, `${start}%`));
  return rows.map((row) => row.slug);
}

/** Names of the channels that exist, of those asked for. */
export async function channelsByIdForJobs(
  ids: string[],
): Promise<Map<string, { id: string; name: string; enabled: boolean; provider: string }>> {
  if (ids.length === 0) return new Map();
  const { orm, t } = database();
  const { channels } = t;
  const rows = await orm
    .select({ id: channels.id, name: channels.name, enabled: channels.enabled, provider: channels.provider })
    .from(channels)
    .where(inArray(channels.id, ids));
  return new Map(rows.map((row) => [row.id, row]));
}

/** Enabled jobs that Belfry starts with a due slot. */
export async function dueJobs(now: number): Promise<StartableJob[]> {
  const { orm, t } = database();
  const { jobs } = t;
  return startableJobs(
    await orm
      .select()
      .from(jobs)
      .where(and(lte(jobs.nextRunAt, now), eq(jobs.enabled, true), isStartedHere()))
      .orderBy(jobs.nextRunAt)
      .limit(500),
  );
}

/** Enabled jobs that Belfry starts whose next slot is yet to come. */
export async function waitingJobs(now: number): Promise<StartableJob[]> {
  const { orm, t } = database();
  const { jobs } = t;
  return startableJobs(
    await orm
      .select()
      .from(jobs)
      .where(and(gt(jobs.nextRunAt, now), eq(jobs.enabled, true), isNotNull(jobs.cron), isStartedHere())),
  );
}

/** Enabled jobs that Belfry starts with a schedule whose next slot is not computed yet. */
export async function unscheduledJobs(): Promise<StartableJob[]> {
  const { orm, t } = database();
  const { jobs } = t;
  return startableJobs(
    await orm
      .select()
      .from(jobs)
      .where(and(isNull(jobs.nextRunAt), eq(jobs.enabled, true), isNotNull(jobs.cron), isStartedHere())),
  );
}

/** The next slots of all jobs together, soonest first. */
export async function upcomingJobs(limit: number, clientIds?: ClientLimit): Promise<StoredJob[]> {
  const { orm, t } = database();
  const { jobs } = t;
  return storedJobs(
    await orm
      .select()
      .from(jobs)
      .where(and(isNotNull(jobs.nextRunAt), eq(jobs.enabled, true), isJobOfClients(jobs, clientIds)))
      .orderBy(jobs.nextRunAt)
      .limit(limit),
  );
}

/** Every job by name, as pickers need it. */
export async function jobNames(clientIds?: ClientLimit): Promise<Pick<StoredJob, "id" | "name">[]> {
  const { orm, t } = database();
  const { id, name } = t.jobs;
  return await orm.select({ id, name }).from(t.jobs).where(isJobOfClients(t.jobs, clientIds)).orderBy(name);
}

/** Enabled managed jobs whose backups are restored for a test. */
export async function jobsWithRestoreTests(): Promise<ManagedJob[]> {
  const { orm, t } = database();
  const rows = await orm
    .select()
    .from(t.jobs)
    .where(and(isNotNull(t.jobs.restoreTestDays), eq(t.jobs.enabled, true)));
  return managedJobs(rows);
}

/** The id of a job by its id or its slug; null: there is none. */
export async function jobIdOf(idOrSlug: string): Promise<string | null> {
  const { orm, t } = database();
  const { id, slug } = t.jobs;
  const rows = await orm
    .select({ id })
    .from(t.jobs)
    .where(or(eq(id, idOrSlug), eq(slug, idOrSlug)))
    .limit(2);
  return (rows.find((row) => row.id === idOrSlug) ?? rows[0])?.id ?? null;
}
