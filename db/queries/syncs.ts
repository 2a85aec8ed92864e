import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, like, lte, type SQLWrapper, sql } from "drizzle-orm";
import { database } from "../client";
import { isOneOf } from "../literal";
import type { RunRow } from "../stores/runs";
import type { SyncRow } from "../stores/syncs";
import { nameHas } from "./name-has";

/** In order of creation. @param filter.q a part of the name */
export async function listSyncs(filter: { cursor?: string; limit: number; q?: string }): Promise<SyncRow[]> {
  const { orm, t } = database();
  const { syncs: s } = t;
  return await orm
    .select()
    .from(s)
    .where(and(filter.cursor ? gt(s.id, filter.cursor) : undefined, nameHas(s.name, filter.q)))
    .orderBy(asc(s.id))
    .limit(filter.limit);
}

export async function findSync(id: string): Promise<SyncRow | null> {
  const { orm, t } = database();
  const [row] = await orm.select().from(t.syncs).where(eq(t.syncs.id, id)).limit(1);
  return row ?? null;
}

export async function syncsById(ids: string[]): Promise<Map<string, SyncRow>> {
  if (ids.length === 0) return new Map();
  const { orm, t } = database();
  const rows = await orm.select().from(t.syncs).where(inArray(t.syncs.id, ids));
  return new Map(rows.map((row) => [row.id, row]));
}

export async function countSyncs(): Promise<number> {
  const { orm, t } = database();
  return await orm.$count(t.syncs);
}

/** Folders of syncs at a destination that begin so. */
export async function syncFoldersLike(destinationId: string, start: string): Promise<string[]> {
  const { orm, t } = database();
  const { syncs: s } = t;
  const rows = await orm
    .select({ folder: s.folder })
    .from(s)
    .where(and(eq(s.destinationId, destinationId), like(s.folder, `${start}%`)));
  return rows.map(({ folder }) => folder);
}

/** Syncs whose next slot has come. @param now milliseconds */
export async function dueSyncs(now: number): Promise<SyncRow[]> {
  const { orm, t } = database();
  const { syncs: s } = t;
  return await orm
    .select()
    .from(s)
    .where(and(eq(s.enabled, true), lte(s.nextRunAt, now)));
}

/** Syncs with a schedule that waits for a slot. */
export async function waitingSyncs(): Promise<SyncRow[]> {
  const { orm, t } = database();
  const { syncs: s } = t;
  return await orm
    .select()
    .from(s)
    .where(and(eq(s.enabled, true), isNotNull(s.cron)));
}

/** Enabled syncs that run after a job. */
export async function syncsAfterJobs(): Promise<SyncRow[]> {
  const { orm, t } = database();
  const { syncs: s } = t;
  return await orm
    .select()
    .from(s)
    .where(and(eq(s.enabled, true), isNotNull(s.afterJobId)));
}

/** The newest good backup of each job, by job. */
export async function latestGoodBackups(jobIds: string[]): Promise<Map<string, string>> {
  if (jobIds.length === 0) return new Map();
  const { orm, t } = database();
  const { jobs, runs } = t;
  // One step into the index for each job, however many runs it has had.
  const last = orm
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.jobId, jobs.id), eq(runs.kind, "backup"), inArray(runs.status, ["success", "warning"])))
    .orderBy(desc(runs.id))
    .limit(1);
  const rows = await orm
    .select({ jobId: jobs.id, runId: lateral(last) })
    .from(jobs)
    .where(inArray(jobs.id, jobIds));
  return new Map(rows.flatMap(({ jobId, runId }) => (runId ? [[jobId, runId]] : [])));
}

/** The newest runs of a sync, queued and running ones included. */
export async function runsOfSync(syncId: string, limit: number): Promise<RunRow[]> {
  const { orm, t } = database();
  const { runs } = t;
  return await orm.select().from(runs).where(eq(runs.syncId, syncId)).orderBy(desc(runs.id)).limit(limit);
}

/** The newest run of each of these syncs. */
export async function latestRunsOfSyncs(syncIds: string[]): Promise<Map<string, RunRow>> {
  if (syncIds.length === 0) return new Map();
  const { orm, t } = database();
  const { syncs, runs } = t;
  const last = orm.select({ id: runs.id }).from(runs).where(eq(runs.syncId, syncs.id)).orderBy(desc(runs.id)).limit(1);
  const newest = orm
    .select({ id: lateral(last) })
    .from(syncs)
    .where(inArray(syncs.id, syncIds));
  const rows = await orm.select().from(runs).where(inArray(runs.id, newest));
  return new Map(rows.flatMap((row) => (row.syncId ? [[row.syncId, row]] : [])));
}

/** Runs of syncs that the schedule queued and that have not started. */
export async function queuedSyncSlots(): Promise<RunRow[]> {
  const { orm, t } = database();
  const { runs } = t;
  return await orm
    .select()
    .from(runs)
    .where(
      and(
        isOneOf(runs.status, "queued", "running"),
        eq(runs.status, "queued"),
        eq(runs.kind, "sync"),
        isNotNull(runs.dueAt),
        isNull(runs.startedAt),
      ),
    );
}

/** A query of one value, for each row of the outer one. */
const lateral = (query: SQLWrapper) => sql<string | null>`(${query})`;
