import { and, eq, inArray, type SQL, sql } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import { MAX_LABELS } from "@/lib/core/label";
import type { Tables } from "../client";
import { type Steps, step, type Tx, transact } from "../transact";
import { closeAlertsOfAll } from "./alerts";
import { type AuditInsert, writeAudits } from "./audit";
import { cancelOpenRunsOf } from "./cancel-run";
import { assertStillThere } from "./references";
import { bumpRouting } from "./settings";

type JobColumns = Tables["jobs"]["$inferSelect"];

/** One change of many jobs. */
export interface BulkChange {
  ids: readonly string[];
  /** Milliseconds. */
  now: number;
  set: {
    profileId?: string | null;
    /** Put to the labels of each job; null removes a key. */
    labels?: Readonly<Record<string, string | null>>;
    enabled?: boolean;
  };
  /** When a job that is enabled comes due next. */
  nextRunOf(job: Pick<JobColumns, "cron" | "timezone" | "periodMinutes" | "onCalendar">): number | null;
  auditOf(id: string, name: string): AuditInsert;
}

/**
 * Changes all of these jobs in one transaction, or none, with an audit row for each.
 * @returns how many there are
 * @throws AppError `not_found` when one was removed meanwhile, `conflict` when the profile was, `invalid` when a job would
 * have too many labels
 */
export function updateJobs(change: BulkChange): Promise<number> {
  const { ids, now, set } = change;
  const locks = [...ids.map((id) => `job:${id}`), ...(set.profileId ? [`profile:${set.profileId}`] : [])];
  return transact(locks, function* (tx) {
    if (ids.length === 0) return 0;
    const { jobs } = tx.t;
    yield* assertStillThere(tx, "profiles", set.profileId ? [set.profileId] : []);
    const before = yield* step(
      tx.orm
        .select()
        .from(jobs)
        .where(inArray(jobs.id, [...ids])),
    );
    if (before.length < ids.length)
      throw new AppError("not_found", "A job was removed at the same moment. Nothing was changed.");
    const enabling = set.enabled === true ? before.filter(({ enabled }) => !enabled) : [];
    const disabling = set.enabled === false ? before.filter(({ enabled }) => enabled) : [];
    yield* step(
      tx.orm
        .update(jobs)
        .set({
          updatedAt: now,
          ...(set.profileId !== undefined && { profileId: set.profileId }),
          ...(set.enabled !== undefined && { enabled: set.enabled }),
          ...(disabling.length > 0 && { nextRunAt: null }),
          ...(enabling.length > 0 && { nextRunAt: nextRuns(jobs, enabling, change) }),
        })
        .where(inArray(jobs.id, [...ids])),
    );
    const enabled = enabling.map(({ id }) => id);
    if (enabled.length > 0) yield* step(tx.orm.update(jobs).set({ enabledAt: now }).where(inArray(jobs.id, enabled)));
    if (set.labels) yield* mergeLabels(tx, before, set.labels);
    const disabled = disabling.map(({ id }) => id);
    yield* closeAlertsOfAll(tx, "job", disabled, "subject_disabled");
    yield* cancelOpenRunsOf(tx, disabled, now, "The job was disabled.");
    yield* bumpRouting(tx);
    yield* writeAudits(
      tx,
      before.map(({ id, name }) => change.auditOf(id, name)),
    );
    tx.notices.push({ topic: "jobs" });
    return before.length;
  });
}

/** The next time of each job that is enabled; the others keep theirs. */
function nextRuns(
  jobs: Tables["jobs"],
  enabling: readonly JobColumns[],
  { nextRunOf }: BulkChange,
): SQL<number | null> {
  const cases = enabling.map((job) => sql`when ${job.id} then ${sql.param(nextRunOf(job), jobs.nextRunAt)}`);
  return sql`case ${jobs.id} ${sql.join(cases, sql` `)} else ${jobs.nextRunAt} end`;
}

function* mergeLabels(
  tx: Tx,
  before: readonly JobColumns[],
  merged: Readonly<Record<string, string | null>>,
): Steps<void> {
  const { labels } = tx.t;
  const ids = before.map(({ id }) => id);
  const keys = Object.keys(merged);
  if (keys.length === 0) return;
  const ofJobs = and(eq(labels.subjectKind, "job"), inArray(labels.subjectId, ids));
  yield* step(tx.orm.delete(labels).where(and(ofJobs, inArray(labels.key, keys))));
  const added = Object.entries(merged).flatMap(([key, value]) => (value === null ? [] : [{ key, value }]));
  const rows = ids.flatMap((id) => added.map((one) => ({ subjectKind: "job" as const, subjectId: id, ...one })));
  yield* insertLabels(tx, rows);
  const [crowded] = yield* step(
    tx.orm
      .select({ id: labels.subjectId })
      .from(labels)
      .where(ofJobs)
      .groupBy(labels.subjectId)
      .having(sql`count(*) > ${MAX_LABELS}`)
      .limit(1),
  );
  if (!crowded) return;
  const name = before.find(({ id }) => id === crowded.id)?.name ?? "A job";
  throw new AppError("invalid", `${name} would have more than ${MAX_LABELS} labels. Nothing was changed.`);
}

/** Within what one statement takes of parameters. */
const ROWS_AT_ONCE = 5_000;

function* insertLabels(tx: Tx, rows: Tables["labels"]["$inferInsert"][]): Steps<void> {
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
    yield* step(tx.orm.insert(tx.t.labels).values(rows.slice(at, at + ROWS_AT_ONCE)));
  }
}
