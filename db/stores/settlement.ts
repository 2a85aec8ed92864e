import type { AttemptOutcome, DeliveryStatus } from "@/lib/core/delivery";
import type { Holder, ReasonCode } from "@/lib/core/delivery-reason";
import type { RefusedRecipient } from "@/lib/core/refused-recipient";
import type { DeliveryRow } from "./new-delivery";

/** The columns that an attempt needs. */
export const CLAIMED_COLUMNS = [
  "id",
  "eventId",
  "channelId",
  "recipient",
  "userId",
  "kind",
  "route",
  "step",
  "alertId",
  "orderKey",
  "ruleId",
  "notifyOnRecovery",
  "remindHours",
  "notification",
  "text",
  "createdAt",
  "giveUpAt",
  "notBefore",
  "reasonCode",
  "attemptCount",
  "lastAttemptAt",
  "foldedCount",
  "remaining",
  "refused",
  "leaseToken",
] as const satisfies (keyof DeliveryRow)[];

/** A delivery that a worker holds. */
export type ClaimedDelivery = Pick<DeliveryRow, (typeof CLAIMED_COLUMNS)[number]>;

/** One attempt, as the log keeps it. */
export interface AttemptRecord {
  at: number;
  latencyMs: number;
  outcome: AttemptOutcome;
  status: number | null;
  error: string | null;
  advice: string | null;
  answer: string | null;
  retryAfterMs: number | null;
}

/** The result of an attempt, as it is written. */
export interface Settlement {
  delivery: ClaimedDelivery;
  /** `pending`: to be tried again at `dueAt`. `held`: until `dueAt`. */
  status: Extract<DeliveryStatus, "pending" | "held" | "sent" | "dead" | "canceled">;
  dueAt: number | null;
  /** The service's own words. */
  reason: string | null;
  reasonCode: ReasonCode | null;
  receipt: string | null;
  payload: unknown;
  remaining: string[] | null;
  /** Recipients that do not have it; null where all have it, or none. */
  refused: RefusedRecipient[] | null;
  /** What holds it, when it is held. */
  hold?: { by: Holder; id: string } | null;
  attempt: AttemptRecord | null;
  now: number;
}
