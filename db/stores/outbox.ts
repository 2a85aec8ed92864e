import { and, asc, eq, inArray, isNull, lt, lte, ne, notExists, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { EventData } from "@/lib/core/event";
import type { Notification } from "@/lib/core/notification";
import { databaseHandle, type Tables } from "../client";
import { isOneOf } from "../literal";
import { forUpdate } from "../row-lock";
import { type Steps, step, stepPrepared, type Tx, transact } from "../transact";
import { newDelivery, sameRecipient } from "./new-delivery";
import { settleMany } from "./settle-many";
import { CLAIMED_COLUMNS, type ClaimedDelivery, type Settlement } from "./settlement";

export type { AttemptRecord, ClaimedDelivery, Settlement } from "./settlement";

/** What an attempt needs to know of the event. */
export interface ClaimedEvent {
  id: string;
  type: string;
  at: number;
  subjectName: string;
  runId: string | null;
  data: EventData;
  notification: Notification;
}

/**
 * Takes due deliveries of one channel into this process's hands: `sending`, with a lease.
 * Of deliveries that share an order key only the oldest may go.
 * @param isProbe takes turns among the waiting: those tried least first
 */
export function claim(
  channelId: string,
  options: { limit: number; now: number; leaseUntil: number; isProbe: boolean },
): Promise<ClaimedDelivery[]> {
  return transact([], (tx) => claimSteps(tx, channelId, options));
}

function* claimSteps(
  tx: Tx,
  channelId: string,
  { limit, now, leaseUntil, isProbe }: { limit: number; now: number; leaseUntil: number; isProbe: boolean },
): Steps<ClaimedDelivery[]> {
  const { deliveries: d } = tx.t;
  const p = sql.placeholder;
  const rows = yield* stepPrepared(
    tx,
    isProbe ? "delivery_claim_probe" : "delivery_claim",
    () => {
      const due = alias(d, "due");
      const ahead = alias(d, "ahead");
      const order = isProbe ? [asc(due.attemptCount), asc(due.id)] : [asc(due.id)];
      const ids = tx.orm
        .select({ id: due.id })
        .from(due)
        .where(
          and(
            eq(due.channelId, p("channelId")),
            sql`${due.status} = 'pending'`,
            lte(due.dueAt, p("now")),
            or(
              isNull(due.orderKey),
              notExists(
                tx.orm
                  .select({ one: sql`1` })
                  .from(ahead)
                  .where(
                    and(
                      eq(ahead.orderKey, due.orderKey),
                      lt(ahead.id, due.id),
                      sql`${ahead.status} in ('pending', 'sending', 'held')`,
                      or(lte(ahead.dueAt, p("now")), ne(ahead.kind, "reminder")),
                    ),
                  ),
              ),
            ),
          ),
        )
        .orderBy(...order)
        .limit(p("limit"));
      forUpdate(ids, { skipLocked: true });
      return tx.orm
        .update(d)
        .set({ status: "sending", leaseUntil: sql`${p("leaseUntil")}` })
        .where(and(inArray(d.id, ids), eq(d.status, "pending")))
        .returning(claimedColumns(d));
    },
    { channelId, now, leaseUntil, limit },
  );
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function claimedColumns(d: Tables["deliveries"]): Pick<Tables["deliveries"], (typeof CLAIMED_COLUMNS)[number]> {
  return Object.fromEntries(CLAIMED_COLUMNS.map((name) => [name, d[name]])) as never;
}

/**
 * Writes settlements with an attempt row each, and schedules the next reminder of an open problem.
 * A delivery that was taken away meanwhile is left as it is.
 * @param patienceMs how long it may wait for a commit that is needed anyway
 */
export function settle(settlements: readonly Settlement[], patienceMs = 0): Promise<void> {
  return transact(
    [],
    function* (tx) {
      // In one order everywhere: two that settle and fold the same rows must not wait for each other.
      const ordered = [...settlements].sort((a, b) => (a.delivery.id < b.delivery.id ? -1 : 1));
      if (databaseHandle().kind === "postgres") yield* settleMany(tx, ordered);
      else for (const one of ordered) yield* settleOne(tx, one);
      for (const one of ordered) if (leadsToReminder(one)) yield* scheduleReminder(tx, one);
      tx.notices.push({ topic: "deliveries", ids: [] });
    },
    patienceMs,
  );
}

function* settleOne(
  tx: Tx,
  { delivery, status, dueAt, reason, reasonCode, receipt, payload, remaining, refused, attempt, now }: Settlement,
): Steps<void> {
  const { deliveries: d, attempts } = tx.t;
  const p = sql.placeholder;
  const number = delivery.attemptCount + (attempt ? 1 : 0);
  yield* stepPrepared(
    tx,
    "delivery_settle",
    () =>
      tx.orm
        .update(d)
        .set({
          status: sql`${p("status")}`,
          dueAt: sql`coalesce(${p("dueAt")}, ${d.dueAt})`,
          attemptCount: sql`${p("number")}`,
          lastAttemptAt: sql`coalesce(${p("attemptAt")}, ${d.lastAttemptAt})`,
          settledAt: sql`${p("settledAt")}`,
          reason: sql`${p("reason")}`,
          reasonCode: sql`${p("reasonCode")}`,
          receipt: sql`${p("receipt")}`,
          payload: sql`${p("payload")}`,
          remaining: sql`${p("remaining")}`,
          refused: sql`${p("refused")}`,
          leaseUntil: null,
        })
        .where(and(eq(d.id, p("id")), sql`${d.status} = 'sending'`)),
    {
      id: delivery.id,
      status,
      dueAt,
      number,
      attemptAt: attempt?.at ?? null,
      settledAt: status === "pending" ? null : now,
      reason,
      reasonCode,
      receipt,
      payload: payload === undefined || payload === null ? null : JSON.stringify(payload),
      remaining: remaining ? JSON.stringify(remaining) : null,
      refused: refused ? JSON.stringify(refused) : null,
    },
  );
  if (!attempt) return;
  yield* stepPrepared(
    tx,
    "attempt_insert",
    () =>
      tx.orm
        .insert(attempts)
        .values({
          deliveryId: p("deliveryId"),
          number: p("number"),
          at: p("at"),
          latencyMs: p("latencyMs"),
          outcome: p("outcome"),
          status: p("status"),
          error: p("error"),
          advice: p("advice"),
          answer: p("answer"),
          retryAfterMs: p("retryAfterMs"),
        })
        .onConflictDoNothing(),
    { ...attempt, deliveryId: delivery.id, number },
  );
}

/** A dead initial notification is sent anew with the next occurrence; a dead reminder must not be the last. */
function leadsToReminder({ status, delivery }: Settlement): boolean {
  const isOver = status === "sent" || (status === "dead" && delivery.kind === "reminder");
  return isOver && delivery.remindHours !== null && delivery.alertId !== null;
}

/** Settling a notification of an open problem schedules the reminder after it. */
function* scheduleReminder(tx: Tx, { delivery, now }: Settlement): Steps<void> {
  const { deliveries: d, alerts } = tx.t;
  const [alert] = yield* step(
    tx.orm
      .select({ status: alerts.status })
      .from(alerts)
      .where(eq(alerts.id, delivery.alertId ?? "")),
  );
  if (alert?.status !== "firing" || (delivery.kind !== "initial" && delivery.kind !== "reminder")) return;
  const [row] = yield* step(tx.orm.select().from(d).where(eq(d.id, delivery.id)));
  if (!row) return;
  yield* step(
    tx.orm
      .insert(d)
      .values(
        newDelivery({
          ...sameRecipient(row),
          kind: "reminder",
          step: delivery.kind === "reminder" ? delivery.step + 1 : 1,
          status: "pending",
          notifyOnRecovery: row.notifyOnRecovery,
          remindHours: row.remindHours,
          title: row.title,
          tone: row.tone,
          severity: row.severity,
          notification: row.notification,
          text: row.text,
          createdAt: now,
          dueAt: now + (delivery.remindHours ?? 0) * 3_600_000,
        }),
      )
      .onConflictDoNothing(),
  );
}

/** Gives claimed deliveries back unsent: the channel paused, or the process stops. */
export function handBack(deliveryIds: readonly string[]): Promise<void> {
  return transact([], function* (tx) {
    const { deliveries: d } = tx.t;
    yield* step(
      tx.orm
        .update(d)
        .set({ status: "pending", leaseUntil: null })
        .where(and(inArray(d.id, [...deliveryIds]), eq(d.status, "sending"))),
    );
  });
}

/** Keeps long sends from being taken for dead. */
export function extendLeases(deliveryIds: readonly string[], leaseUntil: number): Promise<void> {
  return transact([], function* (tx) {
    const { deliveries: d } = tx.t;
    yield* step(
      tx.orm
        .update(d)
        .set({ leaseUntil })
        .where(and(inArray(d.id, [...deliveryIds]), eq(d.status, "sending"))),
    );
  });
}

/**
 * Takes back what a dead worker held: everything of the channels named, or all whose lease has run out. A Test is not
 * repeated: it ends as interrupted. One of a named channel is nobody's queue's: another process may be making it now,
 * so its own lease decides.
 */
export function reclaim(options: { channelIds?: readonly string[]; leasesBefore?: number }): Promise<number> {
  return transact([], function* (tx) {
    const { deliveries: d } = tx.t;
    const held = and(
      isOneOf(d.status, "pending", "sending"),
      eq(d.status, "sending"),
      options.channelIds ? inArray(d.channelId, [...options.channelIds]) : undefined,
      options.leasesBefore === undefined ? undefined : lt(d.leaseUntil, options.leasesBefore),
    );
    yield* step(
      tx.orm
        .update(d)
        .set({
          status: "dead",
          reason: "Interrupted: Belfry was stopped while it was sent.",
          reasonCode: "test_failed",
          settledAt: Date.now(),
          leaseUntil: null,
        })
        .where(and(held, eq(d.kind, "test"), options.channelIds ? lt(d.leaseUntil, Date.now()) : undefined)),
    );
    const rows = yield* step(
      tx.orm
        .update(d)
        .set({ status: "pending", leaseUntil: null })
        .where(and(held, ne(d.kind, "test")))
        .returning({ channelId: d.channelId }),
    );
    const ids = [...new Set(rows.flatMap(({ channelId }) => (channelId ? [channelId] : [])))];
    if (ids.length) tx.notices.push({ topic: "deliveries", ids });
    return rows.length;
  });
}
