import { and, asc, desc, eq, exists, gte, inArray, isNotNull, lt, lte, or, type SQL, sql } from "drizzle-orm";
import type { Keywords, ReportMethods } from "@/lib/core/job";
import type { JobHealth } from "@/lib/core/job-health";
import type { Labels } from "@/lib/core/label";
import { database } from "../client";
import { isOneOf } from "../literal";
import type { SignalRow } from "../stores/signals";
import { jobHealth } from "./job-health";

/** Which external jobs: all, those with a slug and with labels of some keys, or the one whose hash begins so, in hex. */
export type CheckChoice =
  | {
      slug?: string;
      /** Of each of these lists a key is among the job's labels. */
      labelKeys?: readonly (readonly string[])[];
    }
  | { uuidHashStart: string }
  | { tokenHashStart: string };

/** An external job as programs know it that speak to Healthchecks. */
export interface CheckRow {
  jobId: string;
  name: string;
  slug: string;
  enabled: boolean;
  health: JobHealth;
  graceMinutes: number;
  cron: string | null;
  timezone: string | null;
  periodMinutes: number | null;
  onCalendar: string | null;
  nextRunAt: number | null;
  methods: ReportMethods | null;
  keywords: Keywords | null;
  uuidHash: string;
  /** Sealed. */
  secrets: string;
  /** How many reports are kept. */
  pings: number;
  /** When it was last reported to have ended. */
  lastPingAt: number | null;
  /** A run that was reported to begin goes on. */
  isRunning: boolean;
  /** Of the last run that ended. */
  lastStartedAt: number | null;
  lastFinishedAt: number | null;
  labels: Labels;
  /** Of the job's own rules. */
  channelIds: string[];
}

/**
 * External jobs with what was last said of each, in the order of their creation.
 * @param limit how many are read at most; the rest is left out
 */
export async function listChecks(choice: CheckChoice, limit: number): Promise<CheckRow[]> {
  const { orm, t } = database();
  const { jobs, jobReceivers, labels, jobNotifications } = t;
  const isIt = and(eq(jobs.kind, "external"), isChosen(choice));
  const { id: jobId, name, slug, enabled, graceMinutes, cron, timezone, periodMinutes, onCalendar } = jobs;
  const { nextRunAt, methods, keywords } = jobs;
  const { uuidHash, secrets } = jobReceivers;
  const schedule = { cron, timezone, periodMinutes, onCalendar, nextRunAt };
  const columns = { jobId, name, slug, enabled, graceMinutes, ...schedule, methods, keywords, uuidHash, secrets };
  const rows = await orm
    .select({ ...columns, health: jobHealth(), ...lastReports() })
    .from(jobs)
    .innerJoin(jobReceivers, eq(jobReceivers.jobId, jobs.id))
    .where(isIt)
    .orderBy(asc(jobs.id))
    .limit(limit);
  const last = rows.at(-1);
  if (!last) return [];
  const isRead = and(isIt, lte(jobs.id, last.jobId));
  const [labelRows, channelRows] = await Promise.all([
    orm
      .select({ jobId, key: labels.key, value: labels.value })
      .from(jobs)
      .innerJoin(jobReceivers, eq(jobReceivers.jobId, jobs.id))
      .innerJoin(labels, and(eq(labels.subjectKind, "job"), eq(labels.subjectId, jobs.id)))
      .where(isRead)
      .orderBy(asc(labels.key)),
    orm
      .select({ jobId, channelId: jobNotifications.channelId })
      .from(jobs)
      .innerJoin(jobReceivers, eq(jobReceivers.jobId, jobs.id))
      .innerJoin(jobNotifications, eq(jobNotifications.jobId, jobs.id))
      .where(isRead)
      .orderBy(asc(jobNotifications.position)),
  ]);
  const checks = new Map(rows.map((row) => [row.jobId, { ...row, labels: {} as Labels, channelIds: [] as string[] }]));
  for (const row of labelRows) {
    const check = checks.get(row.jobId);
    if (check) check.labels[row.key] = row.value;
  }
  for (const row of channelRows) checks.get(row.jobId)?.channelIds.push(row.channelId);
  return [...checks.values()];
}

function isChosen(choice: CheckChoice): SQL | undefined {
  const { jobs, jobReceivers } = database().t;
  // By a range: the index is used. No digit in hex comes after “f”.
  if ("uuidHashStart" in choice)
    return and(gte(jobReceivers.uuidHash, choice.uuidHashStart), lt(jobReceivers.uuidHash, `${choice.uuidHashStart}g`));
  if ("tokenHashStart" in choice)
    return and(
      gte(jobReceivers.tokenHash, choice.tokenHashStart),
      lt(jobReceivers.tokenHash, `${choice.tokenHashStart}g`),
    );
  const { slug, labelKeys = [] } = choice;
  return and(slug === undefined ? undefined : eq(jobs.slug, slug), ...labelKeys.map(hasLabelOf));
}

