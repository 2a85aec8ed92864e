import type { Holder, ReasonCode } from "@/lib/core/delivery-reason";
import type { EventDraft } from "@/lib/core/event";
import type { Notification } from "@/lib/core/notification";
import type {
  AlertDelivery,
  AlertWrite,
  Amendment,
  EventPlan,
  JobNotificationRule,
  LastBackup,
  OpenAlert,
  RoutedChannel,
  RoutingSnapshot,
  Target,
} from "@/lib/core/routing";
import type { EventType } from "@/lib/events/catalog";
import type { Correlation } from "./stages/correlate";

/** Everything that decides what one event leads to, read before anything is decided. */
export interface Situation {
  draft: EventDraft;
  /** When it happened, milliseconds. */
  at: number;
  /** When it is decided, milliseconds: a mute counts from now, not from what happened. */
  now: number;
  newId(prefix: string): string;
  routing: RoutingSnapshot;
  /** The notification rules of the event's job. */
  rules: readonly JobNotificationRule[];
  /** Open alerts of the event's keys, and the deliveries about them. */
  openAlerts: readonly OpenAlert[];
  alertDeliveries: readonly AlertDelivery[];
  /** When the event's job made its last backup; absent: no rule asks for it. */
  lastBackup?: LastBackup | undefined;
  /** `key:value`, of the subject and of its job; empty where no condition asks for any. */
  labels: readonly string[];
}

/** Why nothing is sent, or not yet. */
export interface Reason {
  code: ReasonCode;
  /** What said so: the channel, the silence. */
  by?: string;
  /** Milliseconds. */
  until?: number;
}

export interface Hold extends Reason {
  holder: Holder;
  by: string;
  until: number;
}

/** One delivery as it is being planned. */
export interface PlannedDelivery {
  id: string;
  channel: RoutedChannel;
  target: Target;
  kind: "initial" | "recovery" | "escalation";
  step: number;
  alertId: string | null;
  /** The problem among whose deliveries it keeps its order. */
  dedupKey: string | null;
  /** The text when it is not the event's own. */
  notification: Notification | null;
  /** It is not sent before; absent: at once. Milliseconds. */
  notBefore?: number;
  /** Set: nothing is sent, and no row is written. The preview shows it. */
  suppressed: Reason | null;
  /** Set: it waits. */
  held: Hold | null;
  /** Set: a silence dropped it. A row says so; nothing is sent. */
  dropped: { code: ReasonCode; by: string } | null;
  /** Set: another delivery carries it. */
  folded: { into: string; code: ReasonCode } | null;
}

/** A rule, an event's setting or a route that names an escalation policy. */
export interface EscalationWay {
  policyId: string;
  /** The job's rule; null for another way. */
  ruleId: string | null;
  notifyOnRecovery: boolean;
}

/** What the stages make of a situation, each adding its part. */
export interface Plan extends Pick<EventPlan, "folds" | "cancels"> {
  type: EventType;
  correlation: Correlation;
  notification: Notification;
  alertId: string | null;
  alerts: AlertWrite[];
  deliveries: PlannedDelivery[];
  /** The ways that lead to an escalation policy, in the order in which they count. */
  escalations: EscalationWay[];
  amendments: Amendment[];
  /** The user should be notified directly, but no Email channel can do it. */
  couldNotNotifyUser: boolean;
}

/** One rule of the policy: pure, no clock, no database, no network. */
export type Stage = (situation: Situation, plan: Plan) => Plan;

/** True for a delivery that a row is written for, that is to be sent, and that is not carried by another. */
export function isOwnMessage({ suppressed, folded, dropped }: PlannedDelivery): boolean {
  return suppressed === null && folded === null && dropped === null;
}

/** Why and until when a first notification waits for its own time; null: it does not. */
export function waitOf({ kind, notBefore }: PlannedDelivery): { code: ReasonCode; until: number } | null {
  return kind !== "initial" || notBefore === undefined ? null : { code: "waits_for_hours", until: notBefore };
}

/** The same delivery, held: by what holds it longest. What is not due before the end is not held. */
export function holdDelivery(delivery: PlannedDelivery, held: Hold): PlannedDelivery {
  if ((delivery.notBefore ?? 0) >= held.until) return delivery;
  return delivery.held && delivery.held.until >= held.until ? delivery : { ...delivery, held };
}

/** Changes the deliveries that are neither suppressed nor carried by another. */
export function mapOwnMessages(plan: Plan, change: (delivery: PlannedDelivery) => PlannedDelivery): Plan {
  const deliveries = plan.deliveries.map((one) => (isOwnMessage(one) ? change(one) : one));
  // Most stages change nothing for most events: then the plan goes on as it is, uncopied.
  return deliveries.every((one, index) => one === plan.deliveries[index]) ? plan : { ...plan, deliveries };
}
