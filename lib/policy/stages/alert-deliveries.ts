import type { AlertDelivery, OpenAlert, Target } from "@/lib/core/routing";
import { compareSeverity, type Severity } from "@/lib/core/severity";
import type { Situation } from "../plan";

/** Not sent yet, and free to be changed. */
export function isWaiting({ status }: Pick<AlertDelivery, "status">): boolean {
  return status === "pending" || status === "held";
}

/** Follows a first notification while its alert goes on. */
export function isLater({ kind }: Pick<AlertDelivery, "kind">): boolean {
  return kind === "reminder" || kind === "escalation";
}

/** Its time is still to come: who is to get it knows nothing of the problem yet. */
export function isBeforeItsTime(
  { status, notBefore }: Pick<AlertDelivery, "status" | "notBefore">,
  now: number,
): boolean {
  return isWaiting({ status }) && (notBefore ?? 0) > now;
}

/**
 * Held back while the problem has become worse: what holds a mild one may let a severe one pass, so its next occurrence is
 * decided anew.
 */
export function isHeldAsMilder(
  { effectiveStatus }: Pick<AlertDelivery, "effectiveStatus">,
  own: Pick<OpenAlert, "severity">,
  severity: Severity,
): boolean {
  return effectiveStatus === "held" && compareSeverity(severity, own.severity) > 0;
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
