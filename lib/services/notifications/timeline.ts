import { z } from "zod";
import { auditRowsAbout, deliveriesAbout, eventsOfAlert, type TimelineDelivery } from "@/db/queries/alert-timeline";
import type { AlertRow } from "@/db/queries/alerts";
import type { EventRow } from "@/db/queries/events";
import { ALERT_RESOLUTIONS } from "@/lib/core/alert";
import { toIso } from "@/lib/core/clock";
import { DELIVERY_KINDS, SHOWN_STATUSES, shownStatus } from "@/lib/core/delivery";
import { reasonSentence } from "@/lib/core/delivery-reason";
import { eventNameOf } from "@/lib/services/events/visibility";

/** So many occurrences and deliveries are listed, the latest. */
const MOST_LISTED = 200;

const STEPS = [
  "occurred",
  "recovered",
  "notified",
  "not_notified",
  "acknowledged",
  "snoozed",
  "snooze_ended",
  "resolved",
] as const;

/** One thing that happened to an alert. What does not apply to its kind is null. */
export const timelineStepSchema = z.object({
  kind: z.enum(STEPS),
  at: z.iso.datetime(),
  /** Of an occurrence the event's own, otherwise the alert's. */
  eventType: z.string(),
  eventName: z.string(),
  eventId: z.string().nullable(),
  title: z.string().nullable(),
  message: z.string().nullable(),
  deliveryId: z.string().nullable(),
  channelName: z.string().nullable(),
  deliveryKind: z.enum(DELIVERY_KINDS).nullable(),
  deliveryStatus: z.enum(SHOWN_STATUSES).nullable(),
  /** When the service took it, or it was given up. */
  settledAt: z.iso.datetime().nullable(),
  /** Why it was not sent, or not yet. */
  reason: z.string().nullable(),
  /** Who acknowledged, snoozed or resolved it; of a recovery the event that ended it. */
  by: z.string().nullable(),
  /** Of a snooze. */
  until: z.iso.datetime().nullable(),
  resolution: z.enum(ALERT_RESOLUTIONS).nullable(),
});
export type TimelineStep = z.infer<typeof timelineStepSchema>;

/** How steps of one moment follow each other. */
const RANK = Object.fromEntries(STEPS.map((kind, index) => [kind, index]));

/** Everything that happened to an alert, in order, and how many of its occurrences are left out. */
export async function timelineOfAlert(alert: AlertRow): Promise<{ timeline: TimelineStep[]; omitted: number }> {
  const [events, deliveries, snoozes] = await Promise.all([
    eventsOfAlert(alert.id, MOST_LISTED),
    deliveriesAbout({ alertId: alert.id }, MOST_LISTED),
    auditRowsAbout("alert", alert.id, "notifications.snooze", MOST_LISTED),
  ]);
  const occurrences = events.map(occurrence);
  const steps = [
    ...occurrences,
    ...events.flatMap(notNotified),
    ...deliveries.map((one) => notified(one, alert.type)),
    ...snoozes.map(({ at, actorName, detail }) => snoozed(at, actorName, detail, alert.type)),
    ...personalSteps(alert),
  ];
  const listed = occurrences.filter(({ kind }) => kind === "occurred").length;
  return { timeline: inOrder(steps), omitted: Math.max(0, alert.count - listed) };
}

/** An event without an alert, and who was notified of it. */
export async function timelineOfEvent(event: EventRow): Promise<{ timeline: TimelineStep[]; omitted: number }> {
  const deliveries = await deliveriesAbout({ eventId: event.id }, MOST_LISTED);
  const first: TimelineStep = { ...occurrence(event), kind: "occurred" };
  return {
    timeline: inOrder([first, ...notNotified(event), ...deliveries.map((one) => notified(one, event.type))]),
    omitted: 0,
  };
}

function inOrder(steps: TimelineStep[]): TimelineStep[] {
  return steps.sort((a, b) => a.at.localeCompare(b.at) || (RANK[a.kind] ?? 0) - (RANK[b.kind] ?? 0));
}

function stepOf(kind: TimelineStep["kind"], at: number, type: string, more: Partial<TimelineStep>): TimelineStep {
  return {
    kind,
    at: toIso(at),
    eventType: type,
    eventName: eventNameOf(type),
    eventId: null,
    title: null,
    message: null,
    deliveryId: null,
    channelName: null,
    deliveryKind: null,
    deliveryStatus: null,
    settledAt: null,
    reason: null,
    by: null,
    until: null,
    resolution: null,
    ...more,
  };
}

function occurrence({ id, type, at, notification }: EventRow): TimelineStep {
  const { title, message, status } = notification;
  return stepOf(status === "firing" ? "occurred" : "recovered", at, type, { eventId: id, title, message });
}

/** Channels that an occurrence was not sent through, but for those that have the problem already: they stand among the deliveries. */
function notNotified({ id, type, at, suppressed }: EventRow): TimelineStep[] {
  return (suppressed ?? [])
    .filter(({ code }) => code !== "already_notified")
    .map(({ channelName, code }) =>
      stepOf("not_notified", at, type, { eventId: id, channelName, reason: reasonSentence(code) }),
    );
}

function notified(row: TimelineDelivery, type: string): TimelineStep {
  return stepOf("notified", row.createdAt, type, {
    deliveryId: row.id,
    channelName: row.channelName,
    deliveryKind: row.kind,
    deliveryStatus: shownStatus(row.status, row.refused),
    settledAt: toIso(row.settledAt),
    // The service's own words are on the page of the delivery, for those who may read them.
    reason: row.reasonCode && row.status !== "sent" ? reasonSentence(row.reasonCode) : null,
  });
}

function snoozed(at: number, by: string, detail: Record<string, unknown> | null, type: string): TimelineStep {
  const until = typeof detail?.until === "string" ? detail.until : null;
  return stepOf(until === null ? "snooze_ended" : "snoozed", at, type, { by, until });
}

function personalSteps(alert: AlertRow): TimelineStep[] {
  const { type, acknowledgedAt, acknowledgedBy, resolvedAt, resolvedBy, resolution } = alert;
  const steps: TimelineStep[] = [];
  if (acknowledgedAt !== null) steps.push(stepOf("acknowledged", acknowledgedAt, type, { by: acknowledgedBy }));
  if (resolvedAt !== null) steps.push(stepOf("resolved", resolvedAt, type, { by: resolvedBy, resolution }));
  return steps;
}
