import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lt, max, min, or, type SQL, sql } from "drizzle-orm";
import { database } from "../client";
import { isOneOf } from "../literal";
import type { StoredJob } from "../stores/jobs";
import type { RunRow } from "../stores/runs";
import type { SignalRow } from "../stores/signals";

export type { SignalRow } from "../stores/signals";

/** So many of the newest runs of a job may still be spoken of. */
const NEWEST = 4;

/** What a signal says in words. */
export type SignalText = Pick<SignalRow, "at" | "state" | "found" | "message" | "log" | "exitCode">;

/** Signals that are not counted towards a run yet, in the order of their arrival. */
export async function openSignals(limit: number): Promise<Omit<SignalRow, "log">[]> {
  const { orm, t } = database();
  const { signals } = t;
  return await orm
    .select(withoutLog())
    .from(signals)
    .where(isNull(signals.foldedAt))
    .orderBy(asc(signals.id))
    .limit(limit);
}

/** Runs of external jobs that signals may be about: those that go on, and the newest few, oldest first. */
export async function reportedRuns(jobIds: string[]): Promise<RunRow[]> {
  if (jobIds.length === 0) return [];
  const { orm, t } = database();
  const { runs, jobs } = t;
  const newest = sql`${runs.id} in (select r.id from ${runs} r where r.job_id = ${jobs.id} and r.executor = 'external' order by r.id desc limit ${NEWEST})`;
  const isOpen = and(isOneOf(runs.status, "running"), isOneOf(runs.executor, "external"));
  const rowsOf = (which: SQL | undefined) =>
    orm
      .select({ run: runs })
      .from(jobs)
      .innerJoin(runs, eq(runs.jobId, jobs.id))
      .where(and(inArray(jobs.id, jobIds), which));
  const [open, recent] = await Promise.all([rowsOf(isOpen), rowsOf(newest)]);
  const byId = new Map([...open, ...recent].map(({ run }) => [run.id, run]));
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** What was said about a run by one protocol: when first and last, milliseconds. */
export interface SaidOfRun extends Pick<SignalRow, "runId" | "receiver" | "state" | "found"> {
  firstAt: number;
  lastAt: number;
}

/** What was said about these runs. However often the same is repeated, it is one row. */
export async function saidOfRuns(runIds: string[]): Promise<SaidOfRun[]> {
  if (runIds.length === 0) return [];
  const { orm, t } = database();
  const { runId, receiver, state, found, at } = t.signals;
  return await orm
    .select({ runId, receiver, state, found, firstAt: min(at).mapWith(Number), lastAt: max(at).mapWith(Number) })
    .from(t.signals)
    .where(and(isNotNull(runId), inArray(runId, runIds)))
    .groupBy(runId, receiver, state, found);
}

/** Of one run so many texts are read: a program that repeats itself adds nothing. */
const MOST_TEXTS = 200;

/** The texts that were said about a run, and those of signals that are about to be counted to it, in order. */
export async function signalTexts(runId: string, waiting: readonly string[]): Promise<SignalText[]> {
  const { orm, t } = database();
  const { signals } = t;
  const { id, at, state, found, message, log, exitCode } = signals;
  const ofRun = and(isNotNull(signals.runId), eq(signals.runId, runId));
  return await orm
    .select({ at, state, found, message, log, exitCode })
    .from(signals)
    .where(waiting.length > 0 ? or(ofRun, inArray(id, [...waiting])) : ofRun)
    .orderBy(asc(id))
    .limit(MOST_TEXTS);
}

/** The newest signals, of one job or of all, newest first. @param cursor the id of the last signal of the page before */
export async function listSignals({
  jobId,
  cursor,
  limit,
}: {
  jobId?: string;
  cursor?: string;
  limit: number;
}): Promise<Omit<SignalRow, "log">[]> {
  const { orm, t } = database();
  const { signals } = t;
  return await orm
    .select(withoutLog())
    .from(signals)
    .where(and(jobId ? eq(signals.jobId, jobId) : undefined, cursor ? lt(signals.id, cursor) : undefined))
    .orderBy(desc(signals.id))
    .limit(limit);
}

function withoutLog() {
  const { log: _, ...columns } = database().t.signals;
  const { id, jobId, receiver, state, runKey, at, startedAt, finishedAt, durationMs, bytes, files } = columns;
  const { exitCode, found, message, method, userAgent, address, runId, repeatKey, foldedAt } = columns;
  return {
    id,
    jobId,
    receiver,
    state,
    runKey,
    at,
    startedAt,
    finishedAt,
    durationMs,
    bytes,
    files,
    exitCode,
    found,
    message,
    method,
    userAgent,
    address,
    runId,
    repeatKey,
    foldedAt,
  };
}

/** An external job whose report did not come when it was expected. */
export interface SilentJob {
  id: string;
  name: string;
  slug: string;
  dueAt: number;
  graceMinutes: number;
  cron: string | null;
  timezone: string | null;
  periodMinutes: number | null;
  onCalendar: string | null;
}

/** Enabled external jobs that should have reported, with their grace, and of which no run goes on and nothing waits to be counted. */
export async function silentJobs(now: number, limit: number): Promise<SilentJob[]> {
  const { orm, t } = database();
  const { jobs, runs, signals } = t;
  const open = orm
    .select({ one: sql`1` })
    .from(runs)
    .where(and(eq(runs.jobId, jobs.id), isOneOf(runs.status, "running"), isOneOf(runs.executor, "external")));
  const waiting = orm
    .select({ one: sql`1` })
    .from(signals)
    .where(and(isNull(signals.foldedAt), eq(signals.jobId, jobs.id)));
  const { id, name, slug, nextRunAt, graceMinutes, cron, timezone, periodMinutes, onCalendar } = jobs;
  const rows = await orm
    .select({ id, name, slug, dueAt: nextRunAt, graceMinutes, cron, timezone, periodMinutes, onCalendar })
    .from(jobs)
    .where(
      and(
        lt(nextRunAt, now),
        eq(jobs.kind, "external"),
        eq(jobs.enabled, true),
        lt(nextRunAt, sql`cast(${now} as bigint) - cast(${graceMinutes} as bigint) * 60000`),
        sql`not exists ${open}`,
        sql`not exists ${waiting}`,
      ),
    )
    .orderBy(nextRunAt)
    .limit(limit);
  return rows.map((row) => ({ ...row, dueAt: row.dueAt ?? now }));
}

/** Schedules are worked out for those that are expected later than that only: milliseconds. */
const WORKED_OUT_AFTER_MS = 25 * 3_600_000;

/** Enabled external jobs that are expected later than their period allows, or by a schedule in more than a day. */
export async function externalJobsExpectedAfter(now: number): Promise<SilentJob[]> {
  const { orm, t } = database();
  const { jobs } = t;
  const { id, name, slug, nextRunAt, graceMinutes, cron, timezone, periodMinutes, onCalendar } = jobs;
  const byPeriod = sql`${nextRunAt} > cast(${now} as bigint) + cast(${periodMinutes} as bigint) * 60000`;
  const bySchedule = and(isNull(periodMinutes), gt(nextRunAt, now + WORKED_OUT_AFTER_MS));
  const rows = await orm
    .select({ id, name, slug, dueAt: nextRunAt, graceMinutes, cron, timezone, periodMinutes, onCalendar })
    .from(jobs)
    .where(and(gt(nextRunAt, now), eq(jobs.kind, "external"), eq(jobs.enabled, true), or(byPeriod, bySchedule)));
  return rows.map((row) => ({ ...row, dueAt: row.dueAt ?? now }));
}

/** A running run of an external job with what says how long it may take. */
export interface RunningReportedRun {
  run: RunRow;
  job: Pick<StoredJob, "timeLimitMinutes" | "cron" | "timezone" | "periodMinutes" | "onCalendar">;
}

/** Running runs of external jobs. */
export async function runningReportedRuns(): Promise<RunningReportedRun[]> {
  const { orm, t } = database();
  const { runs, jobs } = t;
  const { timeLimitMinutes, cron, timezone, periodMinutes, onCalendar } = jobs;
  return await orm
    .select({ run: runs, job: { timeLimitMinutes, cron, timezone, periodMinutes, onCalendar } })
    .from(runs)
    .innerJoin(jobs, eq(jobs.id, runs.jobId))
    .where(and(isOneOf(runs.status, "running"), isOneOf(runs.executor, "external")));
}
