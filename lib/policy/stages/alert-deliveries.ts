import type { AlertDelivery, Target } from "@/lib/core/routing";
import type { Situation } from "../plan";

/** Not sent yet, and free to be changed. */
export function isWaiting({ status }: Pick<AlertDelivery, "status">): boolean {
  return status === "pending" || status === "held";
}

/** Sent, or under way: by itself or by the delivery that carries it. */
export function isSent({ effectiveStatus }: Pick<AlertDelivery, "effectiveStatus">): boolean {
  return effectiveStatus === "sent" || effectiveStatus === "sending";
}

export function isWaitingOrSent(delivery: AlertDelivery): boolean {
  return isSent(delivery) || isWaiting({ status: delivery.effectiveStatus });
}

/** The deliveries about an alert to one recipient. */
export function aboutSameAlert(
  { alertDeliveries }: Situation,
  alertId: string,
  { channelId, recipient }: Pick<Target, "channelId" | "recipient">,
): AlertDelivery[] {
  return alertDeliveries.filter(
    (one) => one.alertId === alertId && one.channelId === channelId && one.recipient === recipient,
  );
}
