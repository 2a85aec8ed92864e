import { and, eq, lte, sql } from "drizzle-orm";
import type { DeliveryDraft } from "@/lib/core/routing";
import { isOneOf } from "../literal";
import { type Steps, step, stepPrepared, type Tx, transact } from "../transact";

/** How long a delivery is tried before it is given up. */
export const GIVE_UP_AFTER_MS = 24 * 3_600_000;

/** A claim lasts this long; it is renewed while a delivery is in hand. */
export const LEASE_MS = 60_000;

/** Lets go what was held until now. @returns how many */
export function releaseHeld(now: number): Promise<number> {
  return transact([], function* (tx) {
    const { deliveries: d } = tx.t;
    const rows = yield* step(
      tx.orm
        .update(d)
        .set({ status: "pending" })
        .where(and(isOneOf(d.status, "dead", "canceled", "folded", "held"), eq(d.status, "held"), lte(d.dueAt, now)))
        .returning({ channelId: d.channelId }),
    );
    const ids = [...new Set(rows.flatMap(({ channelId }) => channelId ?? []))];
    if (ids.length > 0) tx.notices.push({ topic: "deliveries", ids });
    return rows.length;
  });
}

/** Lays down deliveries of one event, due at once unless told otherwise. */
export function* insertDeliveries(
  tx: Tx,
  eventId: string,
  drafts: readonly DeliveryDraft[],
  now: number,
  more: { dueAt?: number; step?: number } = {},
): Steps<void> {
  const p = sql.placeholder;
  for (const draft of drafts) {
    const dueAt = draft.heldUntil ?? more.dueAt ?? now;
    yield* stepPrepared(
      tx,
      "delivery_insert",
      () =>
        tx.orm.insert(tx.t.deliveries).values({
          id: p("id"),
          eventId: p("eventId"),
          channelId: p("channelId"),
          recipient: p("recipient"),
          userId: p("userId"),
          kind: p("kind"),
          step: p("step"),
          status: p("status"),
          alertId: p("alertId"),
          orderKey: p("orderKey"),
          route: p("route"),
          ruleId: p("ruleId"),
          notifyOnRecovery: p("notifyOnRecovery"),
          remindHours: p("remindHours"),
          channelName: p("channelName"),
          provider: p("provider"),
          title: p("title"),
          tone: p("tone"),
          severity: p("severity"),
          notification: p("notification"),
          text: p("text"),
          createdAt: p("createdAt"),
          dueAt: p("dueAt"),
          giveUpAt: p("giveUpAt"),
          attemptCount: 0,
          leaseUntil: p("leaseUntil"),
          settledAt: p("settledAt"),
          foldedInto: p("foldedInto"),
          foldedCount: p("foldedCount"),
        }),
      {
        ...draft,
        eventId,
        step: draft.step ?? more.step ?? 0,
        createdAt: now,
        dueAt,
        giveUpAt: dueAt + GIVE_UP_AFTER_MS,
        settledAt: draft.status === "folded" || draft.status === "sent" ? now : null,
        leaseUntil: draft.status === "sending" ? now + LEASE_MS : null,
      },
    );
  }
}
