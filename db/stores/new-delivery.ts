import { newId } from "@/lib/core/id";
import { LONGEST } from "@/lib/core/longest-times";
import type { DeliveryDraft } from "@/lib/core/routing";
import type { Tables } from "../client";

export type DeliveryRow = Tables["deliveries"]["$inferSelect"];

/** How long a delivery is tried before it is given up. */
export const GIVE_UP_AFTER_MS = LONGEST.delivery;

/** A claim lasts this long; it is renewed while the delivery is in flight. */
export const LEASE_MS = LONGEST.deliveryLease;

/** What every delivery is given by who creates it; everything else has a default. */
type DeliveryStart = Pick<
  DeliveryRow,
  "eventId" | "channelId" | "recipient" | "kind" | "status" | "route" | "channelName" | "provider" | "title" | "tone"
> &
  Pick<DeliveryRow, "severity" | "createdAt"> &
  Partial<DeliveryRow>;

/** A delivery as it is inserted: the one place that spells out the row. Due at once, and given up a day later. */
export function newDelivery<S extends DeliveryStart>(start: S): DeliveryRow & S {
  const dueAt = start.dueAt ?? start.createdAt;
  const { eventId, channelId, recipient, kind, status, route, channelName, provider, title, tone, severity } = start;
  // Every column from the beginning, then the rest: a spread of that many makes an object slow to read.
  const row: DeliveryRow = {
    eventId,
    channelId,
    recipient,
    kind,
    status,
    route,
    channelName,
    provider,
    title,
    tone,
    severity,
    createdAt: start.createdAt,
    id: start.id ?? newId("dlv"),
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
    leaseToken: null,
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
    refused: null,
    notBefore: null,
  };
  return Object.assign(row, start);
}

/** Its channel exists: a row loses it only when the channel is deleted. */
export type PlannedRow = DeliveryRow & { channelId: string };

/** The row of a planned delivery of an event. */
export function plannedDelivery(eventId: string, draft: DeliveryDraft, now: number): PlannedRow {
  const { hold, status } = draft;
  return newDelivery({
    eventId,
    createdAt: now,
    id: draft.id,
    channelId: draft.channelId,
    recipient: draft.recipient,
    userId: draft.userId,
    kind: draft.kind,
    status,
    reasonCode: draft.reasonCode,
    step: draft.step,
    alertId: draft.alertId,
    orderKey: draft.orderKey,
    route: draft.route,
    ruleId: draft.ruleId,
    notifyOnRecovery: draft.notifyOnRecovery,
    remindHours: draft.remindHours,
    channelName: draft.channelName,
    provider: draft.provider,
    title: draft.title,
    tone: draft.tone,
    severity: draft.severity,
    notification: draft.notification,
    text: draft.text,
    foldedInto: draft.foldedInto,
    foldedCount: draft.foldedCount,
    dueAt: hold?.until ?? draft.notBefore ?? now,
    notBefore: draft.notBefore,
    heldBy: hold?.by ?? null,
    heldById: hold?.id ?? null,
    settledAt: ["folded", "sent", "canceled"].includes(status) ? now : null,
  });
}

type SharedColumn =
  | "eventId"
  | "channelId"
  | "recipient"
  | "userId"
  | "alertId"
  | "orderKey"
  | "route"
  | "ruleId"
  | "channelName"
  | "provider";

/** Where a delivery goes and by which way: what a later one to the same recipient shares with it. */
export function sameRecipient(row: Pick<DeliveryRow, SharedColumn>) {
  const { eventId, channelId, recipient, userId, alertId, orderKey, route, ruleId, channelName, provider } = row;
  return { eventId, channelId, recipient, userId, alertId, orderKey, route, ruleId, channelName, provider };
}
