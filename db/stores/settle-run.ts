import { and, eq, isNull, or } from "drizzle-orm";
import type { ReportedArchive } from "@/lib/core/reported-archive";
import type { SettledStatus } from "@/lib/core/run";
import { type Steps, step, type Tx, transact } from "../transact";
import type { Change } from "./change";
import type { RunRow } from "./runs";

export interface RunSettlement {
  runId: string;
  workerId: string;
  at: number;
  bytes: number | null;
  files: number | null;
  /** What a program made that stores backups by itself. */
  archives?: ReportedArchive[];
  /** Sync: files that it deleted at the destination. */
  deleted?: number;
  error: string | null;
  advice: string | null;
}

/**
 * Settles a run. Applies while it runs on this worker; a backup that was made also counts when the run had been
 * failed as orphaned meanwhile, because its worker had seemed dead.
 */
export function settleRunChange(settlement: RunSettlement & { status: Exclude<SettledStatus, "canceled"> }): Change {
  return {
    *apply(tx, eventId) {
      const { runs } = tx.t;
      const { runId, workerId, at, status, ...facts } = settlement;
      const wasOrphaned = and(eq(runs.status, "failure"), isNull(runs.heartbeatAt));
      const rows = yield* step(
        tx.orm
          .update(runs)
          .set({
            ...facts,
            status,
            finishedAt: at,
            heartbeatAt: at,
            eventId,
            // Each destination that was written to has its record: nothing can have been left anywhere.
            ...(status === "success" && { artifactPath: null }),
          })
          .where(
            and(
              eq(runs.id, runId),
              eq(runs.workerId, workerId),
              status === "failure" ? eq(runs.status, "running") : or(eq(runs.status, "running"), wasOrphaned),
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

/**
 * Fails a run whose worker is gone. Applies only to runs of workers, and only while the heartbeat is still the one
 * that was read.
 * @param artifactPath what is to be removed of what it stored
 */
export function failOrphanedRunChange(
  run: Pick<RunRow, "id" | "heartbeatAt" | "workerId">,
  at: number,
  error: string,
  artifactPath: string | null,
): Change {
  return {
    *apply(tx, eventId) {
      const { runs } = tx.t;
      const rows = yield* step(
        tx.orm
          .update(runs)
          .set({ status: "failure", finishedAt: at, error, advice: null, heartbeatAt: null, artifactPath, eventId })
          .where(
            and(
              eq(runs.id, run.id),
              eq(runs.status, "running"),
              eq(runs.executor, "worker"),
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

/**
 * Fails a run that a worker still holds, whatever its heartbeat: its result could not be recorded.
 */
export function failRunOfWorkerChange(run: Pick<RunRow, "id" | "workerId">, at: number, error: string): Change {
  return { apply: (tx, eventId) => failRun(tx, run, { finishedAt: at, error, eventId }) };
}

/** The same without an event: the last resort. The run's event is missing then, and is emitted later. */
export function failRunDirectly(run: Pick<RunRow, "id" | "workerId">, at: number, error: string): Promise<boolean> {
  return transact([], (tx) => failRun(tx, run, { finishedAt: at, error }));
}

function* failRun(
  tx: Tx,
  run: Pick<RunRow, "id" | "workerId">,
  facts: { finishedAt: number; error: string; eventId?: string },
): Steps<boolean> {
  return yield* endRunOfWorker(tx, run, { status: "failure", ...facts });
}

function* endRunOfWorker(
  tx: Tx,
  { id, workerId }: Pick<RunRow, "id" | "workerId">,
  facts: Partial<Pick<RunRow, "status" | "reasonCode" | "finishedAt" | "error" | "eventId">>,
): Steps<boolean> {
  const { runs } = tx.t;
  const isHeld = workerId === null ? isNull(runs.workerId) : eq(runs.workerId, workerId);
  const rows = yield* step(
    tx.orm
      .update(runs)
      .set({ advice: null, ...facts })
      .where(and(eq(runs.id, id), isHeld, eq(runs.status, "running")))
      .returning({ id: runs.id }),
  );
  if (rows.length > 0) tx.notices.push({ topic: "runs", ids: [id] });
  return rows.length > 0;
}

/** Links the event of a settled run that had none: a crash came between the two. */
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

/** Cancels a run that this worker holds, because a hook skipped it. */
export function skipRunChange(run: Pick<RunRow, "id" | "workerId">, at: number, reason: string): Change {
  return {
    apply: (tx, eventId) =>
      endRunOfWorker(tx, run, { status: "canceled", reasonCode: "skipped", finishedAt: at, error: reason, eventId }),
  };
}

/** Cancels a queued run whose grace has ended; its slot counts as missed. */
export function cancelMissedRunChange(runId: string, at: number, reason: string): Change {
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

/** Queues a failed run again: nobody is notified before the last attempt. Does not apply once a person canceled it. */
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
        .set({ status: "queued", heartbeatAt: null, progress: null, ...retry })
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
