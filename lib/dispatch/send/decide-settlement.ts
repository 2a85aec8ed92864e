import type { ClaimedDelivery, Settlement } from "@/db/stores/outbox";
import type { ReasonCode } from "@/lib/core/delivery-reason";
import { LONGEST } from "@/lib/core/longest-times";
import type { RefusedRecipient } from "@/lib/core/refused-recipient";
import { ownDelay } from "@/lib/policy/channel-health";
import type { Hold } from "@/lib/policy/plan";
import type { SendResult } from "@/lib/providers/contract";
import type { AttemptResult } from "./attempt";
import type { ChannelNames, HealthTracker } from "./health-tracker";
import type { RecipientTracker } from "./recipient-tracker";
import { refusalText, refusedAtLast, refusedSoFar } from "./refusals";

/** What is written about a delivery; `again`: when it is to be tried next. */
export interface SettlementDecision {
  settlement: Settlement;
  again: number | null;
}

interface Facts {
  names: ChannelNames;
  isProbe: boolean;
  /** Nothing else is in flight on the channel. */
  isAlone: boolean;
  /** The channel has other recipients, which get their own deliveries. */
  isOneOfSeveral: boolean;
  now: number;
}

/** What an attempt means for its delivery, for the channel's health and for that of each of its recipients. */
export function decideSettlement(
  delivery: ClaimedDelivery,
  result: AttemptResult,
  health: HealthTracker,
  recipients: RecipientTracker,
  facts: Facts,
): SettlementDecision {
  const { outcome } = result;
  const { names, now } = facts;
  if (outcome.kind === "sent") {
    health.succeeded(now, names);
    recipients.accepted(delivery.recipient ? [delivery.recipient] : (outcome.accepted ?? []), names);
    const refused = refusedSoFar(delivery, outcome);
    const remaining = refused.filter((one) => one.retryable).map((one) => one.recipient);
    if (remaining.length > 0 && now < delivery.giveUpAt) {
      recipients.refused(
        refused.filter((one) => !one.retryable),
        names,
        null,
      );
      const dueAt = now + ownDelay(delivery.attemptCount + 3, Math.random());
      const waiting = { reasonCode: "refused_for_now" as const, dueAt, result, remaining, refused };
      const settlement = settlementOf(delivery, "pending", now, { reason: refusalText(refused), ...waiting });
      return { settlement, again: dueAt };
    }
    return settleSent(delivery, refused, result, recipients, facts);
  }
  if (outcome.kind !== "retry") {
    health.refused(now, outcome.reason);
    if (delivery.remaining) return settleInPart(delivery, result, recipients, facts);
    // One of several targets that is gone says nothing about the others.
    if (outcome.kind === "gone" && delivery.recipient === "") {
      health.reportGone(now, names, outcome.reason, result.record.advice);
      const dead = { reason: outcome.reason, reasonCode: "target_gone" as const, result };
      return { settlement: settlementOf(delivery, "dead", now, dead), again: null };
    }
    const reasonCode = outcome.kind === "gone" ? "target_gone" : "rejected";
    if (facts.isOneOfSeveral && outcome.refused?.length) {
      // Everything but this one recipient was right.
      recipients.refusedCopy(outcome.refused, names, result.record.advice);
      const dead = { reason: outcome.reason, reasonCode, result } as const;
      return { settlement: settlementOf(delivery, "dead", now, dead), again: null };
    }
    return settleDead(delivery, reasonCode, outcome.reason, result, health, facts);
  }
  return settleRetry(delivery, outcome, result, health, recipients, facts);
}

function settleRetry(
  delivery: ClaimedDelivery,
  outcome: Extract<SendResult, { kind: "retry" }>,
  result: AttemptResult,
  health: HealthTracker,
  recipients: RecipientTracker,
  facts: Facts,
): SettlementDecision {
  const { names, now } = facts;
  // Of those that are still to be reached, some were refused for now: the channel itself works.
  const isRecipientsOnly = Boolean(delivery.remaining && outcome.refused?.length);
  if (isRecipientsOnly) health.refused(now, outcome.reason);
  else if (outcome.afterMs === undefined) health.failed(now, outcome.reason, facts.isProbe, facts.isAlone);
  else health.paused(now, outcome.afterMs, outcome.reason);
  if (now >= delivery.giveUpAt) {
    if (delivery.remaining) return settleInPart(delivery, result, recipients, facts);
    return settleDead(delivery, "retries_exhausted", outcome.reason, result, health, facts);
  }
  health.reportLongRetrying(now, names);
  const mayHaveArrived = delivery.reasonCode === "perhaps_delivered";
  if (outcome.mayHaveArrived) {
    // Each further attempt may be one more copy. A recipient without any is the greater harm: one more, and late.
    if (mayHaveArrived) return settleDead(delivery, "perhaps_delivered", outcome.reason, result, health, facts);
    const dueAt = now + LONGEST.lostReply;
    const late = { reason: outcome.reason, reasonCode: "perhaps_delivered" as const, dueAt, result };
    return { settlement: settlementOf(delivery, "pending", now, late), again: dueAt };
  }
  // While the channel retries or pauses its gate decides; otherwise the delivery backs off by itself.
  const isUpToChannel = health.isRetrying || outcome.afterMs !== undefined;
  const dueAt = isUpToChannel ? now : now + ownDelay(delivery.attemptCount + 1, Math.random());
  return {
    settlement: settlementOf(delivery, "pending", now, {
      reason: outcome.reason,
      // What may have arrived once may have arrived, whatever came after.
      reasonCode: mayHaveArrived ? "perhaps_delivered" : "retrying",
      dueAt,
      result,
    }),
    again: dueAt,
  };
}

