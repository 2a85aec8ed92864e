import { newId } from "@/lib/core/id";
import type { DeliveryDraft } from "@/lib/core/routing";
import type { Tables } from "../client";

export type DeliveryRow = Tables["deliveries"]["$inferSelect"];

/** How long a delivery is tried before it is given up. */
export const GIVE_UP_AFTER_MS = 24 * 3_600_000;

/** A claim lasts this long; it is renewed while the delivery is in flight. */
export const LEASE_MS = 60_000;

/** What every delivery is given by who creates it; everything else has a default. */
type DeliveryStart = Pick<
  DeliveryRow,
  "eventId" | "channelId" | "recipient" | "kind" | "status" | "route" | "channelName" | "provider" | "title" | "tone"
> &
  Pick<DeliveryRow, "severity" | "createdAt"> &
  Partial<DeliveryRow>;

/** A delivery as it is inserted: the one place that spells out the row. Due at once, and given up a day later. */
export function newDelivery(start: DeliveryStart): DeliveryRow {
  const dueAt = start.dueAt ?? start.createdAt;
  return {
    id: newId("dlv"),
    userId: null,
    step: 0,
    alertId: null,
    orderKey: null,
    ruleId: null,
    notifyOnRecovery: false,
    remindHours: null,
    notification: null,
    text: null,
    dueAt,
    giveUpAt: dueAt + GIVE_UP_AFTER_MS,
    leaseUntil: null,
    attemptCount: 0,
    lastAttemptAt: null,
    settledAt: null,
    reason: null,
    reasonCode: null,
    heldBy: null,
    heldById: null,
    receipt: null,
    payload: null,
    foldedInto: null,
    foldedCount: 0,
    remaining: null,
    ...start,
  };
}

/** The row of a planned delivery of an event. */
export function plannedDelivery(eventId: string, { hold, ...draft }: DeliveryDraft, now: number): DeliveryRow {
  return newDelivery({
    ...draft,
    eventId,
    createdAt: now,
    ...(hold ? { dueAt: hold.until, heldBy: hold.by, heldById: hold.id } : {}),
    settledAt: draft.status === "folded" || draft.status === "sent" ? now : null,
    leaseUntil: draft.status === "sending" ? now + LEASE_MS : null,
  });
}

/** Where a delivery goes and by which way: what a later one to the same recipient shares with it. */
export function sameRecipient(row: DeliveryRow) {
  const { eventId, channelId, recipient, userId, alertId, orderKey, route, ruleId, channelName, provider } = row;
  return { eventId, channelId, recipient, userId, alertId, orderKey, route, ruleId, channelName, provider };
}
