import { alertById } from "@/db/queries/dispatch";
import type { ClaimedDelivery } from "@/db/stores/outbox";

export const CHANNEL_OFF = "The channel is switched off.";

/**
 * Asked right before a reminder goes: is it still wanted?
 * @returns why not, in words; null when it is
 */
export async function whyUnwanted(delivery: ClaimedDelivery): Promise<string | null> {
  const alert = delivery.alertId ? await alertById(delivery.alertId) : null;
  if (alert?.status === "firing") return null;
  return alert?.status === "acknowledged" ? "The problem was acknowledged." : "The problem is over.";
}