/** Sent, to all or to some. @param refused those that do not have it */
function settleSent(
  delivery: ClaimedDelivery,
  refused: RefusedRecipient[],
  result: AttemptResult,
  recipients: RecipientTracker,
  { names, now }: Pick<Facts, "names" | "now">,
): SettlementDecision {
  const receipt = result.outcome.kind === "sent" ? (result.outcome.receipt ?? null) : null;
  recipients.refused(refused, names, null);
  const part = { reason: refusalText(refused), reasonCode: "sent_in_part" as const, refused };
  const whole = { reason: null, reasonCode: null, refused: null };
  const facts = { ...(refused.length > 0 ? part : whole), result, receipt, remaining: null };
  return { settlement: settlementOf(delivery, "sent", now, facts), again: null };
}

/** The last attempt for those that were left: the others have it, so the delivery is not dead. */
function settleInPart(
  delivery: ClaimedDelivery,
  result: AttemptResult,
  recipients: RecipientTracker,
  facts: Pick<Facts, "names" | "now">,
): SettlementDecision {
  const { outcome } = result;
  const reason = outcome.kind === "sent" ? "" : outcome.reason;
  return settleSent(delivery, refusedAtLast(delivery, outcome, reason), result, recipients, facts);
}

/** Another attempt is pointless: the delivery is dead, and the other channels are notified when it is the first. */
export function settleDead(
  delivery: ClaimedDelivery,
  reasonCode: ReasonCode,
  reason: string,
  result: AttemptResult | null,
  health: HealthTracker,
  { names, now }: Pick<Facts, "names" | "now">,
): SettlementDecision {
  health.reportFailing(now, names, reason, result?.record.advice ?? null);
  return { settlement: settlementOf(delivery, "dead", now, { reason, reasonCode, result }), again: null };
}

/** It may not be sent by this queue now: it goes back without an attempt. */
export function settlePostponed(delivery: ClaimedDelivery, dueAt: number, now: number): SettlementDecision {
  const isBeforeItsTime = delivery.kind === "initial" && (delivery.notBefore ?? 0) > now;
  const reasonCode = isBeforeItsTime ? ("waits_for_hours" as const) : null;
  const settlement = settlementOf(delivery, "pending", now, { reason: null, reasonCode, dueAt, result: null });
  return { settlement, again: dueAt };
}

/** A silence or quiet hours are on: it waits for their end. */
export function settleHeld(
  delivery: ClaimedDelivery,
  { code, holder, by, until }: Hold,
  now: number,
): SettlementDecision {
  const hold = { by: holder, id: by };
  const facts = { reason: null, reasonCode: code, dueAt: until, result: null, hold };
  return { settlement: settlementOf(delivery, "held", now, facts), again: null };
}

/** It is not wanted any more. */
export function settleCanceled(delivery: ClaimedDelivery, reasonCode: ReasonCode, now: number): SettlementDecision {
  return {
    settlement: settlementOf(delivery, "canceled", now, { reason: null, reasonCode, result: null }),
    again: null,
  };
}

function settlementOf(
  delivery: ClaimedDelivery,
  status: Settlement["status"],
  now: number,
  facts: {
    reason: string | null;
    reasonCode: ReasonCode | null;
    result: AttemptResult | null;
    dueAt?: number;
    receipt?: string | null;
    hold?: Settlement["hold"];
    /** Who is still to get it, and who did not get it; as before when left out. */
    remaining?: string[] | null;
    refused?: RefusedRecipient[] | null;
  },
): Settlement {
  const { reason, reasonCode, result } = facts;
  return {
    delivery,
    status,
    dueAt: facts.dueAt ?? null,
    reason,
    reasonCode,
    receipt: facts.receipt ?? null,
    payload: result?.payload ?? null,
    remaining: facts.remaining === undefined ? delivery.remaining : facts.remaining,
    refused: facts.refused === undefined ? delivery.refused : facts.refused,
    hold: facts.hold ?? null,
    attempt: result?.record ?? null,
    now,
  };
}
