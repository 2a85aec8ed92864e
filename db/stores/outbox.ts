import { and, asc, eq, exists, inArray, isNull, lte, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { EventData, EventDraft } from "@/lib/core/event";
import type { Notification } from "@/lib/core/notification";
import { databaseHandle, type Tables } from "../client";
import { forUpdate } from "../row-lock";
import { type Steps, step, stepCount, stepPrepared, type Tx, transact } from "../transact";
import { cancelClaimed } from "./cancel-claimed";
import type { QueueLease } from "./channel-queue";
import { GIVE_UP_AFTER_MS, newDelivery, sameRecipient } from "./new-delivery";
import { isNextInOrder } from "./next-in-order";
import { settleMany } from "./settle-many";
import { CLAIMED_COLUMNS, type ClaimedDelivery, type Settlement } from "./settlement";
import { heldBySnooze } from "./snooze";

export type { AttemptRecord, ClaimedDelivery, Settlement } from "./settlement";

/** What an attempt needs to know of the event. */
export interface ClaimedEvent {
  id: string;
  type: string;
  at: number;
  subject: EventDraft["subject"];
  runId: string | null;
  data: EventData;
  notification: Notification;
}

/**
 * Takes due deliveries of one channel into this process's hands: `sending`, with a lease.
 * Of deliveries that share an order key only the oldest may go. Nothing when the queue is another process's by now.
 */
export function claim(lease: QueueLease, options: ClaimOptions): Promise<ClaimedDelivery[]> {
  return transact([], (tx) => claimSteps(tx, lease, options));
}

interface ClaimOptions {
  limit: number;
  now: number;
  /** By the database's clock, milliseconds. */
  leaseUntil: number;
  /** Takes turns among the waiting: those tried least first. */
  isProbe: boolean;
}

function* claimSteps(
  tx: Tx,
  { channelId, token }: QueueLease,
  { limit, now, leaseUntil, isProbe }: ClaimOptions,
): Steps<ClaimedDelivery[]> {
  const { deliveries: d, channelStates: s } = tx.t;
  const p = sql.placeholder;
  const rows = yield* stepPrepared(
    tx,
    isProbe ? "delivery_claim_probe" : "delivery_claim",
    () => {
      const due = alias(d, "due");
      const order = isProbe ? [asc(due.attemptCount), asc(due.id)] : [asc(due.id)];
      const ids = tx.orm
        .select({ id: due.id })
        .from(due)
        .where(
          and(
            eq(due.channelId, p("channelId")),
            exists(
              tx.orm
                .select({ one: sql`1` })
                .from(s)
                .where(and(eq(s.channelId, p("channelId")), eq(s.queueToken, p("token")))),
            ),
            sql`${due.status} = 'pending'`,
            lte(due.dueAt, p("now")),
            isNextInOrder(tx.orm, d, due, p("now")),
          ),
        )
        .orderBy(...order)
        .limit(p("limit"));
      forUpdate(ids, { skipLocked: true });
      return tx.orm
        .update(d)
        .set({ status: "sending", leaseUntil: sql`${p("leaseUntil")}`, leaseToken: sql`${p("token")}` })
        .where(and(inArray(d.id, ids), eq(d.status, "pending")))
        .returning(claimedColumns(d));
    },
    { channelId, token, now, leaseUntil, limit },
  );
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function claimedColumns(d: Tables["deliveries"]): Pick<Tables["deliveries"], (typeof CLAIMED_COLUMNS)[number]> {
  return Object.fromEntries(CLAIMED_COLUMNS.map((name) => [name, d[name]])) as never;
}

/**
 * Writes settlements with an attempt row each, and schedules the next reminder of an open problem.
 * A delivery that was taken away meanwhile is left as it is: nothing of its settlement is written.
 * @param patienceMs how long it may wait for a commit that is needed anyway
 */
export function settle(settlements: readonly Settlement[], patienceMs = 0): Promise<void> {
  return transact(
    [],
    function* (tx) {
      // In one order everywhere: two that settle and fold the same rows must not wait for each other.
      const all = [...settlements].sort((a, b) => (a.delivery.id < b.delivery.id ? -1 : 1));
      tx.notices.push({ topic: "deliveries", ids: [] });
      for (const one of all) if (one.status === "canceled") yield* cancelClaimed(tx, one);
      const ordered = all.filter(({ status }) => status !== "canceled");
      if (ordered.length === 0) return;
      const settled =
        databaseHandle().kind === "postgres" ? yield* settleMany(tx, ordered) : yield* settleEach(tx, ordered);
      for (const one of settled) if (leadsToReminder(one)) yield* scheduleReminder(tx, one);
    },
    patienceMs,
  );
}

function* settleEach(tx: Tx, settlements: readonly Settlement[]): Steps<Settlement[]> {
  const settled: Settlement[] = [];
  for (const one of settlements) if (yield* settleOne(tx, one)) settled.push(one);
  return settled;
}

/** @returns false when the delivery is another's by now */
function* settleOne(
  tx: Tx,
  { delivery, status, dueAt, reason, reasonCode, receipt, payload, remaining, refused, hold, attempt, now }: Settlement,
): Steps<boolean> {
  const { deliveries: d, attempts } = tx.t;
  const p = sql.placeholder;
  const number = delivery.attemptCount + (attempt ? 1 : 0);
  const changed = yield* stepCount(
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
          heldBy: sql`${p("heldBy")}`,
          heldById: sql`${p("heldById")}`,
          giveUpAt: sql`coalesce(${p("giveUpAt")}, ${d.giveUpAt})`,
          leaseUntil: null,
          leaseToken: null,
        })
        .where(and(eq(d.id, p("id")), sql`${d.status} = 'sending'`, sql`${d.leaseToken} is ${p("token")}`)),
    {
      id: delivery.id,
      token: delivery.leaseToken,
      status,
      dueAt,
      number,
      attemptAt: attempt?.at ?? null,
      settledAt: status === "pending" || status === "held" ? null : now,
      reason,
      reasonCode,
      receipt,
      payload: payload === undefined || payload === null ? null : JSON.stringify(payload),
      remaining: remaining ? JSON.stringify(remaining) : null,
      refused: refused ? JSON.stringify(refused) : null,
      heldBy: hold?.by ?? null,
      heldById: hold?.id ?? null,
      giveUpAt: status === "held" && dueAt !== null ? dueAt + GIVE_UP_AFTER_MS : null,
    },
  );
  if (changed === 0) return false;
  if (!attempt) return true;
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
  return true;
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
      .select({ status: alerts.status, snoozedUntil: alerts.snoozedUntil })
      .from(alerts)
      .where(eq(alerts.id, delivery.alertId ?? "")),
  );
  if (alert?.status !== "firing" || (delivery.kind !== "initial" && delivery.kind !== "reminder")) return;
  const [row] = yield* step(tx.orm.select().from(d).where(eq(d.id, delivery.id)));
  if (!row) return;
  const dueAt = now + (delivery.remindHours ?? 0) * 3_600_000;
  const snoozedUntil = alert.snoozedUntil ?? 0;
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
          dueAt,
          ...(snoozedUntil > dueAt && heldBySnooze(delivery.alertId, snoozedUntil, dueAt)),
        }),
      )
      .onConflictDoNothing(),
  );
}

