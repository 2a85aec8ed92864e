import { and, asc, desc, eq, gt, gte, inArray, isNotNull, isNull, lt, lte, ne, notInArray, or, sql } from "drizzle-orm";
import { idsSince } from "@/lib/core/id";
import type { RunKind, RunStatus } from "@/lib/core/run";
import { database } from "../client";
import { isOneOf } from "../literal";
import type { RunRow } from "../stores/runs";
import { type ClientLimit, hasJobOfClients } from "./client-scope";
import { type IdSpan, isInSpan, searchInPieces } from "./in-pieces";
import { isMade } from "./made-backup";
import { nameHas } from "./name-has";

export type { RunRow };

/** Newest first. */
export async function listRuns({
  span = {},
  ...page
}: {
  /** Between which ids. */
  span?: IdSpan;
  limit: number;
  /** A part of the name. */
  q?: string;
  jobId?: string;
  repositoryId?: string;
  kind?: RunKind;
  status?: RunStatus[];
  hiddenKinds?: readonly RunKind[];
  /** Only of the jobs of these clients. */
  clientIds?: ClientLimit;
}): Promise<RunRow[]> {
  const { q } = page;
  const table = database().t.runs;
  if (q === undefined) return await runsOfSpan(page, span, page.limit);
  return await searchInPieces({ table, id: table.id }, span, page.limit, (piece, limit) =>
    runsOfSpan(page, piece, limit),
  );
}

async function runsOfSpan(
  page: Omit<Parameters<typeof listRuns>[0], "span" | "limit">,
  span: IdSpan,
  limit: number,
): Promise<RunRow[]> {
  const { orm, t } = database();
  const { runs } = t;
  return await orm
    .select()
    .from(runs)
    .where(
      and(
        isInSpan(runs.id, span),
        nameHas(runs.name, page.q),
        hasJobOfClients(runs, page.clientIds),
        page.jobId ? eq(runs.jobId, page.jobId) : undefined,
        page.repositoryId ? eq(runs.repositoryId, page.repositoryId) : undefined,
        page.kind ? eq(runs.kind, page.kind) : undefined,
        page.status?.length ? inArray(runs.status, page.status) : undefined,
        page.hiddenKinds?.length ? notInArray(runs.kind, [...page.hiddenKinds]) : undefined,
      ),
    )
    .orderBy(desc(runs.id))
    .limit(limit);
}

/** The runs of the same job, or sync, right before and after this one, as far as they are not hidden. */
export async function neighborRuns(
  run: Pick<RunRow, "id" | "jobId" | "syncId">,
  hiddenKinds: readonly RunKind[],
): Promise<{ previousId: string | null; nextId: string | null }> {
  const { orm, t } = database();
  const { runs } = t;
  const same = run.jobId ? eq(runs.jobId, run.jobId) : run.syncId ? eq(runs.syncId, run.syncId) : null;
  if (!same) return { previousId: null, nextId: null };
  const seen = hiddenKinds.length ? notInArray(runs.kind, [...hiddenKinds]) : undefined;
  const one = orm.select({ id: runs.id }).from(runs);
  const [before, after] = await Promise.all([
    one
      .where(and(same, lt(runs.id, run.id), seen))
      .orderBy(desc(runs.id))
      .limit(1),
    orm
      .select({ id: runs.id })
      .from(runs)
      .where(and(same, gt(runs.id, run.id), seen))
      .orderBy(asc(runs.id))
      .limit(1),
  ]);
  return { previousId: before[0]?.id ?? null, nextId: after[0]?.id ?? null };
}

export async function findRun(id: string): Promise<RunRow | null> {
  const { orm, t } = database();
  const [row] = await orm.select().from(t.runs).where(eq(t.runs.id, id)).limit(1);
  return row ?? null;
}