function hasLabelOf(keys: readonly string[]): SQL {
  const { orm, t } = database();
  const { labels, jobs } = t;
  const ofJob = and(eq(labels.subjectKind, "job"), eq(labels.subjectId, jobs.id), inArray(labels.key, [...keys]));
  return exists(orm.select({ one: sql`1` }).from(labels).where(ofJob));
}

/** Some steps into the indexes for each job, however much was reported of it. */
function lastReports() {
  const { orm, t } = database();
  const { jobs, runs, signals } = t;
  const ofJob = eq(signals.jobId, jobs.id);
  const count = orm.select({ n: sql`count(*)` }).from(signals).where(ofJob);
  const lastPing = orm
    .select({ at: signals.at })
    .from(signals)
    .where(and(ofJob, isOneOf(signals.state, "success", "warning", "failure")))
    .orderBy(desc(signals.id))
    .limit(1);
  const running = orm
    .select({ one: sql`1` })
    .from(runs)
    .where(and(eq(runs.jobId, jobs.id), isOneOf(runs.status, "running"), isOneOf(runs.executor, "external")));
  const ended = and(eq(runs.jobId, jobs.id), isOneOf(runs.kind, "backup"), isNotNull(runs.finishedAt));
  const lastStarted = orm.select({ at: runs.startedAt }).from(runs).where(ended).orderBy(desc(runs.id)).limit(1);
  const lastFinished = orm.select({ at: runs.finishedAt }).from(runs).where(ended).orderBy(desc(runs.id)).limit(1);
  const time = (query: { getSQL(): SQL }) => sql<number | null>`${query}`.mapWith(Number);
  return {
    pings: sql<number>`${count}`.mapWith(Number),
    lastPingAt: time(lastPing),
    isRunning: sql<boolean>`exists ${running}`.mapWith(Boolean),
    lastStartedAt: time(lastStarted),
    lastFinishedAt: time(lastFinished),
  };
}

/** A report as it arrived, without its text. */
export type ReportRow = Pick<
  SignalRow,
  "at" | "state" | "address" | "method" | "userAgent" | "runKey" | "durationMs"
> & {
  hasText: boolean;
};

/** The newest reports about a job, newest first. */
export async function reportsOfJob(jobId: string, limit: number): Promise<ReportRow[]> {
  const { orm, t } = database();
  const { signals } = t;
  const { at, state, address, method, userAgent, runKey, durationMs } = signals;
  const hasText = sql<boolean>`(${or(isNotNull(signals.log), isNotNull(signals.message))})`.mapWith(Boolean);
  return await orm
    .select({ at, state, address, method, userAgent, runKey, durationMs, hasText })
    .from(signals)
    .where(eq(signals.jobId, jobId))
    .orderBy(desc(signals.id))
    .limit(limit);
}

/** What was said in one report about a job. @param newer how many came after it @returns null for nothing, and for no such report */
export async function textOfReport(jobId: string, newer: number): Promise<string | null> {
  const { orm, t } = database();
  const { signals } = t;
  const [row] = await orm
    .select({ log: signals.log, message: signals.message })
    .from(signals)
    .where(eq(signals.jobId, jobId))
    .orderBy(desc(signals.id))
    .limit(1)
    .offset(newer);
  return row?.log ?? row?.message ?? null;
}

/** A change of a job between well and not. */
export interface CheckTurn {
  at: number;
  isUp: boolean;
}

/** What decided how an external job does, newest first: ends of its runs, and reports that did not come. */
export async function turnsOfJob(jobId: string, limit: number): Promise<CheckTurn[]> {
  const { orm, t } = database();
  const { runs, alerts } = t;
  const [ended, missed] = await Promise.all([
    orm
      .select({ at: runs.finishedAt, status: runs.status })
      .from(runs)
      .where(
        and(
          eq(runs.jobId, jobId),
          isOneOf(runs.kind, "backup"),
          isOneOf(runs.status, "success", "warning", "failure"),
          isNotNull(runs.finishedAt),
        ),
      )
      .orderBy(desc(runs.id))
      .limit(limit),
    orm
      .select({ at: alerts.openedAt })
      .from(alerts)
      .where(and(eq(alerts.subjectKind, "job"), eq(alerts.subjectId, jobId), eq(alerts.type, "backup.missed")))
      .orderBy(desc(alerts.id))
      .limit(limit),
  ]);
  return [
    ...ended.map(({ at, status }) => ({ at: at ?? 0, isUp: status !== "failure" })),
    ...missed.map(({ at }) => ({ at, isUp: false })),
  ].sort((a, b) => b.at - a.at);
}
