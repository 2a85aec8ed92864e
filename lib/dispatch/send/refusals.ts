import type { ClaimedDelivery } from "@/db/stores/outbox";
import type { RefusedRecipient } from "@/lib/core/refused-recipient";
import type { SendResult } from "@/lib/providers/contract";

/**
 * Recipients that do not have a message after an attempt: those that were refused now, and those that were refused
 * before and were not tried again.
 * @param delivery before the attempt; `remaining` names those that were tried, null: all
 */
export function refusedSoFar({ refused, remaining }: ClaimedDelivery, outcome: SendResult): RefusedRecipient[] {
  const before = remaining ? (refused ?? []).filter(({ recipient }) => !remaining.includes(recipient)) : [];
  return [...before, ...(outcome.refused ?? [])];
}

/**
 * The same where the attempt failed as a whole and is the last one: those who were still to get it have not.
 * @param reason why it failed
 */
export function refusedAtLast(delivery: ClaimedDelivery, outcome: SendResult, reason: string): RefusedRecipient[] {
  const refused = refusedSoFar(delivery, outcome);
  const known = new Set(refused.map(({ recipient }) => recipient));
  const others = (delivery.remaining ?? []).filter((recipient) => !known.has(recipient));
  return [...refused, ...others.map((recipient) => ({ recipient, reason, retryable: false }))];
}

/** `a@example.org: 550 5.1.1 No such user; b@example.org: …` */
export function refusalText(refused: readonly RefusedRecipient[]): string {
  return refused.map(({ recipient, reason }) => `${recipient}: ${reason}`).join("; ");
}
