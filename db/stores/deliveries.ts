import { sql } from "drizzle-orm";
import type { DeliveryDraft } from "@/lib/core/routing";
import { type Steps, stepPrepared, type Tx } from "../transact";

/** How long a delivery is tried before it is given up. */
export const GIVE_UP_AFTER_MS = 24 * 3_600_000;

/** A claim lasts this long; it is renewed while a delivery is in hand. */
export const LEASE_MS = 60_000;

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
    const dueAt = more.dueAt ?? now;
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
          rowId: p("rowId"),
          tellRecovery: p("tellRecovery"),
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
        step: more.step ?? 0,
        createdAt: now,
        dueAt,
        giveUpAt: dueAt + GIVE_UP_AFTER_MS,
        settledAt: draft.status === "folded" || draft.status === "sent" ? now : null,
        leaseUntil: draft.status === "sending" ? now + LEASE_MS : null,
      },
    );
  }
}
