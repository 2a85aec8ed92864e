import {
  and,
  count,
  desc,
  eq,
  gt,
  inArray,
  isNotNull,
  isNull,
  max,
  min,
  not,
  notInArray,
  or,
  type SQL,
  sql,
  sum,
} from "drizzle-orm";
import { QUARTER_MS } from "@/lib/core/quarter";
import { database, type Tables } from "../client";
import { quarterOf } from "../quarter";
import type { ArtifactRow } from "../stores/artifacts";
import { type ClientLimit, hasJobOfClients } from "./client-scope";
import { type IdSpan, isInSpan } from "./in-pieces";
import { currentInstallation } from "./installation";

export type { ArtifactRow };

/** Newest first. `jobId` null: backups of Belfry's own configuration. @param page `hiddenJobs`: without theirs, and without those of the configuration */
export async function listArtifacts(page: {
  /** Between which ids. */
  span?: IdSpan;
  limit: number;
  jobId?: string | null;
  runId?: string;
  destinationId?: string;
  hiddenJobs?: readonly string[] | null;
  /** Only of the jobs of these clients. */
  clientIds?: ClientLimit;
}): Promise<ArtifactRow[]> {
  const { orm, t } = database();
  const { artifacts } = t;
  return await orm
    .select()
    .from(artifacts)
    .where(
      and(
        isInSpan(artifacts.id, page.span ?? {}),
        page.jobId === null ? isNull(artifacts.jobId) : page.jobId ? eq(artifacts.jobId, page.jobId) : undefined,
        hasJobOfClients(artifacts, page.clientIds),
        page.runId ? eq(artifacts.runId, page.runId) : undefined,
        page.destinationId ? eq(artifacts.destinationId, page.destinationId) : undefined,
        page.hiddenJobs ? isNotNull(artifacts.jobId) : undefined,
        page.hiddenJobs?.length ? notInArray(artifacts.jobId, [...page.hiddenJobs]) : undefined,
      ),
    )
    .orderBy(desc(artifacts.id))
    .limit(page.limit);
}

/** The backups that were stored in a quarter of an hour. */
export interface QuarterBackups {
  /** When it began, milliseconds. */
  at: number;
  backups: number;
  /** Those of which a copy is suspect or damaged. */
  suspect: number;
}

/** How many backups of jobs there are, each counted once, when its first copy was stored. @param filter as of the list */
export async function backupsByQuarter(filter: {
  span: IdSpan;
  jobId?: string;
  hiddenJobs: readonly string[] | null;
  clientIds?: ClientLimit;
}): Promise<QuarterBackups[]> {
  const { orm, t } = database();
  const { artifacts } = t;
  const backup = orm
    .select({
      quarter: quarterOf(min(artifacts.createdAt)).as("quarter"),
      isSuspect: sql<number>`max(case when ${suspect(artifacts)} then 1 else 0 end)`.as("is_suspect"),
    })
    .from(artifacts)
    .where(
      and(
        isInSpan(artifacts.id, filter.span),
        filter.jobId ? eq(artifacts.jobId, filter.jobId) : isNotNull(artifacts.jobId),
        hasJobOfClients(artifacts, filter.clientIds),
        filter.hiddenJobs?.length ? notInArray(artifacts.jobId, [...filter.hiddenJobs]) : undefined,
      ),
    )
    .groupBy(artifacts.runId)
    .as("backup");
  const rows = await orm
    .select({ quarter: backup.quarter, backups: count(), suspect: sum(backup.isSuspect) })
    .from(backup)
    .groupBy(backup.quarter);
  return rows.map((row) => ({
    at: Number(row.quarter) * QUARTER_MS,
    backups: row.backups,
    suspect: Number(row.suspect ?? 0),
  }));
}

export async function artifactsOfRuns(runIds: string[]): Promise<ArtifactRow[]> {
  if (runIds.length === 0) return [];
  const { orm, t } = database();
  return await orm.select().from(t.artifacts).where(inArray(t.artifacts.runId, runIds)).orderBy(t.artifacts.id);
}

export async function findArtifact(id: string): Promise<ArtifactRow | null> {
  const { orm, t } = database();
  const [row] = await orm.select().from(t.artifacts).where(eq(t.artifacts.id, id)).limit(1);
  return row ?? null;
}

/**
 * Backups at one destination that retention may remove, oldest last: what is beyond the newest `keepLast` that nobody
 * doubts, and beyond as many suspect ones. So a suspect backup never pushes out a good one. Only what this installation
 * stored counts and is returned: the original of a copy still needs the others. None while it pauses.
 * @param jobId null: backups of the configuration
 */
