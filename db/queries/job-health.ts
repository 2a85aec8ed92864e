import { and, count, desc, eq, inArray, ne, type SQL, sql } from "drizzle-orm";
import { JOB_HEALTHS, type JobHealth } from "@/lib/core/job-health";
import { database } from "../client";
import { isOneOf } from "../literal";
import { type ClientLimit, isJobOfClients } from "./client-scope";

/**
 * The health of the row of `jobs` in an outer query (see `JobHealth`): a few steps into two indexes for each job, however many runs and
 * alerts it has.
 */
export function jobHealth(): SQL<JobHealth> {
  const { orm, t } = database();
  const { jobs, runs, alerts } = t;
  const lastStatus = orm
    .select({ status: runs.status })
    .from(runs)
    .where(
      and(eq(runs.jobId, jobs.id), isOneOf(runs.kind, "backup"), isOneOf(runs.status, "success", "warning", "failure")),
    )
    .orderBy(desc(runs.id))
    .limit(1);
  const openAlert = (which?: SQL) =>
    orm
      .select({ one: sql`1` })
      .from(alerts)
      .where(and(eq(alerts.subjectKind, "job"), eq(alerts.subjectId, jobs.id), ne(alerts.status, "resolved"), which));
  const isOverdue = eq(alerts.type, "backup.overdue");
  return sql<JobHealth>`case
    when not ${jobs.enabled} then 'paused'
    when (${lastStatus}) = 'failure' then 'failing'
    when exists ${openAlert(sql`${eq(alerts.severity, "critical")} and not ${isOverdue}`)} then 'failing'
    when exists ${openAlert(isOverdue)} then 'overdue'
    when exists ${openAlert(eq(alerts.type, "backup.missed"))} then 'late'
    when (${lastStatus}) = 'warning' then 'warning'
    when exists ${openAlert()} then 'warning'
    when (${lastStatus}) is null then 'new'
    else 'healthy' end`;
}

/** The rank of the row of `jobs` in an outer query: 0 is the worst. */
export function healthRank(): SQL<number> {
  const ranks = JOB_HEALTHS.map((health, rank) => sql`when ${health} then ${sql.raw(String(rank))}`);
  return sql<number>`case ${jobHealth()} ${sql.join(ranks, sql` `)} end`;
}

/** The health of these jobs, by id. */
export async function jobHealths(ids: string[]): Promise<Map<string, JobHealth>> {
  if (ids.length === 0) return new Map();
  const { orm, t } = database();
  const rows = await orm.select({ id: t.jobs.id, health: jobHealth() }).from(t.jobs).where(inArray(t.jobs.id, ids));
  return new Map(rows.map(({ id, health }) => [id, health]));
}

/** Counts all jobs by their health. */
export async function countJobHealths(clientIds?: ClientLimit): Promise<Record<JobHealth, number>> {
  const { orm, t } = database();
  const healths = orm
    .select({ health: jobHealth().as("health") })
    .from(t.jobs)
    .where(isJobOfClients(t.jobs, clientIds))
    .as("healths");
  const rows = await orm.select({ health: healths.health, n: count() }).from(healths).groupBy(healths.health);
  const found = new Map(rows.map(({ health, n }) => [health, n]));
  return Object.fromEntries(JOB_HEALTHS.map((health) => [health, found.get(health) ?? 0])) as Record<JobHealth, number>;
}
