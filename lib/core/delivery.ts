export const DELIVERY_STATUSES = ["held", "pending", "sending", "sent", "dead", "canceled", "folded"] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** Why a delivery exists. */
export const DELIVERY_KINDS = ["telling", "recovery", "reminder", "digest", "test"] as const;
export type DeliveryKind = (typeof DELIVERY_KINDS)[number];

/** Which way led to the channel: shown in the delivery log as the reason. */
export const ROUTES = ["row", "override", "global", "subscription", "caller", "user", "fallback", "test"] as const;
export type Route = (typeof ROUTES)[number];

/** How one attempt ended. */
export const ATTEMPT_OUTCOMES = ["sent", "retry", "rejected", "gone", "lost"] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];

/** A job row's own wishes for the text, carried by the delivery. */
export interface DeliveryText {
  title?: string;
  message?: string;
  priority?: string;
  tags?: string[];
  includeLog?: boolean;
  /** Bytes of log at most. */
  logLimit?: number;
}
