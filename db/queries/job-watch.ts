import { and, desc, eq, isNotNull, isNull, lt, ne, or, sql } from "drizzle-orm";
import { database } from "../client";
import { isOneOf } from "../literal";
import type { RunRow } from "../stores/runs";
import type { StoredJob } from "./jobs";
import { isMade } from "./made-backup";

const HOUR_MS = 3_600_000;

/** A running backup with its job. */
export interface RunningBackup {
  run: RunRow;
  job: Pick<StoredJob, "id" | "name" | "slug" | "cron" | "timezone">;
}

/** Running backups that were not reported as slow, of all executors. */
export async function backupsNotReportedSlow(): Promise<RunningBackup[]> {
  const { orm, t } = database();
  const { runs, jobs } = t;
  const { id, name, slug, cron, timezone } = jobs;
  return await orm
    .select({ run: runs, job: { id, name, slug, cron, timezone } })
    .from(runs)
    .innerJoin(jobs, eq(jobs.id, runs.jobId))
    .where(
      and(
        isOneOf(runs.status, "queued", "running"),
        eq(runs.status, "running"),
        eq(runs.kind, "backup"),
        isNull(runs.slowAt),
      ),
    );
}

/** Jobs with a run that was reported as slow and has not ended. */
export async function jobsWithSlowRuns(): Promise<Set<string>> {
  const { orm, t } = database();
  const { runs } = t;
  const rows = await orm
    .select({ jobId: runs.jobId })
    .from(runs)
    .where(and(isOneOf(runs.status, "queued", "running"), isNotNull(runs.slowAt)));
  return new Set(rows.flatMap(({ jobId }) => jobId ?? []));
}

/** A job that has made no backup for some time. */
export interface WaitingJob
  extends Pick<
    StoredJob,
    "id" | "name" | "slug" | "cron" | "timezone" | "periodMinutes" | "onCalendar" | "overdueAfterHours"
  > {
  /** Its last backup, or when it was created or enabled, whichever is later: milliseconds. */
  since: number;
  /** Null: it was never backed up. */
  lastBackupAt: number | null;
  /** Missed slots of it are reported and not over. */
  isMissed: boolean;
}

/**
 * Enabled jobs that made no backup for the hours that each has set, and those without a setting that have a schedule and made
 * none for `leastHours`.
 * @param now milliseconds
 */
export async function jobsWithoutBackup(now: number, leastHours: number): Promise<WaitingJob[]> {
  const { orm, t } = database();
  const { jobs, runs, alerts } = t;
  // One step into the index of runs that made a backup for each job.
  const last = orm
    .select({ at: runs.finishedAt })
    .from(runs)
    .where(and(eq(runs.jobId, jobs.id), isMade(runs)))
    .orderBy(desc(runs.id))
    .limit(1);
  const missed = orm
    .select({ id: alerts.id })
    .from(alerts)
    .where(
      and(
        isOneOf(alerts.subjectKind, "job"),
        eq(alerts.subjectId, jobs.id),
        sql`${alerts.type} = 'backup.missed'`,
        sql`${alerts.status} <> 'resolved'`,
      ),
    );
  const waiting = orm.$with("waiting").as(
    orm
      .select({
        id: jobs.id,
        begin: sql<number>`coalesce(${jobs.enabledAt}, ${jobs.createdAt})`.as("begin"),
        made: sql<number | null>`(${last})`.as("made"),
      })
      .from(jobs)
      .where(
        and(
          eq(jobs.enabled, true),
          or(
            and(
              isNull(jobs.overdueAfterHours),
              or(isNotNull(jobs.cron), isNotNull(jobs.periodMinutes), isNotNull(jobs.onCalendar)),
            ),
            ne(jobs.overdueAfterHours, 0),
          ),
        ),
      ),
  );
  const since = sql`case when ${waiting.made} > ${waiting.begin} then ${waiting.made} else ${waiting.begin} end`;
  const { id, name, slug, cron, timezone, periodMinutes, onCalendar, overdueAfterHours } = jobs;
  const rows = await orm
    .with(waiting)
    .select({
      id,
      name,
      slug,
      cron,
      timezone,
      periodMinutes,
      onCalendar,
      overdueAfterHours,
      since: since.mapWith(Number),
      lastBackupAt: sql`${waiting.made}`.mapWith(runs.finishedAt),
      isMissed: sql`case when exists ${missed} then 1 else 0 end`.mapWith(Boolean),
    })
    .from(waiting)
    .innerJoin(jobs, eq(jobs.id, waiting.id))
    .where(lt(since, sql`${now} - cast(coalesce(${jobs.overdueAfterHours}, ${leastHours}) as bigint) * ${HOUR_MS}`));
  return rows;
}