export async function surplusArtifacts(
  jobId: string | null,
  destinationId: string,
  keepLast: number,
): Promise<ArtifactRow[]> {
  const { id, pause } = await currentInstallation();
  if (pause) return [];
  const { orm, t } = database();
  const { artifacts } = t;
  const beyond = async (isSuspect: boolean) =>
    await orm
      .select()
      .from(artifacts)
      .where(
        and(
          jobId === null ? isNull(artifacts.jobId) : eq(artifacts.jobId, jobId),
          eq(artifacts.destinationId, destinationId),
          or(isNull(artifacts.installationId), eq(artifacts.installationId, id)),
          isSuspect ? suspect(artifacts) : not(suspect(artifacts)),
        ),
      )
      .orderBy(desc(artifacts.id))
      .limit(10_000)
      .offset(keepLast);
  return [...(await beyond(false)), ...(await beyond(true))];
}

type ArtifactTable = Tables["artifacts"];

/** A backup that no person accepted although its size is suspect, or that an integrity check found damaged. */
function suspect({ suspicion, acceptedAt, damage }: ArtifactTable): SQL {
  return or(isNotNull(damage), and(isNotNull(suspicion), isNull(acceptedAt))) as SQL;
}

/** The newest backups of a job that nobody doubts, one copy of each, newest first. */
export async function plausibleBackups(jobId: string, limit: number): Promise<ArtifactRow[]> {
  const { orm, t } = database();
  const { artifacts } = t;
  const newestOfRuns = orm
    .select({ id: max(artifacts.id) })
    .from(artifacts)
    .where(and(eq(artifacts.jobId, jobId), not(suspect(artifacts))))
    .groupBy(artifacts.runId)
    .orderBy(desc(max(artifacts.id)))
    .limit(limit);
  return await orm.select().from(artifacts).where(inArray(artifacts.id, newestOfRuns)).orderBy(desc(artifacts.id));
}

/** The backups that are archives of a repository. */
export async function artifactsOfRepository(repositoryId: string): Promise<Pick<ArtifactRow, "id" | "path">[]> {
  const { orm, t } = database();
  const { artifacts } = t;
  return await orm
    .select({ id: artifacts.id, path: artifacts.path })
    .from(artifacts)
    .where(eq(artifacts.destinationId, repositoryId));
}

/** The size of the newest backup of a job: an estimate for the next one. */
export async function lastArtifactBytes(jobId: string | null): Promise<number | null> {
  const [row] = await listArtifacts({ jobId, limit: 1 });
  return row?.bytes ?? null;
}

/** Stored backups and their bytes, by destination. */
export async function storedByDestination(): Promise<Map<string, { count: number; bytes: number }>> {
  const { orm, t } = database();
  const { artifacts } = t;
  const rows = await orm
    .select({ id: artifacts.destinationId, count: count(), bytes: sum(artifacts.bytes) })
    .from(artifacts)
    .groupBy(artifacts.destinationId);
  return new Map(rows.map((row) => [row.id, { count: row.count, bytes: Number(row.bytes ?? 0) }]));
}

/** What a job stores at a destination. */
export interface StoredOfJob {
  /** None for backups of Belfry's own configuration. */
  jobId: string | null;
  name: string;
  /** The job still exists. */
  isThere: boolean;
  count: number;
  bytes: number;
}

/** What the jobs with the most bytes at a destination store there, the most first. */
export async function storedByJob(destinationId: string, limit: number): Promise<StoredOfJob[]> {
  const { orm, t } = database();
  const { artifacts: a, jobs: j } = t;
  const bytes = sum(a.bytes);
  const rows = await orm
    .select({ jobId: a.jobId, name: j.name, storedAs: max(a.jobName), count: count(), bytes })
    .from(a)
    .leftJoin(j, eq(j.id, a.jobId))
    .where(eq(a.destinationId, destinationId))
    .groupBy(a.jobId, j.name)
    .orderBy(desc(bytes))
    .limit(limit);
  return rows.map((row) => ({
    jobId: row.jobId,
    name: row.name ?? row.storedAs ?? "",
    isThere: row.name !== null,
    count: row.count,
    bytes: Number(row.bytes ?? 0),
  }));
}

/** The copy of a backup at the destination whose copies were proven longest ago, or never. @returns its id */
export async function destinationTestedLongestAgo(jobId: string, runId: string): Promise<string | null> {
  const { orm, t } = database();
  const { artifacts } = t;
  const proofs = await orm
    .select({ id: artifacts.destinationId, provenAt: max(artifacts.provenAt) })
    .from(artifacts)
    .where(eq(artifacts.jobId, jobId))
    .groupBy(artifacts.destinationId);
  const provenAt = new Map(proofs.map((row) => [row.id, row.provenAt ?? 0]));
  const copies = await artifactsOfRuns([runId]);
  const ageOf = ({ destinationId }: ArtifactRow) => provenAt.get(destinationId) ?? 0;
  return copies.sort((a, b) => ageOf(a) - ageOf(b))[0]?.id ?? null;
}

