import { and, eq, exists, isNotNull, notExists, type SQL, sql } from "drizzle-orm";
import { SUBJECT_ENDS } from "@/lib/core/alert";
import type { ReasonCode } from "@/lib/core/delivery-reason";
import { forUpdate } from "../row-lock";
import { type Steps, step, type Tx } from "../transact";
import type { ClaimedDelivery, Settlement } from "./settlement";

/**
 * Cancels a claimed delivery that is not wanted any more, when the database says so at this very moment; otherwise it is
 * given back, because what it was decided on has changed since: its channel is enabled again.
 */
export function* cancelClaimed(tx: Tx, { delivery, reasonCode, now }: Settlement): Steps<void> {
  const { deliveries: d, channels } = tx.t;
  const { id, channelId, leaseToken } = delivery;
  if (channelId !== null) {
    // Who enables the channel comes before, and then it is not canceled, or after, and finds it canceled.
    const channel = tx.orm.select({ id: channels.id }).from(channels).where(eq(channels.id, channelId));
    forUpdate(channel, {});
    yield* step(channel);
  }
  const isOwn = and(
    eq(d.id, id),
    eq(d.status, "sending"),
    leaseToken === null ? sql`${d.leaseToken} is null` : eq(d.leaseToken, leaseToken),
  );
  const released = { leaseUntil: null, leaseToken: null };
  const canceled = yield* step(
    tx.orm
      .update(d)
      .set({ ...released, status: "canceled", reason: null, reasonCode, settledAt: now })
      .where(and(isOwn, holds(tx, delivery, reasonCode)))
      .returning({ id: d.id }),
  );
  if (canceled.length > 0) return;
  yield* step(
    tx.orm
      .update(d)
      .set({ ...released, status: "pending" })
      .where(isOwn),
  );
  if (channelId !== null) tx.notices.push({ topic: "deliveries", ids: [channelId] });
}

/** The reason as the database has it now. */
function holds(tx: Tx, { channelId, eventId, alertId }: ClaimedDelivery, code: ReasonCode | null): SQL | undefined {
  const { channels, events, runs, alerts } = tx.t;
  const one = { one: sql`1` };
  const channel = eq(channels.id, channelId ?? "");
  const alert = eq(alerts.id, alertId ?? "");
  if (code === "channel_disabled")
    return exists(
      tx.orm
        .select(one)
        .from(channels)
        .where(and(channel, eq(channels.enabled, false))),
    );
  if (code === "channel_removed") return notExists(tx.orm.select(one).from(channels).where(channel));
  if (code === "event_missing") return notExists(tx.orm.select(one).from(events).where(eq(events.id, eventId)));
  if (code === "run_ended")
    return exists(
      tx.orm
        .select(one)
        .from(events)
        .innerJoin(runs, eq(runs.id, events.runId))
        .where(and(eq(events.id, eventId), isNotNull(runs.finishedAt))),
    );
  if (code === "alert_acknowledged")
    return exists(
      tx.orm
        .select(one)
        .from(alerts)
        .where(and(alert, eq(alerts.status, "acknowledged"))),
    );
  const end = SUBJECT_ENDS.find((known) => known === code);
  if (code === "alert_resolved" || end)
    return exists(
      tx.orm
        .select(one)
        .from(alerts)
        .where(and(alert, end ? eq(alerts.resolution, end) : eq(alerts.status, "resolved"))),
    );
  return undefined;
}
