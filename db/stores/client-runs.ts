import { and, eq, isNull, lt, or, sql } from "drizzle-orm";
import type { Tables } from "../client";
import { isOneOf } from "../literal";
import { step, transact } from "../transact";
import type { Change } from "./change";
import type { RunRow } from "./runs";

/** Which attempt of a run of a client is meant, and whose it is. */
export interface ClientAttempt {
  runId: string;
  clientId: string;
  /** From 1. */
  attempt: number;
}

/** A client began an attempt of a queued run. Does not apply when it had begun, or the run has ended. */
export function startClientRunChange(attempt: ClientAttempt, now: number): Change {
  return {
    *apply(tx) {
      const { runs } = tx.t;
      const rows = yield* step(
        tx.orm
          .update(runs)
          .set({
            status: "running",
            startedAt: sql`coalesce(${runs.startedAt}, ${now})`,
            notBefore: null,
            attempts: attempt.attempt,
          })
          .where(and(ofClient(runs, attempt), eq(runs.status, "queued"), eq(runs.attempts, attempt.attempt - 1)))
          .returning({ id: runs.id }),
      );
      if (rows.length > 0) tx.notices.push({ topic: "runs", ids: [attempt.runId] });
      return rows.length > 0;
    },
  };
}

/** The same without an event: a retry. */
export function startClientRunWithoutEvent(attempt: ClientAttempt, now: number): Promise<boolean> {
  return transact([], (tx) => startClientRunChange(attempt, now).apply(tx, ""));
}

/** How a client says that a run ended. */
export interface ClientResult extends Pick<RunRow, "bytes" | "files" | "error" | "archive"> {
  status: "success" | "warning" | "failure";
  /** Milliseconds. */
  at: number;
}

/**
 * Settles a run as its client says. A backup that was made also counts when the run had been failed because the client
 * seemed lost. `heartbeatAt` marks what the client itself said: that is final.
 */
export function settleClientRunChange(attempt: ClientAttempt, { at, ...result }: ClientResult): Change {
  return {
    *apply(tx, eventId) {
      const { runs } = tx.t;
      const isCurrent = and(eq(runs.status, "running"), eq(runs.attempts, attempt.attempt));
      const wasLost = and(eq(runs.status, "failure"), isNull(runs.heartbeatAt));
      const rows = yield* step(
        tx.orm
          .update(runs)
          .set({
            ...result,
            advice: null,
            finishedAt: at,
            heartbeatAt: at,
            startedAt: sql`coalesce(${runs.startedAt}, ${at})`,
            attempts: attempt.attempt,
            eventId,
          })
          .where(and(ofClient(runs, attempt), result.status === "failure" ? isCurrent : or(isCurrent, wasLost)))
          .returning({ id: runs.id }),
      );
      if (rows.length > 0) tx.notices.push({ topic: "runs", ids: [attempt.runId] });
      return rows.length > 0;
    },
  };
}

/** Queues a failed run again: nobody is notified before the last attempt. */
export function requeueClientRun(
  attempt: ClientAttempt,
  retry: { notBefore: number; error: string | null },
): Promise<boolean> {
  return transact([], function* (tx) {
    const { runs } = tx.t;
    const rows = yield* step(
      tx.orm
        .update(runs)
        .set({ status: "queued", advice: null, ...retry })
        .where(and(ofClient(runs, attempt), eq(runs.status, "running"), eq(runs.attempts, attempt.attempt)))
        .returning({ id: runs.id }),
    );
    if (rows.length > 0) tx.notices.push({ topic: "runs", ids: [attempt.runId] });
    return rows.length > 0;
  });
}

/** Fails a run of a client that nobody took, or whose client is lost, while it is still as it was read. */
export function failLostClientRunChange(
  run: Pick<RunRow, "id" | "status" | "attempts">,
  at: number,
  { error, advice, isStopped = false }: { error: string; advice: string | null; isStopped?: boolean },
): Change {
  return {
    *apply(tx, eventId) {
      const { runs } = tx.t;
      const rows = yield* step(
        tx.orm
          .update(runs)
          .set({
            status: "failure",
            finishedAt: at,
            error,
            advice,
            heartbeatAt: null,
            eventId,
            ...(isStopped && { cancelRequestedAt: at }),
          })
          .where(
            and(
              eq(runs.id, run.id),
              eq(runs.executor, "client"),
              isOneOf(runs.status, "queued", "running"),
              eq(runs.status, run.status),
              eq(runs.attempts, run.attempts),
            ),
          )
          .returning({ id: runs.id }),
      );
      if (rows.length > 0) tx.notices.push({ topic: "runs", ids: [run.id] });
      return rows.length > 0;
    },
  };
}

/**
 * Notes that a piece of a run's log arrives, so that it is stored once, however often it is sent.
 * @param from where the piece begins in the whole log, and `until` where it ends, in bytes
 * @returns from where on it is new; null when all of it has arrived before
 */
export function takeLogPiece(runId: string, from: number, until: number): Promise<number | null> {
  return transact([`run-log:${runId}`], function* (tx) {
    const { runs } = tx.t;
    const [run] = yield* step(tx.orm.select({ at: runs.reportedLogBytes }).from(runs).where(eq(runs.id, runId)));
    if (!run || until <= run.at) return null;
    yield* step(
      tx.orm
        .update(runs)
        .set({ reportedLogBytes: until })
        .where(and(eq(runs.id, runId), lt(runs.reportedLogBytes, until))),
    );
    return Math.max(from, run.at);
  });
}

function ofClient(runs: Tables["runs"], { runId, clientId }: ClientAttempt) {
  return and(eq(runs.id, runId), eq(runs.clientId, clientId), eq(runs.executor, "client"));
}
