import { and, eq, inArray, isNull, or, sql } from "drizzle-orm";
import type { SettledStatus } from "@/lib/core/run";
import type { Tables } from "../client";
import { isOneOf } from "../literal";
import { type Steps, step, type Tx, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";
import type { Change } from "./change";

export type RunRow = Tables["runs"]["$inferSelect"];

/** Two processes that claim at once take turns at this row; what each then reads is what the other left. */
const CLAIM_LOCK = "runs-claim";

/** Lays down a run that waits for its turn. */
export function* insertRun(tx: Tx, row: RunRow): Steps<void> {
  yield* step(tx.orm.insert(tx.t.runs).values(row));
  tx.notices.push({ topic: "runs", ids: [row.id] });
}

/**
 * A run asked for by a person. One of a job waits at a time: asking again answers with the one that waits.
 * @returns the id of the run that will do it
 */
export function queueRun(row: RunRow, audit: AuditInsert): Promise<string> {
  return transact([`job-runs:${row.jobId ?? row.id}`], function* (tx) {
    const { runs } = tx.t;
    yield* writeAudit(tx, audit);
    if (row.kind !== "restore") {
      const [waiting] = yield* step(
        tx.orm
          .select({ id: runs.id })
          .from(runs)
          .where(
            and(
              eq(runs.status, "queued"),
              eq(runs.kind, row.kind),
              row.jobId ? eq(runs.jobId, row.jobId) : isNull(runs.jobId),
              isNull(runs.startedAt),
            ),
          )
          .limit(1),
      );
      if (waiting) return waiting.id;
    }
    yield* insertRun(tx, row);
    return row.id;
  });
}

export interface Claim {
  runId: string;
  workerId: string;
  now: number;
  /** How many runs may go at once, over all processes. */
  limit: number;
}

/**
 * A waiting run begins. Does not apply when another worker was quicker, when enough runs go already, when one of its
 * job goes, or when one of its destinations is being written to.
 */
export function runClaimed(claim: Claim): Change {
  return { apply: (tx) => claimRun(tx, claim) };
}

/** The same without an event: a second attempt, or a run that nobody is told the start of. */
export function claimQuietly(claim: Claim): Promise<boolean> {
  return transact([], (tx) => claimRun(tx, claim));
}

function* claimRun(tx: Tx, { runId, workerId, now, limit }: Claim): Steps<boolean> {
  const { runs, systemState } = tx.t;
  yield* step(
    tx.orm
      .insert(systemState)
      .values({ key: CLAIM_LOCK, value: now, updatedAt: now })
      .onConflictDoUpdate({ target: systemState.key, set: { value: now, updatedAt: now } }),
  );
  const [run] = yield* step(
    tx.orm
      .select()
      .from(runs)
      .where(and(eq(runs.id, runId), eq(runs.status, "queued"))),
  );
  if (!run || (run.notBefore !== null && run.notBefore > now)) return false;
  const going = yield* step(
    tx.orm
      .select()
      .from(runs)
      .where(and(isOneOf(runs.status, "queued", "running"), eq(runs.status, "running"), eq(runs.executor, "worker"))),
  );
  if (going.length >= limit) return false;
  if (run.jobId && going.some((other) => other.jobId === run.jobId)) return false;
  const mine = yield* destinationsOf(tx, [run]);
  if (mine.size > 0) {
    const taken = yield* destinationsOf(tx, going);
    for (const id of mine) if (taken.has(id)) return false;
  }
  yield* step(
    tx.orm
      .update(runs)
      .set({
        status: "running",
        workerId,
        startedAt: run.startedAt ?? now,
        heartbeatAt: now,
        notBefore: null,
        attempts: run.attempts + 1,
      })
      .where(eq(runs.id, runId)),
  );
  tx.notices.push({ topic: "runs", ids: [runId] });
  return true;
}

/** The destinations that runs write to. A restore only reads. */
function* destinationsOf(tx: Tx, rows: RunRow[]): Steps<Set<string>> {
  const { jobDestinations } = tx.t;
  const found = new Set<string>();
  const jobIds = rows.flatMap((row) => (row.kind === "backup" && row.jobId ? [row.jobId] : []));
  if (jobIds.length > 0) {
    const links = yield* step(tx.orm.select().from(jobDestinations).where(inArray(jobDestinations.jobId, jobIds)));
    for (const link of links) found.add(link.destinationId);
  }
  for (const row of rows)
    if (row.kind === "config_backup" && row.params.destinationId) found.add(row.params.destinationId);
  return found;
}

/**
 * Says that a worker still works on these runs.
 * @returns those that are still its own, with whether a person asked to end them
 */
export function beatRuns(ids: string[], workerId: string, now: number): Promise<{ id: string; isCanceled: boolean }[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return transact([], function* (tx) {
    const { runs } = tx.t;
    const rows = yield* step(
      tx.orm
        .update(runs)
        .set({ heartbeatAt: now })
        .where(and(inArray(runs.id, ids), eq(runs.workerId, workerId), eq(runs.status, "running")))
        .returning({ id: runs.id, cancelRequestedAt: runs.cancelRequestedAt }),
    );
    return rows.map((row) => ({ id: row.id, isCanceled: row.cancelRequestedAt !== null }));
  });
}

export interface RunSettlement {
  runId: string;
  workerId: string;
  at: number;
  bytes: number | null;
  files: number | null;
  error: string | null;
  advice: string | null;
}

/**
 * A run is over. Applies while it runs on this worker; and a backup that was made still counts when the run had been
 * given up in the meantime, because the worker had seemed dead.
 */
export function settleRunChange(settlement: RunSettlement & { status: Exclude<SettledStatus, "canceled"> }): Change {
  return {
    *apply(tx, eventId) {
      const { runs } = tx.t;
      const { runId, workerId, at, status, ...facts } = settlement;
      const isGivenUp = and(eq(runs.status, "failure"), isNull(runs.heartbeatAt));
      const rows = yield* step(
        tx.orm
          .update(runs)
          .set({ ...facts, status, finishedAt: at, heartbeatAt: at, eventId })
          .where(
            and(
              eq(runs.id, runId),
              eq(runs.workerId, workerId),
              status === "failure" ? eq(runs.status, "running") : or(eq(runs.status, "running"), isGivenUp),
            ),
          )
          .returning({ id: runs.id }),
      );
      if (rows.length === 0) return false;
      tx.notices.push({ topic: "runs", ids: [runId] });
      return true;
    },
  };
}

/** A run whose worker is gone becomes a failure. Applies only while nobody has been heard of since `seenAt`. */
export function failOrphanedRunChange(
  run: Pick<RunRow, "id" | "heartbeatAt" | "workerId">,
  at: number,
  error: string,
): Change {
  return {
    *apply(tx, eventId) {
      const { runs } = tx.t;
      const rows = yield* step(
        tx.orm
          .update(runs)
          .set({ status: "failure", finishedAt: at, error, advice: null, heartbeatAt: null, eventId })
          .where(
            and(
              eq(runs.id, run.id),
              eq(runs.status, "running"),
              run.workerId === null ? isNull(runs.workerId) : eq(runs.workerId, run.workerId),
              run.heartbeatAt === null ? isNull(runs.heartbeatAt) : eq(runs.heartbeatAt, run.heartbeatAt),
            ),
          )
          .returning({ id: runs.id }),
      );
      if (rows.length === 0) return false;
      tx.notices.push({ topic: "runs", ids: [run.id] });
      return true;
    },
  };
}

/** A settled run that nobody was told of is told now. */
export function linkRunEventChange(runId: string): Change {
  return {
    *apply(tx, eventId) {
      const { runs } = tx.t;
      const rows = yield* step(
        tx.orm
          .update(runs)
          .set({ eventId })
          .where(and(eq(runs.id, runId), isNull(runs.eventId)))
          .returning({ id: runs.id }),
      );
      return rows.length > 0;
    },
  };
}

/** A waiting run whose grace has ended is canceled; its slot counts as missed. */
export function skipOverlappedRunChange(runId: string, at: number, reason: string): Change {
  return {
    *apply(tx, eventId) {
      const { runs } = tx.t;
      const rows = yield* step(
        tx.orm
          .update(runs)
          .set({ status: "canceled", finishedAt: at, error: reason, eventId })
          .where(and(eq(runs.id, runId), eq(runs.status, "queued"), isNull(runs.startedAt)))
          .returning({ id: runs.id }),
      );
      if (rows.length === 0) return false;
      tx.notices.push({ topic: "runs", ids: [runId] });
      return true;
    },
  };
}

/** A run ends because a person asked: nobody is told, nothing is resolved or opened. */
export function settleCanceledRun(
  runId: string,
  workerId: string | null,
  at: number,
  reason: string,
): Promise<boolean> {
  return transact([], (tx) => cancelNow(tx, runId, workerId, at, reason));
}

function* cancelNow(tx: Tx, runId: string, workerId: string | null, at: number, reason: string): Steps<boolean> {
  const { runs } = tx.t;
  const rows = yield* step(
    tx.orm
      .update(runs)
      .set({ status: "canceled", finishedAt: at, error: reason })
      .where(
        and(
          eq(runs.id, runId),
          workerId === null ? eq(runs.status, "queued") : and(eq(runs.status, "running"), eq(runs.workerId, workerId)),
        ),
      )
      .returning({ id: runs.id }),
  );
  if (rows.length > 0) tx.notices.push({ topic: "runs", ids: [runId] });
  return rows.length > 0;
}

/**
 * A person asks to end a run: one that waits ends at once, one that goes is ended by its worker.
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
    if (yield* cancelNow(tx, runId, null, now, `Canceled by ${by}.`)) {
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

/** Waiting runs of a job that was disabled or deleted. */
export function* cancelWaitingRuns(tx: Tx, jobId: string, now: number, reason: string): Steps<void> {
  const { runs } = tx.t;
  const rows = yield* step(
    tx.orm
      .update(runs)
      .set({ status: "canceled", finishedAt: now, error: reason })
      .where(and(eq(runs.jobId, jobId), eq(runs.status, "queued"), eq(runs.kind, "backup")))
      .returning({ id: runs.id }),
  );
  if (rows.length > 0) tx.notices.push({ topic: "runs", ids: rows.map((row) => row.id) });
}

/** An attempt failed and another follows: nobody is told until the last. */
export function requeueRun(
  runId: string,
  workerId: string,
  retry: { notBefore: number; error: string; advice: string | null },
): Promise<boolean> {
  return transact([], function* (tx) {
    const { runs } = tx.t;
    const rows = yield* step(
      tx.orm
        .update(runs)
        .set({ status: "queued", heartbeatAt: null, ...retry })
        .where(
          and(
            eq(runs.id, runId),
            eq(runs.workerId, workerId),
            eq(runs.status, "running"),
            isNull(runs.cancelRequestedAt),
          ),
        )
        .returning({ id: runs.id }),
    );
    if (rows.length > 0) tx.notices.push({ topic: "runs", ids: [runId] });
    return rows.length > 0;
  });
}

/** The next piece of a run's log; older pieces of its middle go, and one piece says how much went. */
export function appendRunLog(
  runId: string,
  piece: { seq: number; at: number; text: string },
  dropped?: { from: number; to: number; mark: { seq: number; text: string } },
): Promise<void> {
  return transact([], function* (tx) {
    const { runLogs } = tx.t;
    yield* step(tx.orm.insert(runLogs).values({ runId, ...piece }));
    if (dropped) {
      yield* step(
        tx.orm
          .delete(runLogs)
          .where(and(eq(runLogs.runId, runId), sql`${runLogs.seq} between ${dropped.from} and ${dropped.to}`)),
      );
      yield* step(
        tx.orm
          .insert(runLogs)
          .values({ runId, at: piece.at, ...dropped.mark })
          .onConflictDoUpdate({ target: [runLogs.runId, runLogs.seq], set: { text: dropped.mark.text } }),
      );
    }
    tx.notices.push({ topic: "run-log", ids: [runId] });
  });
}
