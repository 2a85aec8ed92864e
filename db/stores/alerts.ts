import { and, eq, gt, inArray, ne, or, sql } from "drizzle-orm";
import type { SubjectEnd } from "@/lib/core/alert";
import type { ReasonCode } from "@/lib/core/delivery-reason";
import type { SubjectKind } from "@/lib/core/event";
import type { AlertWrite } from "@/lib/core/routing";
import { type Steps, step, type Tx, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";
import type { Change } from "./change";

/** Dedup keys of the open alerts of a subject. */
export function* openAlertKeys(tx: Tx, kind: SubjectKind, subjectId: string): Steps<string[]> {
  const { alerts } = tx.t;
  const rows = yield* step(
    tx.orm
      .select({ dedupKey: alerts.dedupKey })
      .from(alerts)
      .where(and(eq(alerts.subjectKind, kind), eq(alerts.subjectId, subjectId), ne(alerts.status, "resolved"))),
  );
  return rows.map((row) => row.dedupKey);
}

/** Applies while no alert of this dedup key is open: of several processes that see the same problem, one reports it. */
export function firstOfAlertChange(dedupKey: string): Change {
  return {
    *apply(tx) {
      const { alerts } = tx.t;
      const open = tx.orm
        .select({ id: alerts.id })
        .from(alerts)
        .where(and(eq(alerts.dedupKey, dedupKey), ne(alerts.status, "resolved")))
        .limit(1);
      return (yield* step(open)).length === 0;
    },
  };
}

/**
 * Closes the open alerts of a subject that is removed or disabled, without a recovery, and cancels the unsent
 * deliveries about them.
 * @param keys only those with these dedup keys: a part of the subject is removed
 */
export function closeAlertsOf(
  tx: Tx,
  kind: SubjectKind,
  subjectId: string,
  resolution: SubjectEnd,
  keys?: readonly string[],
): Steps<void> {
  return closeAlertsOfAll(tx, kind, [subjectId], resolution, keys);
}

/** The same of several subjects. */
export function* closeAlertsOfAll(
  tx: Tx,
  kind: SubjectKind,
  subjectIds: readonly string[],
  resolution: SubjectEnd,
  keys?: readonly string[],
): Steps<void> {
  if (subjectIds.length === 0) return;
  const { alerts } = tx.t;
  const now = Date.now();
  const closed = yield* step(
    tx.orm
      .update(alerts)
      .set({ status: "resolved", resolvedAt: now, resolution })
      .where(
        and(
          eq(alerts.subjectKind, kind),
          inArray(alerts.subjectId, [...subjectIds]),
          ne(alerts.status, "resolved"),
          keys ? inArray(alerts.dedupKey, [...keys]) : undefined,
        ),
      )
      .returning({ id: alerts.id }),
  );
  if (closed.length === 0) return;
  yield* cancelUnsentOf(
    tx,
    closed.map((row) => row.id),
    resolution,
    now,
    false,
  );
  tx.notices.push({ topic: "alerts" });
}

function* cancelUnsentOf(
  tx: Tx,
  alertIds: string[],
  reasonCode: ReasonCode,
  now: number,
  laterOnly: boolean,
): Steps<void> {
  const { deliveries: d } = tx.t;
  yield* step(
    tx.orm
      .update(d)
      .set({ status: "canceled", reasonCode, heldBy: null, heldById: null, settledAt: now })
      .where(
        and(
          inArray(d.alertId, alertIds),
          inArray(d.status, ["pending", "held"]),
          laterOnly ? or(inArray(d.kind, ["reminder", "escalation"]), gt(d.notBefore, now)) : undefined,
        ),
      ),
  );
}

/**
 * A person resolves an alert: it closes, and its reminders, escalations and what waits for its time end, without a recovery.
 * @returns false when it was not open any more
 */
export function resolveAlert(alertId: string, by: string, audit: AuditInsert): Promise<boolean> {
  return transact([], function* (tx) {
    const { alerts } = tx.t;
    const now = Date.now();
    const closed = yield* step(
      tx.orm
        .update(alerts)
        .set({ status: "resolved", resolvedAt: now, resolution: "person", resolvedBy: by })
        .where(and(eq(alerts.id, alertId), ne(alerts.status, "resolved")))
        .returning({ id: alerts.id }),
    );
    if (closed.length === 0) return false;
    yield* cancelUnsentOf(tx, [alertId], "alert_resolved", now, true);
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "alerts", ids: [alertId] });
    return true;
  });
}

/**
 * A person acknowledges an alert: its reminders, escalations and what waits for its time end; it stays open.
 * @returns false when it was not firing any more
 */
export function acknowledgeAlert(alertId: string, by: string, audit: AuditInsert): Promise<boolean> {
  return transact([], function* (tx) {
    const { alerts } = tx.t;
    const now = Date.now();
    const seen = yield* step(
      tx.orm
        .update(alerts)
        .set({ status: "acknowledged", acknowledgedAt: now, acknowledgedBy: by })
        .where(and(eq(alerts.id, alertId), eq(alerts.status, "firing"), ne(alerts.status, "resolved")))
        .returning({ id: alerts.id }),
    );
    if (seen.length === 0) return false;
    yield* cancelUnsentOf(tx, [alertId], "alert_acknowledged", now, true);
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "alerts", ids: [alertId] });
    return true;
  });
}

/** What an event does to alerts: opens one, counts one up, resolves those that it ends. */
export function* applyAlertWrites(tx: Tx, writes: readonly AlertWrite[], now: number): Steps<void> {
  const { alerts } = tx.t;
  for (const write of writes) {
    if (write.kind === "open") {
      // The partial unique index makes two writers at once one alert.
      yield* step(
        tx.orm.insert(alerts).values({
          id: write.id,
          type: write.type,
          dedupKey: write.dedupKey,
          status: "firing",
          subjectKind: write.subject.kind,
          subjectId: write.subject.id,
          subjectName: write.subject.name,
          tone: write.tone,
          severity: write.severity,
          title: write.title,
          message: write.message,
          count: 1,
          openedAt: write.at,
          lastAt: write.at,
          unheardFrom: write.unheardFrom ?? null,
        }),
      );
    } else if (write.kind === "count") {
      yield* step(
        tx.orm
          .update(alerts)
          .set({
            count: sql`${alerts.count} + 1`,
            lastAt: write.at,
            tone: write.tone,
            severity: write.severity,
            title: write.title,
            message: write.message,
            ...(write.unheardFrom === undefined
              ? {}
              : { unheardFrom: sql`coalesce(${alerts.unheardFrom}, ${write.unheardFrom})` }),
          })
          .where(and(eq(alerts.id, write.id), ne(alerts.status, "resolved"))),
      );
    } else {
      yield* step(
        tx.orm
          .update(alerts)
          .set({ status: "resolved", resolvedAt: Math.max(write.at, now), resolution: "event", resolvedBy: write.by })
          .where(and(eq(alerts.id, write.id), ne(alerts.status, "resolved"))),
      );
    }
  }
}
