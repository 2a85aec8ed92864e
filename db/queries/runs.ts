import { and, desc, eq, gt, inArray, isNotNull, isNull, lt, lte, ne, or, sql } from "drizzle-orm";
import type { RunKind, RunStatus } from "@/lib/core/run";
import { database } from "../client";
import { isOneOf } from "../literal";
import type { RunRow } from "../stores/runs";

export type { RunRow };

/** Newest first. */
export async function listRuns(page: {
  cursor?: string;
  limit: number;
  jobId?: string;
  kind?: RunKind;
  status?: RunStatus[];
}): Promise<RunRow[]> {
  const { orm, t } = database();
  const { runs } = t;
  return await orm
    .select()
    .from(runs)
    .where(
      and(
        page.cursor ? lt(runs.id, page.cursor) : undefined,
        page.jobId ? eq(runs.jobId, page.jobId) : undefined,
        page.kind ? eq(runs.kind, page.kind) : undefined,
        page.status?.length ? inArray(runs.status, page.status) : undefined,
      ),
    )
    .orderBy(desc(runs.id))
    .limit(page.limit);
}

export async function findRun(id: string): Promise<RunRow | null> {
  const { orm, t } = database();
  const [row] = await orm.select().from(t.runs).where(eq(t.runs.id, id)).limit(1);
  return row ?? null;
}

/** The newest run of each job that is named, waiting and running ones included. */
export async function latestRuns(jobIds: string[]): Promise<Map<string, RunRow>> {
  if (jobIds.length === 0) return new Map();
  const { orm, t } = database();
  const { jobs, runs } = t;
  // One step into the index for each job, however many runs it has had.
  const last = orm
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.jobId, jobs.id), eq(runs.kind, "backup")))
    .orderBy(desc(runs.id))
    .limit(1);
  const newest = orm
    .select({ id: sql`(${last})` })
    .from(jobs)
    .where(inArray(jobs.id, jobIds));
  const rows = await orm.select().from(runs).where(inArray(runs.id, newest));
  return new Map(rows.flatMap((row) => (row.jobId ? [[row.jobId, row]] : [])));
}

/** Outcomes of the runs that ended since then, newest first: what the 30-day strips are drawn from. */
export async function outcomesSince(
  since: number,
  jobIds?: string[],
): Promise<{ jobId: string; status: RunStatus; finishedAt: number; bytes: number | null }[]> {
  const { orm, t } = database();
  const { runs } = t;
  const rows = await orm
    .select({ jobId: runs.jobId, status: runs.status, finishedAt: runs.finishedAt, bytes: runs.bytes })
    .from(runs)
    .where(and(gt(runs.finishedAt, since), eq(runs.kind, "backup"), jobIds ? inArray(runs.jobId, jobIds) : undefined))
    .orderBy(desc(runs.finishedAt))
    .limit(20_000);
  return rows.flatMap(({ jobId, finishedAt, ...row }) => (jobId && finishedAt ? [{ jobId, finishedAt, ...row }] : []));
}

/** Runs that wait and may begin now, in order. */
export async function waitingRuns(now: number, limit: number): Promise<RunRow[]> {
  const { orm, t } = database();
  const { runs } = t;
  return await orm
    .select()
    .from(runs)
    .where(
      and(
        isOneOf(runs.status, "queued", "running"),
        eq(runs.status, "queued"),
        or(isNull(runs.notBefore), lte(runs.notBefore, now)),
      ),
    )
    .orderBy(runs.queuedAt, runs.id)
    .limit(limit);
}

/** Runs that go on any process. */
export async function goingRuns(): Promise<RunRow[]> {
  const { orm, t } = database();
  return await orm
    .select()
    .from(t.runs)
    .where(and(isOneOf(t.runs.status, "queued", "running"), eq(t.runs.status, "running")));
}

/** Runs of a job that wait or go. */
export async function openRunsOf(jobId: string): Promise<RunRow[]> {
  const { orm, t } = database();
  return await orm
    .select()
    .from(t.runs)
    .where(and(eq(t.runs.jobId, jobId), isOneOf(t.runs.status, "queued", "running")));
}

/** Runs laid down by the schedule that have not begun. */
export async function waitingSlots(): Promise<RunRow[]> {
  const { orm, t } = database();
  const { runs } = t;
  return await orm
    .select()
    .from(runs)
    .where(
      and(
        isOneOf(runs.status, "queued", "running"),
        eq(runs.status, "queued"),
        isNotNull(runs.dueAt),
        isNull(runs.startedAt),
      ),
    );
}

/** Runs that ended without an event: a crash came between. */
export async function runsWithoutEvent(): Promise<RunRow[]> {
  const { orm, t } = database();
  const { runs } = t;
  return await orm
    .select()
    .from(runs)
    .where(and(isNull(runs.eventId), isNotNull(runs.finishedAt), ne(runs.status, "canceled")))
    .limit(1_000);
}

/** A run's log from a piece on. */
export async function readRunLog(runId: string, afterSeq = -1): Promise<{ seq: number; at: number; text: string }[]> {
  const { orm, t } = database();
  const { runLogs } = t;
  return await orm
    .select({ seq: runLogs.seq, at: runLogs.at, text: runLogs.text })
    .from(runLogs)
    .where(and(eq(runLogs.runId, runId), gt(runLogs.seq, afterSeq)))
    .orderBy(runLogs.seq);
}

/** Whether a backup is wanted by a restore that waits or goes. */
export async function artifactsInUse(): Promise<Set<string>> {
  const { orm, t } = database();
  const rows = await orm
    .select({ params: t.runs.params })
    .from(t.runs)
    .where(and(eq(t.runs.kind, "restore"), isOneOf(t.runs.status, "queued", "running")));
  return new Set(rows.flatMap((row) => (row.params.artifactId ? [row.params.artifactId] : [])));
}
