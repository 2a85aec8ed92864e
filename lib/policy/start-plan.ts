import type { EventDraft } from "@/lib/core/event";
import type { Notification } from "@/lib/core/notification";
import type { AlertWrite } from "@/lib/core/routing";
import { eventType } from "@/lib/events/catalog";
import { compose } from "./message";
import type { Plan, Situation } from "./plan";
import { type Correlation, correlate } from "./stages/correlate";

/** The first stage: what the event does to the alerts, and its text. */
export function startPlan({ draft, at, openAlerts, newId }: Situation): Plan {
  const type = eventType(draft.type);
  const correlation = correlate(draft, type, openAlerts);
  const text = compose(draft, type, correlation, at);
  const alertId = correlation.own?.id ?? (correlation.effect === "open" ? newId("alr") : null);
  const notification = alertId ? { ...text, alertId } : text;
  return {
    type,
    correlation,
    notification,
    alertId,
    alerts: alertWrites(draft, correlation, notification, alertId, at),
    deliveries: [],
    escalations: [],
    amendments: [],
    folds: [],
    cancels: [],
    couldNotNotifyUser: false,
  };
}

function alertWrites(
  draft: EventDraft,
  { tone, severity, dedupKey, effect, own, ended }: Correlation,
  { title, message, typeName }: Notification,
  alertId: string | null,
  at: number,
): AlertWrite[] {
  const content = { tone, severity, title, message, at };
  const writes: AlertWrite[] = ended.map(({ alert }) => ({ kind: "resolve", id: alert.id, at, by: typeName }));
  if (effect === "count" && own) writes.push({ kind: "count", id: own.id, ...content });
  if (effect === "open" && alertId && dedupKey) {
    writes.push({ kind: "open", id: alertId, type: draft.type, dedupKey, subject: draft.subject, ...content });
  }
  return writes;
}
