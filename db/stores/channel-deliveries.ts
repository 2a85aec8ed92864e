import { and, desc, eq, inArray, lte, or, sql } from "drizzle-orm";
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

/** What was canceled because its channel was disabled has one of these reasons. */
export const SWITCH_OFF_REASONS = ["channel_disabled", "channel_gone"] as const satisfies ReasonCode[];

/**
 * A channel is enabled again: what was canceled because it was disabled is sent now. Of a problem still open that is the
 * newest notification to each recipient; of one that is over meanwhile the reason stays with the row, by which its queue
 * sums it up (`foldStopped`). Nothing else would send it, where a problem is notified on its edge only.
 */
export function* resumeStopped(tx: Tx, channelId: string, now: number): Steps<void> {
  const { deliveries: d, alerts } = tx.t;
  const stopped = yield* step(
    tx.orm
      .select({
        id: d.id,
        kind: d.kind,
        alertId: d.alertId,
        recipient: d.recipient,
        notBefore: d.notBefore,
        alert: alerts.status,
      })
      .from(d)
      .leftJoin(alerts, eq(alerts.id, d.alertId))
      .where(and(eq(d.channelId, channelId), eq(d.status, "canceled"), inArray(d.reasonCode, [...SWITCH_OFF_REASONS])))
      .orderBy(desc(d.id)),
  );
  const seen = new Set<string>();
  const again: string[] = [];
  const over: string[] = [];
  for (const { id, kind, alertId, recipient, notBefore, alert } of stopped) {
    // Steps of an escalation go to nobody any more once somebody takes care of the alert.
    if (kind === "escalation" && alert !== "firing") continue;
    // What is still to come goes on waiting for its time, unless nobody has to be notified any more.
    if ((notBefore ?? 0) > now) {
      if (alert === "firing") again.push(id);
      continue;
    }
    const isProblem = alert !== null && (kind === "initial" || kind === "reminder" || kind === "escalation");
    const key = `${alertId}\n${recipient}`;
    if (isProblem && alert !== "resolved" && seen.has(key)) continue;
    if (isProblem) seen.add(key);
    if (isProblem && alert === "resolved") {
      if (kind === "initial") over.push(id);
    } else again.push(id);
  }
  const resumed = {
    status: "pending",
    reason: null,
    settledAt: null,
    ...dueFromNow(d, now),
  } as const;
  if (again.length > 0)
    yield* step(
      tx.orm
        .update(d)
        .set({ ...resumed, reasonCode: null })
        .where(and(inArray(d.id, again), eq(d.status, "canceled"))),
    );
  if (over.length > 0)
    yield* step(
      tx.orm
        .update(d)
        .set(resumed)
        .where(and(inArray(d.id, over), eq(d.status, "canceled"))),
    );
  if (again.length + over.length > 0)
    tx.notices.push({ topic: "channels", ids: [channelId] }, { topic: "deliveries", ids: [channelId] });
}

/** Due at once, or at its own time where that is still to come. */
function dueFromNow({ notBefore }: Tx["t"]["deliveries"], now: number) {
  const dueAt = sql`case when ${notBefore} > ${now} then ${notBefore} else cast(${now} as bigint) end`;
  return { dueAt, giveUpAt: sql`(${dueAt}) + cast(${GIVE_UP_AFTER_MS} as bigint)` };
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
        ...dueFromNow(d, now),
      })
      .where(and(eq(d.channelId, channelId), eq(d.status, "held"), eq(d.heldBy, "mute"), eq(d.heldById, channelId))),
  );
  tx.notices.push({ topic: "deliveries", ids: [channelId] });
}