/** The newest run of one kind of each of these jobs, queued and running ones included. */
export async function latestRuns(jobIds: string[], kind: RunKind = "backup"): Promise<Map<string, RunRow>> {
  if (jobIds.length === 0) return new Map();
  const { orm, t } = database();
  const { jobs, runs } = t;
  // One step into the index for each job, however many runs it has had.
  const last = orm
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.jobId, jobs.id), eq(runs.kind, kind)))
    .orderBy(desc(runs.id))
    .limit(1);
  const newest = orm
    .select({ id: sql`(${last})` })
    .from(jobs)
    .where(inArray(jobs.id, jobIds));
  const rows = await orm.select().from(runs).where(inArray(runs.id, newest));
  return new Map(rows.flatMap((row) => (row.jobId ? [[row.jobId, row]] : [])));
}

/** A run that took longer from its id to its end is missing in a strip. */
const LONGEST_RUN_MS = 7 * 86_400_000;

/** Results of the runs of these jobs that ended since then, newest first: the data of the 30-day strips. */
export async function outcomesSince(
  since: number,
  jobIds: readonly string[],
): Promise<{ jobId: string; status: RunStatus; finishedAt: number; bytes: number | null }[]> {
  const { orm, t } = database();
  const { runs } = t;
  const rows = await orm
    .select({ jobId: runs.jobId, status: runs.status, finishedAt: runs.finishedAt, bytes: runs.bytes })
    .from(runs)
    .where(
      and(
        gt(runs.finishedAt, since),
        eq(runs.kind, "backup"),
        inArray(runs.jobId, [...jobIds]),
        // Reaches the runs of these jobs by their index, in place of all that ended since then.
        gte(runs.id, idsSince("run", since - LONGEST_RUN_MS)),
      ),
    )
    .orderBy(desc(runs.finishedAt))
    .limit(20_000);
  return rows.flatMap(({ jobId, finishedAt, ...row }) => (jobId && finishedAt ? [{ jobId, finishedAt, ...row }] : []));
}

/** Queued runs of workers that may start now, in order. */
export async function startableRuns(now: number, limit: number): Promise<RunRow[]> {
  const { orm, t } = database();
  const { runs } = t;
  return await orm
    .select()
    .from(runs)
    .where(
      and(
        isOneOf(runs.status, "queued", "running"),
        eq(runs.status, "queued"),
        eq(runs.executor, "worker"),
        or(isNull(runs.notBefore), lte(runs.notBefore, now)),
      ),
    )
    .orderBy(runs.queuedAt, runs.id)
    .limit(limit);
}

/** Runs that workers execute, on any process: only these have a heartbeat. */
export async function runningWorkerRuns(): Promise<RunRow[]> {
  const { orm, t } = database();
  const { runs } = t;
  return await orm
    .select()
    .from(runs)
    .where(and(isOneOf(runs.status, "queued", "running"), eq(runs.status, "running"), eq(runs.executor, "worker")));
}

/** Queued and running runs of a job. */
export async function openRunsOf(jobId: string): Promise<RunRow[]> {
  const { orm, t } = database();
  return await orm
    .select()
    .from(t.runs)
    .where(and(eq(t.runs.jobId, jobId), isOneOf(t.runs.status, "queued", "running")));
}

/** Scheduled backups of the configuration that have not started. */
export async function queuedConfigBackups(): Promise<RunRow[]> {
  const { orm, t } = database();
  const { runs } = t;
  const isWaiting = and(isOneOf(runs.status, "queued", "running"), eq(runs.status, "queued"), isNull(runs.startedAt));
  return await orm
    .select()
    .from(runs)
    .where(and(isWaiting, eq(runs.kind, "config_backup"), isNotNull(runs.dueAt)));
}

/** Whether a run of the kind is queued or running, of any job. */
export async function isKindUnderWay(kind: RunKind): Promise<boolean> {
  const { orm, t } = database();
  const [row] = await orm
    .select({ id: t.runs.id })
    .from(t.runs)
    .where(and(eq(t.runs.kind, kind), isOneOf(t.runs.status, "queued", "running")))
    .limit(1);
  return row !== undefined;
}

/** Runs that the schedule queued, for a worker or a client, and that have not started. */
export async function queuedSlots(): Promise<RunRow[]> {
  const { orm, t } = database();
  const { runs } = t;
  return await orm
    .select()
    .from(runs)
    .where(
      and(
        isOneOf(runs.status, "queued", "running"),
        eq(runs.status, "queued"),
        inArray(runs.executor, ["worker", "client"]),
        isNotNull(runs.dueAt),
        isNull(runs.startedAt),
      ),
    );
}

