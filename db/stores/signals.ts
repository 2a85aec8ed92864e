import { and, eq, inArray, isNull, lt, sql } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import type { Tables } from "../client";
import { type Steps, step, type Tx, transact } from "../transact";
import type { Change } from "./change";
import type { RunRow } from "./runs";

export type SignalRow = Tables["signals"]["$inferSelect"];

/** Stores what arrived, before it is answered; what a sender sends again, as its `repeatKey` says, once. */
export function storeSignals(rows: readonly SignalRow[]): Promise<void> {
  return transact([], function* (tx) {
    yield* step(
      tx.orm
        .insert(tx.t.signals)
        .values([...rows])
        .onConflictDoNothing(),
    );
    tx.notices.push({ topic: "signals", ids: [...new Set(rows.map(({ jobId }) => jobId))] });
  });
}

/** Counts signals that change nothing else. @param runId the run that they are about; null: none */
export function countSignals(ids: readonly string[], runId: string | null, now: number): Promise<void> {
  return transact([], (tx) => markCounted(tx, ids, runId, now));
}

/** Another program said that a run began: it gets its row. @throws AppError `conflict` when another process has counted the signals */
export function beginReportedRunChange(run: RunRow, signals: readonly string[], now: number): Change {
  return {
    *apply(tx) {
      yield* markCounted(tx, signals, run.id, now);
      yield* step(tx.orm.insert(tx.t.runs).values(run));
      tx.notices.push({ topic: "runs", ids: [run.id] });
      return true;
    },
  };
}

/** How another program says that a run ended. */
export interface ReportedEnd {
  run: RunRow;
  /** The run has no row yet. */
  isNew: boolean;
  /** The run had been given up, and that was wrong. */
  isCorrection: boolean;
  signals: readonly string[];
  /** The whole log, in place of what is stored. */
  log: readonly string[];
  /** When its job is expected to report again; undefined: as it is. */
  nextRunAt: number | null | undefined;
  now: number;
}

/**
 * Settles a run as it was reported; `run` has its final columns. `heartbeatAt` marks what the program itself said: that is final.
 * @throws AppError `conflict` when another process has counted the signals
 */
export function settleReportedRunChange(end: ReportedEnd): Change {
  const { run, isNew, isCorrection, signals, log, nextRunAt, now } = end;
  return {
    *apply(tx, eventId) {
      const { runs } = tx.t;
      const settled = { ...run, heartbeatAt: now, eventId };
      if (isNew) yield* step(tx.orm.insert(runs).values(settled));
      else {
        const isOpen = isCorrection
          ? and(eq(runs.status, "failure"), isNull(runs.heartbeatAt))
          : eq(runs.status, "running");
        const { status, reasonCode, startedAt, finishedAt, bytes, files, error, advice, heartbeatAt } = settled;
        const rows = yield* step(
          tx.orm
            .update(runs)
            .set({ status, reasonCode, startedAt, finishedAt, bytes, files, error, advice, heartbeatAt, eventId })
            .where(and(eq(runs.id, run.id), isOpen))
            .returning({ id: runs.id }),
        );
        if (rows.length === 0) return false;
      }
      yield* markCounted(tx, signals, run.id, now);
      yield* writeLog(tx, run.id, log, now);
      if (run.jobId && nextRunAt !== undefined) yield* expectNext(tx, run.jobId, nextRunAt);
      tx.notices.push({ topic: "runs", ids: [run.id] });
      return true;
    },
  };
}

/** Fails a run whose end nobody reported, while it still runs. */
export function giveUpReportedRunChange(
  run: Pick<RunRow, "id" | "jobId">,
  { at, error, advice, nextRunAt }: { at: number; error: string; advice: string; nextRunAt?: number | null },
): Change {
  return {
    *apply(tx, eventId) {
      const { runs } = tx.t;
      const rows = yield* step(
        tx.orm
          .update(runs)
          .set({ status: "failure", finishedAt: at, error, advice, heartbeatAt: null, eventId })
          .where(and(eq(runs.id, run.id), eq(runs.executor, "external"), eq(runs.status, "running")))
          .returning({ id: runs.id }),
      );
      if (rows.length === 0) return false;
      if (run.jobId && nextRunAt !== undefined) yield* expectNext(tx, run.jobId, nextRunAt);
      tx.notices.push({ topic: "runs", ids: [run.id] });
      return true;
    },
  };
}

/** Records that an expected report did not come; compare-and-set on when it was expected. */
export function recordMissedReportChange(slot: { jobId: string; dueAt: number; nextRunAt: number | null }): Change {
  return {
    *apply(tx) {
      const { jobs } = tx.t;
      const isDue = and(eq(jobs.kind, "external"), eq(jobs.enabled, true), eq(jobs.nextRunAt, slot.dueAt));
      const rows = yield* step(
        tx.orm
          .update(jobs)
          .set({ nextRunAt: slot.nextRunAt })
          .where(and(eq(jobs.id, slot.jobId), isDue))
          .returning({ id: jobs.id }),
      );
      if (rows.length > 0) tx.notices.push({ topic: "jobs", ids: [slot.jobId] });
      return rows.length > 0;
    },
  };
}

/** Replaces the log of a settled run, for what was said about it later. */
export function replaceReportedLog(runId: string, log: readonly string[], now: number): Promise<void> {
  return transact([], (tx) => writeLog(tx, runId, log, now));
}

function* markCounted(tx: Tx, ids: readonly string[], runId: string | null, now: number): Steps<void> {
  if (ids.length === 0) return;
  const { signals } = tx.t;
  const rows = yield* step(
    tx.orm
      .update(signals)
      .set({ runId, foldedAt: now })
      .where(and(inArray(signals.id, [...ids]), isNull(signals.foldedAt)))
      .returning({ id: signals.id }),
  );
  if (rows.length !== ids.length) throw new AppError("conflict", "Another process has counted these signals.");
}

function* writeLog(tx: Tx, runId: string, log: readonly string[], at: number): Steps<void> {
  const { runLogs } = tx.t;
  yield* step(tx.orm.delete(runLogs).where(eq(runLogs.runId, runId)));
  if (log.length === 0) return;
  yield* step(tx.orm.insert(runLogs).values(log.map((text, seq) => ({ runId, seq, at, text }))));
  tx.notices.push({ topic: "run-log", ids: [runId] });
}

function* expectNext(tx: Tx, jobId: string, nextRunAt: number | null): Steps<void> {
  const { jobs } = tx.t;
  yield* step(
    tx.orm
      .update(jobs)
      .set({ nextRunAt: sql`case when ${jobs.enabled} then cast(${nextRunAt} as bigint) end` })
      .where(and(eq(jobs.id, jobId), eq(jobs.kind, "external"))),
  );
  tx.notices.push({ topic: "jobs", ids: [jobId] });
}

/** Deletes signals that arrived before a time, in a batch. @returns how many */
export function deleteOldSignals(before: number, limit: number): Promise<number> {
  return transact([], function* (tx) {
    const { signals } = tx.t;
    const rows = yield* step(
      tx.orm.select({ id: signals.id }).from(signals).where(lt(signals.at, before)).limit(limit),
    );
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) yield* step(tx.orm.delete(signals).where(inArray(signals.id, ids)));
    return ids.length;
  });
}
