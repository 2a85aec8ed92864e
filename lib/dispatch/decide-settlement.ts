import type { ClaimedDelivery, Settlement } from "@/db/stores/outbox";
import { ownDelay } from "@/lib/policy/channel-health";
import type { RefusedRecipient } from "@/lib/providers/contract";
import type { AttemptResult } from "./attempt";
import type { ChannelNames, HealthTracker } from "./health-tracker";

/** What is decided about a delivery; `again` when it is to be tried at that time. */
export interface SettlementDecision {
  settlement: Settlement;
  again: number | null;
}

interface Facts {
  names: ChannelNames;
  isProbe: boolean;
  /** Nothing else is under way on the channel. */
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
      return { settlement: settlementOf(delivery, "dead", now, { reason: outcome.reason, result }), again: null };
    }
    return settleDead(delivery, outcome.reason, result, health, facts);
  }
  if (outcome.afterMs === undefined) health.failed(now, outcome.reason, facts.isProbe, facts.isAlone);
  else health.paused(now, outcome.afterMs, outcome.reason);
  if (now >= delivery.giveUpAt)
    return settleDead(delivery, `Given up after 24 h. ${outcome.reason}`, result, health, facts);
  health.reportLongRetrying(now, names);
  // In the channel's own trouble or pause its gate rules; otherwise the delivery backs off by itself.
  const isChannels = health.isRetrying || outcome.afterMs !== undefined;
  const dueAt = isChannels ? now : now + ownDelay(delivery.attemptCount + 1, Math.random());
  return {
    settlement: settlementOf(delivery, "pending", now, { reason: outcome.reason, dueAt, result }),
    again: dueAt,
  };
}

/** Sent, to all or to some: those that were refused for now are tried again, alone. */
function settleSent(
  delivery: ClaimedDelivery,
  result: AttemptResult,
  refused: RefusedRecipient[],
  now: number,
): SettlementDecision {
  const receipt = result.outcome.kind === "sent" ? (result.outcome.receipt ?? null) : null;
  const remaining = refused.filter((one) => one.retryable).map((one) => one.recipient);
  const words = refused.map((one) => `${one.recipient}: ${one.reason}`).join("; ");
  if (remaining.length > 0 && now < delivery.giveUpAt) {
    const dueAt = now + ownDelay(delivery.attemptCount + 3, Math.random());
    const reason = `Refused for now: ${words}`;
    return { settlement: settlementOf(delivery, "pending", now, { reason, dueAt, result, remaining }), again: dueAt };
  }
  const reason = words ? `Some were refused: ${words}` : null;
  return { settlement: settlementOf(delivery, "sent", now, { reason, result, receipt }), again: null };
}

/** Trying again is pointless: the delivery is dead, and the other channels hear of it when it is the first. */
export function settleDead(
  delivery: ClaimedDelivery,
  reason: string,
  result: AttemptResult | null,
  health: HealthTracker,
  { names, now }: Pick<Facts, "names" | "now">,
): SettlementDecision {
  health.reportFailing(now, names, reason, result?.record.advice ?? null);
  return { settlement: settlementOf(delivery, "dead", now, { reason, result }), again: null };
}

/** Nobody wants it any more. */
export function settleCanceled(delivery: ClaimedDelivery, reason: string, now: number): SettlementDecision {
  return { settlement: settlementOf(delivery, "canceled", now, { reason, result: null }), again: null };
}

function settlementOf(
  delivery: ClaimedDelivery,
  status: Settlement["status"],
  now: number,
  facts: {
    reason: string | null;
    result: AttemptResult | null;
    dueAt?: number;
    receipt?: string | null;
    remaining?: string[];
  },
): Settlement {
  const { reason, result } = facts;
  return {
    delivery,
    status,
    dueAt: facts.dueAt ?? null,
    reason,
    receipt: facts.receipt ?? null,
    payload: result?.payload ?? null,
    remaining: facts.remaining ?? null,
    attempt: result?.record ?? null,
    now,
  };
}
