import type { ClaimedDelivery } from "@/db/stores/outbox";
import { ACKNOWLEDGE_MARK } from "@/lib/core/acknowledge-mark";
import type { Notification } from "@/lib/core/notification";
import type { Provider } from "@/lib/providers/contract";
import { makeAcknowledgeToken } from "@/lib/secrets/acknowledge-token";
import { type Redact, redactor } from "@/lib/secrets/redact";
import type { Installation } from "./installation";

/** For so long after it was sent a link acknowledges. */
const LINK_MS = 7 * 24 * 3_600_000;
const KINDS: ReadonlySet<string> = new Set(["initial", "reminder", "escalation"]);

/** A message with its link, and what puts the mark in the link's place in everything that is kept of the attempt. */
export interface LinkedNotification {
  notification: Notification;
  hide: Redact;
}

/**
 * Adds the link by which the reader of a problem's notification acknowledges it. Services that keep incidents have a button
 * of their own, and monitors have no reader; without a known base URL there is no link.
 * @param now milliseconds
 */
export function withAcknowledgeLink(
  notification: Notification,
  { id, alertId, kind }: ClaimedDelivery,
  { purpose, closesAlerts }: Provider,
  { url, acknowledgeLinks }: Installation,
  now: number,
): LinkedNotification | null {
  const isProblem = alertId !== null && notification.status === "firing" && KINDS.has(kind);
  if (!isProblem || acknowledgeLinks === false || !url || purpose !== "message" || closesAlerts) return null;
  const link = `${url}/acknowledge/${makeAcknowledgeToken({ alertId, deliveryId: id, expiresAt: now + LINK_MS })}`;
  return {
    notification: { ...notification, actions: [{ label: "Acknowledge", url: link }] },
    hide: redactor([link], [], ACKNOWLEDGE_MARK),
  };
}
