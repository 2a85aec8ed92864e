import { and, eq, inArray, ne, or, type SQL, sql } from "drizzle-orm";
import { type Steps, step, type Tx, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";

/** A worker settles the run that it stopped because a person asked: nobody is notified, no alert opens or resolves. */
export function settleCanceledRun(
  runId: string,
  workerId: string | null,
  at: number,
  reason: string,
): Promise<boolean> {
  return transact([], function* (tx) {
    const { runs } = tx.t;
    const isHeld = workerId === null ? sql`${runs.workerId} is null` : eq(runs.workerId, workerId);
    return yield* cancelWhere(tx, runId, at, reason, and(eq(runs.status, "running"), isHeld));
  });
}

/**
 * A person cancels a run. One that is queued, or that no worker executes, ends at once; one that a worker executes is
 * ended by that worker.
 * @returns null when it is over already
 */
export function requestCancel(
  runId: string,
  now: number,
  by: string,
  audit: AuditInsert,
): Promise<"canceled" | "asked" | null> {
  return transact([], function* (tx) {
    const { runs } = tx.t;
    const endsAtOnce = or(eq(runs.status, "queued"), and(eq(runs.status, "running"), ne(runs.executor, "worker")));
    if (yield* cancelWhere(tx, runId, now, `Canceled by ${by}.`, endsAtOnce)) {
      yield* writeAudit(tx, audit);
      return "canceled";
    }
    const rows = yield* step(
      tx.orm
        .update(runs)
        .set({ cancelRequestedAt: sql`coalesce(${runs.cancelRequestedAt}, ${now})` })
        .where(and(eq(runs.id, runId), eq(runs.status, "running")))
        .returning({ id: runs.id }),
    );
    if (rows.length === 0) return null;
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "runs", ids: [runId] });
    return "asked";
  });
}

/**
 * Cancels the backups of a job that was disabled or deleted, as far as they are queued, or another program runs them: what it
 * reports of them is not waited for any more.
 */
export function cancelOpenRuns(tx: Tx, jobId: string, now: number, reason: string): Steps<void> {
  return cancelOpenRunsOf(tx, [jobId], now, reason);
}

/** The same of several jobs. */
export function* cancelOpenRunsOf(tx: Tx, jobIds: readonly string[], now: number, reason: string): Steps<void> {
  if (jobIds.length === 0) return;
  const { runs } = tx.t;
  const rows = yield* step(
    tx.orm
      .update(runs)
      .set({ status: "canceled", finishedAt: now, error: reason })
      .where(
        and(
          inArray(runs.jobId, [...jobIds]),
          eq(runs.kind, "backup"),
          or(eq(runs.status, "queued"), and(eq(runs.status, "running"), eq(runs.executor, "external"))),
        ),
      )
      .returning({ id: runs.id }),
  );
  if (rows.length > 0) tx.notices.push({ topic: "runs", ids: rows.map((row) => row.id) });
}

function* cancelWhere(tx: Tx, runId: string, at: number, reason: string, state: SQL | undefined): Steps<boolean> {
  const { runs } = tx.t;
  const rows = yield* step(
    tx.orm
      .update(runs)
      .set({ status: "canceled", finishedAt: at, error: reason })
      .where(and(eq(runs.id, runId), state))
      .returning({ id: runs.id }),
  );
  if (rows.length > 0) tx.notices.push({ topic: "runs", ids: [runId] });
  return rows.length > 0;
}