/** Settled runs without an event: a crash came between the two. */
export async function runsWithoutEvent(): Promise<RunRow[]> {
  const { orm, t } = database();
  const { runs } = t;
  return await orm
    .select()
    .from(runs)
    .where(and(isNull(runs.eventId), isNotNull(runs.finishedAt), ne(runs.status, "canceled")))
    .limit(1_000);
}

/** The pieces of a run's log after one of them. */
export async function readRunLog(runId: string, afterSeq = -1): Promise<{ seq: number; at: number; text: string }[]> {
  const { orm, t } = database();
  const { runLogs } = t;
  return await orm
    .select({ seq: runLogs.seq, at: runLogs.at, text: runLogs.text })
    .from(runLogs)
    .where(and(eq(runLogs.runId, runId), gt(runLogs.seq, afterSeq)))
    .orderBy(runLogs.seq);
}

/** Ids of the stored backups that queued and running restores read. */
export async function artifactsInUse(): Promise<Set<string>> {
  const { orm, t } = database();
  const rows = await orm
    .select({ params: t.runs.params })
    .from(t.runs)
    .where(and(inArray(t.runs.kind, ["restore", "restore_test"]), isOneOf(t.runs.status, "queued", "running")));
  return new Set(rows.flatMap((row) => (row.params.artifactId ? [row.params.artifactId] : [])));
}

/** How many good runs say what is usual. */
const USUAL_OF = 10;

/** The median time that the last good backup runs of each job took, milliseconds. Jobs without one are left out. */
export async function usualDurations(jobIds: string[]): Promise<Map<string, number>> {
  const times = await goodRunTimes(jobIds);
  return new Map([...times].map(([jobId, sorted]) => [jobId, sorted[Math.floor((sorted.length - 1) / 2)] ?? 0]));
}

/** Bytes and files of a job's last good backup runs, newest first. */
export async function backupSizesOfJob(
  jobId: string,
  limit: number,
): Promise<{ bytes: number | null; files: number | null }[]> {
  const { orm, t } = database();
  const { runs } = t;
  return await orm
    .select({ bytes: runs.bytes, files: runs.files })
    .from(runs)
    .where(and(eq(runs.jobId, jobId), isMade(runs)))
    .orderBy(desc(runs.id))
    .limit(limit);
}

/** How long the last ten good backup runs of each job took, milliseconds, shortest first. Jobs without one are left out. */
export async function goodRunTimes(jobIds: readonly string[]): Promise<Map<string, number[]>> {
  if (jobIds.length === 0) return new Map();
  const { orm, t } = database();
  const { jobs, runs } = t;
  const isGood = and(isMade(runs), isNotNull(runs.startedAt));
  const oldestOf = orm
    .select({ id: runs.id })
    .from(runs)
    .where(and(eq(runs.jobId, jobs.id), isGood))
    .orderBy(desc(runs.id))
    .limit(1)
    .offset(USUAL_OF - 1);
  // One step into the index for each job, however many runs it has had.
  const recent = orm.$with("recent").as(
    orm
      .select({ jobId: jobs.id, since: sql<string>`coalesce((${oldestOf}), '')`.as("since") })
      .from(jobs)
      .where(inArray(jobs.id, [...jobIds])),
  );
  const rows = await orm
    .with(recent)
    .select({ jobId: runs.jobId, tookMs: sql<number>`${runs.finishedAt} - ${runs.startedAt}` })
    .from(recent)
    .innerJoin(runs, and(eq(runs.jobId, recent.jobId), gte(runs.id, recent.since)))
    .where(isGood);
  const byJob = new Map<string, number[]>();
  for (const { jobId, tookMs } of rows) {
    if (jobId) byJob.set(jobId, [...(byJob.get(jobId) ?? []), Number(tookMs)]);
  }
  for (const times of byJob.values()) times.sort((a, b) => a - b);
  return byJob;
}
