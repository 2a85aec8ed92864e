import { and, desc, eq, inArray, like, lt, ne } from "drizzle-orm";
import { type Steps, step, type Tx } from "../transact";
import { GIVE_UP_AFTER_MS } from "./deliveries";

/** How the reason of what a switch canceled begins: by it they are found again. */
export const SWITCHED_OFF = "The channel was switched off";

/** Cancels what a channel has not sent, because it is off or gone. */
export function* cancelUnsent(tx: Tx, channelId: string, reason: string, now: number): Steps<void> {
  const { deliveries: d } = tx.t;
  yield* step(
    tx.orm
      .update(d)
      .set({ status: "canceled", reason, settledAt: now })
      .where(and(eq(d.channelId, channelId), inArray(d.status, ["pending", "held"]))),
  );
  tx.notices.push({ topic: "deliveries", ids: [channelId] });
}

/**
 * A channel is on again: of the problems that are still open it tells those that its switch had kept from it, each once.
 * Nothing else would, where a problem is told on its edge only.
 */
export function* takeUpOpenProblems(tx: Tx, channelId: string, now: number): Steps<void> {
  const { deliveries: d, alerts } = tx.t;
  const kept = yield* step(
    tx.orm
      .select({ id: d.id, alertId: d.alertId, recipient: d.recipient })
      .from(d)
      .innerJoin(alerts, eq(alerts.id, d.alertId))
      .where(
        and(
          eq(d.channelId, channelId),
          eq(d.status, "canceled"),
          eq(d.kind, "initial"),
          like(d.reason, `${SWITCHED_OFF}%`),
          ne(alerts.status, "resolved"),
        ),
      )
      .orderBy(desc(d.id)),
  );
  const newest = new Map<string, string>();
  for (const { id, alertId, recipient } of kept) {
    const key = `${alertId}\n${recipient}`;
    if (!newest.has(key)) newest.set(key, id);
  }
  if (newest.size === 0) return;
  yield* step(
    tx.orm
      .update(d)
      .set({ status: "pending", reason: null, settledAt: null, dueAt: now, giveUpAt: now + GIVE_UP_AFTER_MS })
      .where(and(inArray(d.id, [...newest.values()]), eq(d.status, "canceled"))),
  );
  tx.notices.push({ topic: "deliveries", ids: [channelId] });
}

/** Holds what a channel has not sent until it may speak again, or lets it go at once. */
export function* moveHeld(tx: Tx, channelId: string, mutedUntil: number | null, now: number): Steps<void> {
  const { deliveries: d } = tx.t;
  const dueAt = mutedUntil ?? now;
  const unsent = and(eq(d.channelId, channelId), inArray(d.status, mutedUntil ? ["pending", "held"] : ["held"]));
  yield* step(
    tx.orm
      .update(d)
      .set({ status: mutedUntil ? "held" : "pending", dueAt, giveUpAt: dueAt + GIVE_UP_AFTER_MS })
      // A reminder that is due later than that keeps its time.
      .where(mutedUntil ? and(unsent, lt(d.dueAt, mutedUntil)) : unsent),
  );
  tx.notices.push({ topic: "deliveries", ids: [channelId] });
}
