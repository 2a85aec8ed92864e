import type { ClaimedDelivery, Settlement } from "@/db/stores/outbox";
import type { ReasonCode } from "@/lib/core/delivery-reason";
import { LONGEST } from "@/lib/core/longest-times";
import { ownDelay } from "@/lib/policy/channel-health";
import type { RefusedRecipient } from "@/lib/providers/contract";
import type { AttemptResult } from "./attempt";
import type { ChannelNames, HealthTracker } from "./health-tracker";

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
  now: number;
}

/** What an attempt means for its delivery and for the channel's health. */
export function decideSettlement(
  delivery: ClaimedDelivery,
  result: AttemptResult,
  health: HealthTracker,
  facts: Facts,
): SettlementDecision {
  const { outcome } = result;
  const { names, now } = facts;
  if (outcome.kind === "sent") {
    health.succeeded(now, names);
    return settleSent(delivery, result, outcome.refused ?? [], now);
  }
  if (outcome.kind !== "retry") {
    health.refused(now, outcome.reason);
    // One of several targets that is gone says nothing about the others.
    if (outcome.kind === "gone" && delivery.recipient === "") {
      health.reportGone(now, names, outcome.reason, result.record.advice);
      const dead = { reason: outcome.reason, reasonCode: "target_gone" as const, result };
      return { settlement: settlementOf(delivery, "dead", now, dead), again: null };
    }
    const reasonCode = outcome.kind === "gone" ? "target_gone" : "rejected";
    return settleDead(delivery, reasonCode, outcome.reason, result, health, facts);
  }
  if (outcome.afterMs === undefined) health.failed(now, outcome.reason, facts.isProbe, facts.isAlone);
  else health.paused(now, outcome.afterMs, outcome.reason);
  if (now >= delivery.giveUpAt) return settleDead(delivery, "retries_exhausted", outcome.reason, result, health, facts);
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

/** Sent, to all or to some: those that were refused for now are retried, alone. */
function settleSent(
  delivery: ClaimedDelivery,
  result: AttemptResult,
  refused: RefusedRecipient[],
  now: number,
): SettlementDecision {
  const receipt = result.outcome.kind === "sent" ? (result.outcome.receipt ?? null) : null;
  const remaining = refused.filter((one) => one.retryable).map((one) => one.recipient);
  const refusals = refused.map((one) => `${one.recipient}: ${one.reason}`).join("; ");
  if (remaining.length > 0 && now < delivery.giveUpAt) {
    const dueAt = now + ownDelay(delivery.attemptCount + 3, Math.random());
    const waiting = { reason: refusals, reasonCode: "refused_for_now" as const, dueAt, result, remaining };
    return { settlement: settlementOf(delivery, "pending", now, waiting), again: dueAt };
  }
  const reason = refusals ? `Some were refused: ${refusals}` : null;
  return {
    settlement: settlementOf(delivery, "sent", now, { reason, reasonCode: null, result, receipt }),
    again: null,
  };
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
    remaining?: string[];
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
    remaining: facts.remaining ?? null,
    attempt: result?.record ?? null,
    now,
  };
}
