import { and, eq, gt, inArray, isNotNull, lte, ne, or, sql } from "drizzle-orm";
import { database } from "../client";
import { type Steps, step, type Tx, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";
import { GIVE_UP_AFTER_MS } from "./new-delivery";

/** What a snooze holds back: everything that only repeats, or escalates, what was sent already; and what waits for its time. */
export const SNOOZED_KINDS = ["reminder", "escalation"] as const;

export interface Snooze {
  alertId: string;
  /** Milliseconds; null ends it. */
  until: number | null;
  by: string;
  now: number;
}

/**
 * Snoozes an alert for everybody, changes the end of its snooze, or ends it. Its reminders and escalations that would be
 * due before are held until then; one that is ended early lets them go when they would have been due.
 * @returns false, having done nothing, when the alert is resolved
 */
export function snoozeAlert({ alertId, until, by, now }: Snooze, audit: AuditInsert): Promise<boolean> {
  return transact([], function* (tx) {
    const { alerts } = tx.t;
    const found = yield* step(
      tx.orm
        .update(alerts)
        .set({ snoozedUntil: until, snoozedBy: until === null ? null : by })
        .where(and(eq(alerts.id, alertId), ne(alerts.status, "resolved")))
        .returning({ id: alerts.id }),
    );
    if (found.length === 0) return false;
    yield* moveWaiting(tx, alertId, until ?? now, now);
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "alerts", ids: [alertId] });
    return true;
  });
}

/** Holds what is due before the end of the snooze, and lets go what is due later. */
function* moveWaiting(tx: Tx, alertId: string, until: number, now: number): Steps<void> {
  const { deliveries: d } = tx.t;
  // Of what is held, the end of its retries still says when it would have been due.
  const own = sql`(case when ${d.status} = 'held' then ${d.giveUpAt} - cast(${GIVE_UP_AFTER_MS} as bigint) else ${d.dueAt} end)`;
  const isMovable = and(
    eq(d.alertId, alertId),
    isNotNull(d.alertId),
    or(inArray(d.kind, [...SNOOZED_KINDS]), gt(d.notBefore, now)),
    or(eq(d.status, "pending"), and(eq(d.status, "held"), eq(d.heldBy, "snooze"))),
  );
  const free = yield* step(
    tx.orm
      .update(d)
      .set({
        status: "pending",
        heldBy: null,
        heldById: null,
        reasonCode: null,
        dueAt: sql`case when ${own} < ${now} then cast(${now} as bigint) else ${own} end`,
        giveUpAt: sql`(case when ${own} < ${now} then cast(${now} as bigint) else ${own} end) + cast(${GIVE_UP_AFTER_MS} as bigint)`,
      })
      .where(and(isMovable, eq(d.status, "held"), or(sql`${own} >= ${until}`, sql`${until} <= ${now}`)))
      .returning({ channelId: d.channelId }),
  );
  if (until > now)
    yield* step(
      tx.orm
        .update(d)
        .set({
          status: "held",
          heldBy: "snooze",
          heldById: alertId,
          reasonCode: "snoozed",
          dueAt: until,
          giveUpAt: sql`${own} + cast(${GIVE_UP_AFTER_MS} as bigint)`,
        })
        .where(and(isMovable, sql`${own} < ${until}`)),
    );
  const ids = [...new Set(free.flatMap(({ channelId }) => channelId ?? []))];
  if (ids.length > 0) tx.notices.push({ topic: "deliveries", ids });
}

/** What makes a new delivery one that a snooze holds. @param dueAt when it would be due, milliseconds as `until` */
export function heldBySnooze(alertId: string | null, until: number, dueAt: number) {
  return {
    status: "held" as const,
    heldBy: "snooze" as const,
    heldById: alertId,
    reasonCode: "snoozed" as const,
    dueAt: until,
    giveUpAt: dueAt + GIVE_UP_AFTER_MS,
  };
}

/** Whether the snooze of any alert is over. */
export async function hasSnoozeEnded(now: number): Promise<boolean> {
  const { orm, t } = database();
  const { alerts: a } = t;
  const rows = await orm
    .select({ id: a.id })
    .from(a)
    .where(and(sql`${a.snoozedUntil} is not null`, lte(a.snoozedUntil, now)))
    .limit(1);
  return rows.length > 0;
}

/** Ends the snoozes whose time has come, also while nothing ran: badges count their alerts again. @returns how many */
export function endSnoozes(now: number): Promise<number> {
  return transact([], function* (tx) {
    const { alerts: a } = tx.t;
    const ended = yield* step(
      tx.orm
        .update(a)
        .set({ snoozedUntil: null, snoozedBy: null })
        .where(and(sql`${a.snoozedUntil} is not null`, lte(a.snoozedUntil, now)))
        .returning({ id: a.id }),
    );
    if (ended.length > 0) tx.notices.push({ topic: "alerts", ids: ended.map(({ id }) => id) });
    return ended.length;
  });
}
