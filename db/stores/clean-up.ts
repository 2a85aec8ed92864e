import { and, eq, inArray, isNull, lt, ne, notExists, or } from "drizzle-orm";
import { step, transact } from "../transact";
import { deleteOldReads } from "./inbox";
import { deleteExpiredSessions } from "./sessions";
import { deleteOldSignals } from "./signals";

/** Rows that one transaction deletes: few, so that other transactions do not wait long. */
const BATCH = 1_000;
/** Idempotency keys are kept at least this long. */
const IDEMPOTENCY_MS = 7 * 86_400_000;

/**
 * Deletes deliveries, events, resolved alerts, run logs and audit rows that ended before a time, and expired sessions.
 * Rows of an open alert, and what waits in the outbox, stay.
 * @param before milliseconds @returns how many rows were deleted
 */
export async function cleanUp(before: number): Promise<number> {
  const limit = Math.min(before, Date.now() - 60_000);
  let total = 0;
  const deleteOldSessions = () => deleteExpiredSessions(Date.now(), BATCH);
  const deleteSignals = (before: number) => deleteOldSignals(before, BATCH);
  const deleteReads = (before: number) => deleteOldReads(before, BATCH);
  for (const deleteBatch of [
    deleteOldDeliveries,
    deleteOldEvents,
    deleteOldAlerts,
    deleteReads,
    deleteOldLogs,
    deleteSignals,
    deleteOldAudit,
    deleteOldSessions,
  ]) {
    for (;;) {
      const removed = await deleteBatch(limit);
      total += removed;
      if (removed < BATCH) break;
    }
  }
  return total;
}

function deleteOldDeliveries(before: number): Promise<number> {
  return transact([], function* (tx) {
    const { deliveries: d, alerts, attempts } = tx.t;
    const openAlert = tx.orm
      .select({ id: alerts.id })
      .from(alerts)
      .where(and(eq(alerts.id, d.alertId), ne(alerts.status, "resolved")));
    const rows = yield* step(
      tx.orm
        .select({ id: d.id })
        .from(d)
        .where(and(lt(d.settledAt, before), or(isNull(d.alertId), notExists(openAlert))))
        .limit(BATCH),
    );
    const ids = rows.map((row) => row.id);
    if (ids.length === 0) return 0;
    yield* step(tx.orm.delete(attempts).where(inArray(attempts.deliveryId, ids)));
    yield* step(tx.orm.delete(d).where(inArray(d.id, ids)));
    return ids.length;
  });
}

function deleteOldEvents(before: number): Promise<number> {
  return transact([], function* (tx) {
    const { events: e, deliveries: d, alerts } = tx.t;
    const ownDeliveries = tx.orm.select({ id: d.id }).from(d).where(eq(d.eventId, e.id));
    const openAlert = tx.orm
      .select({ id: alerts.id })
      .from(alerts)
      .where(and(eq(alerts.id, e.alertId), ne(alerts.status, "resolved")));
    const rows = yield* step(
      tx.orm
        .select({ id: e.id })
        .from(e)
        .where(
          and(
            lt(e.at, before),
            or(isNull(e.idempotencyKey), lt(e.at, Date.now() - IDEMPOTENCY_MS)),
            notExists(ownDeliveries),
            or(isNull(e.alertId), notExists(openAlert)),
          ),
        )
        .limit(BATCH),
    );
    if (rows.length > 0)
      yield* step(
        tx.orm.delete(e).where(
          inArray(
            e.id,
            rows.map((row) => row.id),
          ),
        ),
      );
    return rows.length;
  });
}

function deleteOldAlerts(before: number): Promise<number> {
  return transact([], function* (tx) {
    const { alerts: a } = tx.t;
    const rows = yield* step(
      tx.orm
        .select({ id: a.id })
        .from(a)
        .where(and(eq(a.status, "resolved"), lt(a.resolvedAt, before)))
        .limit(BATCH),
    );
    if (rows.length > 0)
      yield* step(
        tx.orm.delete(a).where(
          inArray(
            a.id,
            rows.map((row) => row.id),
          ),
        ),
      );
    return rows.length;
  });
}

/** Deletes logs only: runs stay as long as a backup of theirs is kept. */
function deleteOldLogs(before: number): Promise<number> {
  return transact([], function* (tx) {
    const { runLogs: l } = tx.t;
    const rows = yield* step(tx.orm.select({ runId: l.runId }).from(l).where(lt(l.at, before)).limit(BATCH));
    const ids = [...new Set(rows.map((row) => row.runId))];
    if (ids.length > 0) yield* step(tx.orm.delete(l).where(and(inArray(l.runId, ids), lt(l.at, before))));
    return ids.length === 0 ? 0 : rows.length;
  });
}

function deleteOldAudit(before: number): Promise<number> {
  return transact([], function* (tx) {
    const { auditLog: a } = tx.t;
    const rows = yield* step(tx.orm.select({ id: a.id }).from(a).where(lt(a.at, before)).limit(BATCH));
    if (rows.length > 0)
      yield* step(
        tx.orm.delete(a).where(
          inArray(
            a.id,
            rows.map((row) => row.id),
          ),
        ),
      );
    return rows.length;
  });
}