/** Gives claimed deliveries back unsent: the channel paused, or the process stops. What is another's by now stays. */
export function handBack(claimed: readonly Pick<ClaimedDelivery, "id" | "leaseToken">[]): Promise<void> {
  return transact([], function* (tx) {
    const { deliveries: d } = tx.t;
    for (const token of new Set(claimed.map(({ leaseToken }) => leaseToken))) {
      const ids = claimed.flatMap(({ id, leaseToken }) => (leaseToken === token ? [id] : []));
      yield* step(
        tx.orm
          .update(d)
          .set({ status: "pending", leaseUntil: null, leaseToken: null })
          .where(and(inArray(d.id, ids), eq(d.status, "sending"), hasToken(d, token))),
      );
    }
  });
}

/** A null token is a Test's, which no queue claims. */
function hasToken(d: Tables["deliveries"], token: number | null) {
  return token === null ? isNull(d.leaseToken) : eq(d.leaseToken, token);
}

/** Keeps long sends from being taken for dead. One that is another's by now keeps its lease. */
export function extendLeases(
  claimed: readonly { ids: readonly string[]; token: number }[],
  leaseUntil: number,
): Promise<void> {
  return transact([], function* (tx) {
    const { deliveries: d } = tx.t;
    for (const { ids, token } of claimed)
      yield* step(
        tx.orm
          .update(d)
          .set({ leaseUntil })
          .where(and(inArray(d.id, [...ids]), eq(d.status, "sending"), hasToken(d, token))),
      );
  });
}
