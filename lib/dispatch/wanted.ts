import { alertById } from "@/db/queries/dispatch";
import type { ClaimedDelivery } from "@/db/stores/outbox";
import { SUBJECT_ENDS } from "@/lib/core/alert";

export const CHANNEL_OFF = "The channel is switched off.";

/**
 * Asked right before an attempt: is this delivery still wanted, as its problem stands now?
 * @returns why not, in words; null when it is
 */
export async function whyUnwanted({ kind, alertId, attemptCount }: ClaimedDelivery): Promise<string | null> {
  // A first attempt comes right after the problem, and everything that can wait longer is canceled where it waits.
  const canBeStale = kind === "reminder" || (kind === "telling" && attemptCount > 0);
  if (!canBeStale || alertId === null) return null;
  const alert = await alertById(alertId);
  // It was under way when its subject went.
  if (SUBJECT_ENDS.some((end) => end === alert?.resolvedBy)) return `Canceled: ${alert?.resolvedBy}.`;
  if (kind !== "reminder" || alert?.status === "firing") return null;
  return alert?.status === "acknowledged" ? "The problem was acknowledged." : "The problem is over.";
}
