import { and, eq, inArray, ne, sql } from "drizzle-orm";
import type { SubjectEnd } from "@/lib/core/alert";
import type { ReasonCode } from "@/lib/core/delivery-reason";
import type { SubjectKind } from "@/lib/core/event";
import type { AlertWrite } from "@/lib/core/routing";
import { type Steps, step, type Tx, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";

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

/**
 * Closes the open alerts of a subject that is removed or disabled, without a recovery, and cancels the unsent
 * deliveries about them.
 * @param keys only those with these dedup keys: a part of the subject is removed
 */
export function* closeAlertsOf(
  tx: Tx,
  kind: SubjectKind,
  subjectId: string,
  resolution: SubjectEnd,
  keys?: readonly string[],
): Steps<void> {
  const { alerts } = tx.t;
  const now = Date.now();
  const closed = yield* step(
    tx.orm
      .update(alerts)
      .set({ status: "resolved", resolvedAt: now, resolution })
      .where(
        and(
          eq(alerts.subjectKind, kind),
          eq(alerts.subjectId, subjectId),
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
  remindersOnly: boolean,
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
          remindersOnly ? eq(d.kind, "reminder") : undefined,
        ),
      ),
  );
}

/**
 * A person resolves an alert: it closes and its reminders end, without a recovery.
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
 * A person acknowledges an alert: its reminders end; it stays open.
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
