import { eventType } from "@/lib/events/catalog";
import type { Holdable } from "../holding";
import type { Plan, PlannedDelivery, Situation } from "../plan";

/**
 * What a delivery is about, as far as silences and quiet hours are concerned: a recovery shares the fate of its problem,
 * whatever the event is that ended it.
 */
export function holdableOf({ draft, labels }: Situation, plan: Plan, delivery: PlannedDelivery): Holdable {
  const { kind, alertId, notification, channel, target } = delivery;
  const { severity } = plan.correlation;
  const isRecovery = kind === "recovery" || notification?.status === "resolved";
  const alert = isRecovery ? plan.correlation.ended.find((one) => one.alert.id === alertId)?.alert : undefined;
  const type = alert ? eventType(alert.type) : plan.type;
  const facts = {
    type: type.type,
    severity: alert?.severity ?? severity,
    subject: draft.subject,
    job: draft.data.job ?? null,
    client: draft.data.client ?? null,
    labels,
  };
  return { facts, isRecovery, channel, userId: target.userId };
}
