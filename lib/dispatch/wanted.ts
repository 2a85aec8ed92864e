import { alertById } from "@/db/queries/dispatch";
import type { ClaimedDelivery } from "@/db/stores/outbox";

/**
 * Asked right before each attempt: is this delivery still wanted?
 * @returns why not, in words; null when it is
 */
export async function whyUnwanted(delivery: ClaimedDelivery, isChannelEnabled: boolean): Promise<string | null> {
  if (!isChannelEnabled) return "The channel is switched off.";
  if (delivery.kind !== "reminder" || !delivery.alertId) return null;
  const alert = await alertById(delivery.alertId);
  if (alert?.status === "firing") return null;
  return alert?.status === "acknowledged" ? "The problem was acknowledged." : "The problem is over.";
}
