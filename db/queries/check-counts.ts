import { and, asc, count, eq, exists, inArray, or, type SQL, sql } from "drizzle-orm";
import type { JobHealth } from "@/lib/core/job-health";
import { database } from "../client";
import { jobHealth } from "./job-health";

/** Whether a report is awaited: not yet, within the grace time, or for longer. */
export type CheckDue = "up" | "grace" | "down";

/** How many external jobs do so. */
export interface CheckCount {
  health: JobHealth;
  due: CheckDue;
  jobs: number;
}

/** A label with its value. */
export interface CheckLabel {
  key: string;
  value: string;
}

/** Counts external jobs by how they do. @param labels only those that have one of these; not an empty list */
export async function countChecks(now: number, labels?: readonly CheckLabel[]): Promise<CheckCount[]> {
  const { orm, t } = database();
  const { jobs } = t;
  const at = sql`cast(${now} as bigint)`;
  const due = sql<CheckDue>`case
    when ${jobs.nextRunAt} is null or ${jobs.nextRunAt} > ${at} then 'up'
    when ${jobs.nextRunAt} + cast(${jobs.graceMinutes} as bigint) * 60000 > ${at} then 'grace'
    else 'down' end`;
  const states = orm
    .select({ health: jobHealth().as("health"), due: due.as("due") })
    .from(jobs)
    .where(and(eq(jobs.kind, "external"), labels && hasOneOf(labels)))
    .as("states");
  return await orm
    .select({ health: states.health, due: states.due, jobs: count() })
    .from(states)
    .groupBy(states.health, states.due);
}

function hasOneOf(wanted: readonly CheckLabel[]): SQL | undefined {
  const { orm, t } = database();
  const { labels, jobs } = t;
  const isOne = or(...wanted.map(({ key, value }) => and(eq(labels.key, key), eq(labels.value, value))));
  const ofJob = and(eq(labels.subjectKind, "job"), eq(labels.subjectId, jobs.id), isOne);
  return exists(orm.select({ one: sql`1` }).from(labels).where(ofJob));
}

/** The labels that external jobs have, each once. @param choice.keys only these keys */
export async function labelsOfChecks({ keys, limit }: { keys?: string[]; limit: number }): Promise<CheckLabel[]> {
  const { orm, t } = database();
  const { key, value, subjectKind, subjectId } = t.labels;
  const { jobs } = t;
  return await orm
    .selectDistinct({ key, value })
    .from(t.labels)
    .innerJoin(jobs, and(eq(jobs.id, subjectId), eq(jobs.kind, "external")))
    .where(and(eq(subjectKind, "job"), keys && inArray(key, keys)))
    .orderBy(asc(key), asc(value))
    .limit(limit);
}
