import { and, desc, eq, inArray, lte, ne, or } from "drizzle-orm";
import type { ReasonCode } from "@/lib/core/delivery-reason";
import { type Steps, step, type Tx } from "../transact";
import { GIVE_UP_AFTER_MS } from "./new-delivery";

/** Cancels what a channel has not sent, because it is disabled, gone or removed. */
export function* cancelUnsent(tx: Tx, channelId: string, reasonCode: ReasonCode, now: number): Steps<void> {
  const { deliveries: d } = tx.t;
  yield* step(
    tx.orm
      .update(d)
      .set({ status: "canceled", reasonCode, heldBy: null, heldById: null, settledAt: now })
      .where(and(eq(d.channelId, channelId), inArray(d.status, ["pending", "held"]))),
  );
  tx.notices.push({ topic: "deliveries", ids: [channelId] });
}

/**
 * A channel is enabled again: the notifications of problems still open that were canceled because it was disabled are
 * sent now, each once. Nothing else would, where a problem is notified on its edge only.
 */
export function* resumeOpenProblems(tx: Tx, channelId: string, now: number): Steps<void> {
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
          inArray(d.reasonCode, ["channel_disabled", "channel_gone"]),
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
      .set({
        status: "pending",
        reason: null,
        reasonCode: null,
        settledAt: null,
        dueAt: now,
        giveUpAt: now + GIVE_UP_AFTER_MS,
      })
      .where(and(inArray(d.id, [...newest.values()]), eq(d.status, "canceled"))),
  );
  tx.notices.push({ topic: "deliveries", ids: [channelId] });
}

/** A channel is muted: what it has not sent is held until the mute ends. What another holder holds stays with it. */
export function* holdForMute(tx: Tx, channelId: string, mutedUntil: number): Steps<void> {
  const { deliveries: d } = tx.t;
  const byMute = and(eq(d.status, "held"), eq(d.heldBy, "mute"), eq(d.heldById, channelId));
  yield* step(
    tx.orm
      .update(d)
      .set({
        status: "held",
        heldBy: "mute",
        heldById: channelId,
        reasonCode: "channel_muted",
        dueAt: mutedUntil,
        giveUpAt: mutedUntil + GIVE_UP_AFTER_MS,
      })
      // A reminder that is due later than that keeps its time.
      .where(and(eq(d.channelId, channelId), or(eq(d.status, "pending"), byMute), lte(d.dueAt, mutedUntil))),
  );
  tx.notices.push({ topic: "deliveries", ids: [channelId] });
}

/** The mute of a channel ends early: what the mute holds is released, and nothing else. */
export function* releaseMute(tx: Tx, channelId: string, now: number): Steps<void> {
  const { deliveries: d } = tx.t;
  yield* step(
    tx.orm
      .update(d)
      .set({
        status: "pending",
        heldBy: null,
        heldById: null,
        reasonCode: null,
        dueAt: now,
        giveUpAt: now + GIVE_UP_AFTER_MS,
      })
      .where(and(eq(d.channelId, channelId), eq(d.status, "held"), eq(d.heldBy, "mute"), eq(d.heldById, channelId))),
  );
  tx.notices.push({ topic: "deliveries", ids: [channelId] });
}
