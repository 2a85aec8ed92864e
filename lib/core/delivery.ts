import type { Priority } from "./priority";

export const DELIVERY_STATUSES = ["held", "pending", "sending", "sent", "dead", "canceled", "folded"] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** As lists and answers show it: what some recipients have and others were refused is neither sent nor dead. */
export const SHOWN_STATUSES = ["held", "pending", "sending", "sent", "partial", "dead", "canceled", "folded"] as const;
export type ShownStatus = (typeof SHOWN_STATUSES)[number];

/** The status of a delivery as it is shown. @param refused recipients that do not have it */
export function shownStatus(status: DeliveryStatus, refused: readonly unknown[] | null): ShownStatus {
  return status === "sent" && refused?.length ? "partial" : status;
}

/**
 * Why a delivery exists. An `update` reports to a service that keeps problems open what a person did about one:
 * acknowledged or resolved it.
 */
export const DELIVERY_KINDS = ["initial", "recovery", "reminder", "escalation", "digest", "test", "update"] as const;
export type DeliveryKind = (typeof DELIVERY_KINDS)[number];

/** Which way led to the channel: shown in the delivery log as the reason. */
export const ROUTES = [
  "rule",
  "override",
  "global",
  "subscription",
  "caller",
  "user",
  /** No rule of the job takes the missed schedule. */
  "fallback",
  /** A route of the whole installation. */
  "matcher",
  "escalation",
  /** The system mail server, to all administrators. */
  "system_mail",
  /** No channel had taken the alert in time. */
  "nobody",
  /** A report that the channel or the user asked for. */
  "report",
  "test",
] as const;
export type Route = (typeof ROUTES)[number];

/** How one attempt ended. */
export const ATTEMPT_OUTCOMES = ["sent", "retry", "rejected", "gone", "lost"] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/** The outcomes that may have a custom text: one per tone, system and info together. */
export const OUTCOMES = ["success", "warning", "failure", "info"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Mentions of one message at most. */
export const MENTIONS_MAX = 20;

/** Custom text and message options of a channel or of a job's rule. What is left out keeps its default. */
export interface CustomText {
  /** Mustache templates on the names of template-names.ts. */
  title?: string;
  message?: string;
  /** Whether the facts of the event follow the message; true by default. */
  showFacts?: boolean;
  priority?: Priority;
  tags?: string[];
  /** The service's own name of a sound. */
  sound?: string;
  /** Whom the service alerts by name, each as it is entered for that service: `<@&123>`, `@ops`. */
  mentions?: string[];
}

/** Custom text for all outcomes, and what differs for one of them. */
export interface TextSet extends CustomText {
  outcomes?: Partial<Record<Outcome, CustomText>>;
}

/** The custom text of a job's rule, carried by the delivery. */
export interface DeliveryText extends TextSet {
  includeLog?: boolean;
  /** Bytes of log at most. */
  logLimit?: number;
}

/** An admin's own limit of a channel: at most so many messages in so many seconds. */
export interface RateLimit {
  requests: number;
  perSeconds: number;
}
