import { and, eq, exists, gt, inArray, isNotNull, ne, notExists, type SQL, sql } from "drizzle-orm";
import { SUBJECT_ENDS } from "@/lib/core/alert";
import type { ReasonCode } from "@/lib/core/delivery-reason";
import { SYSTEM_MAIL_ID } from "@/lib/core/system-mail";
import { forUpdate } from "../row-lock";
import { type Steps, step, type Tx } from "../transact";
import { GIVE_UP_AFTER_MS } from "./new-delivery";
import type { ClaimedDelivery, Settlement } from "./settlement";
import { MAIL_SETTINGS } from "./system-mail-settings";

/**
 * Cancels a claimed delivery that is not wanted any more, when the database says so at this very moment; otherwise it is
 * given back, because what it was decided on has changed since: its channel is enabled again.
 */
export function* cancelClaimed(tx: Tx, { delivery, reasonCode, now }: Settlement): Steps<void> {
  const { deliveries: d, channels } = tx.t;
  const { id, channelId, leaseToken, alertId } = delivery;
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
  if (reasonCode === "snoozed" && (yield* holdClaimed(tx, alertId, isOwn))) return;
  if (reasonCode === "recovered_before_sent" && (yield* foldClaimed(tx, delivery, isOwn, now))) return;
  const canceled =
    reasonCode === "snoozed" || reasonCode === "recovered_before_sent"
      ? []
      : yield* step(
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

/** A snooze came between the claim and the attempt. @returns false when it is over already, or the alert is */
function* holdClaimed(tx: Tx, alertId: string | null, isOwn: SQL | undefined): Steps<boolean> {
  const { deliveries: d, alerts: a } = tx.t;
  const [alert] = yield* step(
    tx.orm
      .select({ snoozedUntil: a.snoozedUntil })
      .from(a)
      .where(and(eq(a.id, alertId ?? ""), eq(a.status, "firing"))),
  );
  if (!alert?.snoozedUntil) return false;
  const held = yield* step(
    tx.orm
      .update(d)
      .set({
        leaseUntil: null,
        leaseToken: null,
        status: "held",
        heldBy: "snooze",
        heldById: alertId,
        reasonCode: "snoozed",
        giveUpAt: sql`${d.dueAt} + cast(${GIVE_UP_AFTER_MS} as bigint)`,
        dueAt: alert.snoozedUntil,
      })
      .where(isOwn)
      .returning({ id: d.id }),
  );
  return held.length > 0;
}

/** Its problem ended while it was in flight: what says so carries it. @returns false when that is gone meanwhile */
function* foldClaimed(tx: Tx, delivery: ClaimedDelivery, isOwn: SQL | undefined, now: number): Steps<boolean> {
  const { deliveries: d } = tx.t;
  const [end] = yield* step(tx.orm.select({ id: d.id }).from(d).where(isEndBehind(d, delivery)).orderBy(d.id).limit(1));
  if (!end) return false;
  const folded = yield* step(
    tx.orm
      .update(d)
      .set({
        leaseUntil: null,
        leaseToken: null,
        status: "folded",
        reasonCode: "recovered_before_sent",
        foldedInto: end.id,
        settledAt: now,
      })
      .where(isOwn)
      .returning({ id: d.id }),
  );
  yield* step(tx.orm.update(d).set({ foldedInto: end.id }).where(eq(d.foldedInto, delivery.id)));
  return folded.length > 0;
}

/** The message that the problem of a delivery is over, which waits to be sent to the same recipient. */
export function isEndBehind(
  d: Tx["t"]["deliveries"],
  { id, alertId, channelId, recipient }: ClaimedDelivery,
): SQL | undefined {
  return and(
    eq(d.alertId, alertId ?? ""),
    eq(d.channelId, channelId ?? ""),
    eq(d.recipient, recipient),
    gt(d.id, id),
    inArray(d.kind, ["initial", "recovery"]),
    inArray(d.status, ["pending", "held", "sending"]),
  );
}

/** The reason as the database has it now. */
function holds(
  tx: Tx,
  { channelId, eventId, alertId, userId }: ClaimedDelivery,
  code: ReasonCode | null,
): SQL | undefined {
  const { channels, events, runs, alerts, settings, users } = tx.t;
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
  if (code === "channel_removed" && channelId === SYSTEM_MAIL_ID)
    return notExists(tx.orm.select(one).from(settings).where(eq(settings.key, MAIL_SETTINGS)));
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
  const account = and(eq(users.id, userId ?? ""), ne(users.status, "disabled"));
  if (code === "recipient_inactive") return notExists(tx.orm.select(one).from(users).where(account));
  if (code === "not_administrator")
    return notExists(
      tx.orm
        .select(one)
        .from(users)
        .where(and(account, eq(users.role, "admin"), eq(users.status, "active"))),
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