/** The newest backup of each job that nobody doubts, and the newest that was restored completely, as a test or for good. */
export async function newestGoodBackups(
  jobIds: string[],
): Promise<{ plausible: Map<string, ArtifactRow>; proven: Map<string, ArtifactRow> }> {
  if (jobIds.length === 0) return { plausible: new Map(), proven: new Map() };
  const { orm, t } = database();
  const { artifacts, jobs } = t;
  // One step into the index for each job, however many backups it has.
  const newest = async (condition: SQL) => {
    const last = orm
      .select({ id: artifacts.id })
      .from(artifacts)
      .where(and(eq(artifacts.jobId, jobs.id), condition))
      .orderBy(desc(artifacts.id))
      .limit(1);
    const ids = orm
      .select({ id: sql`(${last})` })
      .from(jobs)
      .where(inArray(jobs.id, jobIds));
    const rows = await orm.select().from(artifacts).where(inArray(artifacts.id, ids));
    return new Map(rows.flatMap((row) => (row.jobId ? [[row.jobId, row] as const] : [])));
  };
  const [plausible, proven] = await Promise.all([
    newest(not(suspect(artifacts))),
    newest(isNotNull(artifacts.provenAt)),
  ]);
  return { plausible, proven };
}

/** Backups beyond the number that their jobs keep, by destination: retention could not remove them. */
export async function overdueByDestination(): Promise<Map<string, number>> {
  const { orm, t } = database();
  const { artifacts, jobs } = t;
  const kept = orm.$with("kept").as(
    orm
      .select({
        destinationId: artifacts.destinationId,
        surplus: sql<number>`count(*) - ${jobs.keepLast}`.as("surplus"),
      })
      .from(artifacts)
      .innerJoin(jobs, eq(jobs.id, artifacts.jobId))
      .where(not(suspect(artifacts)))
      .groupBy(artifacts.destinationId, jobs.id, jobs.keepLast),
  );
  const rows = await orm
    .with(kept)
    .select({ id: kept.destinationId, overdue: sum(kept.surplus) })
    .from(kept)
    .where(gt(kept.surplus, 0))
    .groupBy(kept.destinationId);
  return new Map(rows.map((row) => [row.id, Number(row.overdue ?? 0)]));
}

/** A job with stored backups at one of these destinations. */
export interface StoringJob {
  jobId: string;
  jobName: string;
  destinationId: string;
}

/** Enabled jobs with stored files at these destinations, one row for each pair. Archives of repositories are no files. */
export async function jobsStoringAt(destinationIds: readonly string[]): Promise<StoringJob[]> {
  if (destinationIds.length === 0) return [];
  const { orm, t } = database();
  const { artifacts: a, jobs: j } = t;
  return await orm
    .selectDistinct({ jobId: j.id, jobName: j.name, destinationId: a.destinationId })
    .from(a)
    .innerJoin(j, eq(j.id, a.jobId))
    .where(and(inArray(a.destinationId, [...destinationIds]), isNull(a.repositoryId), eq(j.enabled, true)))
    .orderBy(j.id, a.destinationId);
}

/** The stored files of a job at these destinations, newest first. @param destinationIds null: at all */
export async function storedFilesOf(jobId: string, destinationIds: readonly string[] | null): Promise<ArtifactRow[]> {
  if (destinationIds?.length === 0) return [];
  const { orm, t } = database();
  const { artifacts: a } = t;
  return await orm
    .select()
    .from(a)
    .where(
      and(
        eq(a.jobId, jobId),
        destinationIds ? inArray(a.destinationId, [...destinationIds]) : undefined,
        isNull(a.repositoryId),
      ),
    )
    .orderBy(desc(a.id));
}

/** When each of these destinations last took a backup, milliseconds; those that never did are left out. */
export async function lastBackupAt(destinationIds: readonly string[]): Promise<Map<string, number>> {
  if (destinationIds.length === 0) return new Map();
  const { orm, t } = database();
  const { artifacts: a } = t;
  const rows = await orm
    .select({ id: a.destinationId, at: max(a.createdAt) })
    .from(a)
    .where(inArray(a.destinationId, [...destinationIds]))
    .groupBy(a.destinationId);
  return new Map(rows.flatMap(({ id, at }) => (at === null ? [] : [[id, Number(at)]])));
}
