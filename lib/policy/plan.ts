import type { Holder, ReasonCode } from "@/lib/core/delivery-reason";
import type { EventDraft } from "@/lib/core/event";
import type { Notification } from "@/lib/core/notification";
import type {
  AlertDelivery,
  AlertWrite,
  Amendment,
  EventPlan,
  JobNotificationRule,
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
  kind: "initial" | "recovery";
  step: number;
  alertId: string | null;
  /** The problem among whose deliveries it keeps its order. */
  dedupKey: string | null;
  /** The text when it is not the event's own. */
  notification: Notification | null;
  /** Set: nothing is sent, and no row is written. The preview shows it. */
  suppressed: Reason | null;
  /** Set: it waits. */
  held: Hold | null;
  /** Set: another delivery carries it. */
  folded: { into: string; code: ReasonCode } | null;
}

/** What the stages make of a situation, each adding its part. */
export interface Plan extends Pick<EventPlan, "folds" | "cancels"> {
  type: EventType;
  correlation: Correlation;
  notification: Notification;
  alertId: string | null;
  alerts: AlertWrite[];
  deliveries: PlannedDelivery[];
  amendments: Amendment[];
  /** The user should be notified directly, but no Email channel can do it. */
  couldNotNotifyUser: boolean;
}

/** One rule of the policy: pure, no clock, no database, no network. */
export type Stage = (situation: Situation, plan: Plan) => Plan;

/** True for a delivery that a row is written for and that is not carried by another. */
export function isOwnMessage({ suppressed, folded }: PlannedDelivery): boolean {
  return suppressed === null && folded === null;
}

/** Changes the deliveries that are neither suppressed nor carried by another. */
export function mapOwnMessages(plan: Plan, change: (delivery: PlannedDelivery) => PlannedDelivery): Plan {
  const deliveries = plan.deliveries.map((one) => (isOwnMessage(one) ? change(one) : one));
  // Most stages change nothing for most events: then the plan goes on as it is, uncopied.
  return deliveries.every((one, index) => one === plan.deliveries[index]) ? plan : { ...plan, deliveries };
}
