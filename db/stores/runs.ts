import { and, desc, eq, inArray, isNull } from "drizzle-orm";
import type { Tables } from "../client";
import { type Steps, step, type Tx, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";

export type RunRow = Tables["runs"]["$inferSelect"];

/** Inserts a queued run. */
export function* insertRun(tx: Tx, row: RunRow): Steps<void> {
  yield* step(tx.orm.insert(tx.t.runs).values(row));
  tx.notices.push({ topic: "runs", ids: [row.id] });
}

/**
 * Queues a run that a person asked for. A job, and each task of a repository, has one queued run at a time: asking again answers with that one.
 * @returns the id of the run that will be executed
 */
export function queueRun(row: RunRow, audit: AuditInsert): Promise<string> {
  return transact([`job-runs:${row.jobId ?? row.repositoryId ?? row.id}`], function* (tx) {
    yield* writeAudit(tx, audit);
    const queued = yield* queuedRunLike(tx, row);
    if (queued !== null) return queued;
    yield* insertRun(tx, row);
    return row.id;
  });
}

/**
 * Queues a restore, unless one to the same target has not ended yet: two at once would lose one of them.
 * @returns the id of the run; null when there is another
 */
export function queueRestore(row: RunRow, audit: AuditInsert): Promise<string | null> {
  return transact([`restore:${row.name}`], function* (tx) {
    const { runs } = tx.t;
    const [other] = yield* step(
      tx.orm
        .select({ id: runs.id })
        .from(runs)
        .where(and(inArray(runs.status, ["queued", "running"]), eq(runs.kind, "restore"), eq(runs.name, row.name)))
        .limit(1),
    );
    if (other) return null;
    yield* writeAudit(tx, audit);
    yield* insertRun(tx, row);
    return row.id;
  });
}

/**
 * Queues a restore test or an integrity check of a job, unless another process queued one since.
 * @param after the newest run of that kind that the caller knows
 */
export function queueRecurringTest(row: RunRow, after: string | null): Promise<void> {
  return transact([`job-runs:${row.jobId ?? row.id}`], function* (tx) {
    const { runs } = tx.t;
    const [newest] = yield* step(
      tx.orm
        .select({ id: runs.id })
        .from(runs)
        .where(and(eq(runs.jobId, row.jobId ?? ""), eq(runs.kind, row.kind)))
        .orderBy(desc(runs.id))
        .limit(1),
    );
    if ((newest?.id ?? null) === after) yield* insertRun(tx, row);
  });
}

/** Queues a run that nobody asked for. @returns false when one of its kind and job is queued already */
export function queueRunOnce(row: RunRow): Promise<boolean> {
  return transact([`job-runs:${row.jobId ?? row.id}`], function* (tx) {
    if ((yield* queuedRunLike(tx, row)) !== null) return false;
    yield* insertRun(tx, row);
    return true;
  });
}

/** The id of a queued run of the same kind, job, sync or repository, and executor that has not started yet. */
export function* queuedRunLike(
  tx: Tx,
  row: Pick<RunRow, "kind" | "jobId" | "repositoryId" | "syncId" | "executor">,
): Steps<string | null> {
  const { runs } = tx.t;
  const [queued] = yield* step(
    tx.orm
      .select({ id: runs.id })
      .from(runs)
      .where(
        and(
          eq(runs.status, "queued"),
          eq(runs.kind, row.kind),
          eq(runs.executor, row.executor),
          row.jobId ? eq(runs.jobId, row.jobId) : isNull(runs.jobId),
          row.syncId ? eq(runs.syncId, row.syncId) : isNull(runs.syncId),
          row.jobId || !row.repositoryId ? undefined : eq(runs.repositoryId, row.repositoryId),
          isNull(runs.startedAt),
        ),
      )
      .limit(1),
  );
  return queued?.id ?? null;
}
