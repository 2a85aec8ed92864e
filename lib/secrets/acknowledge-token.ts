import { createHmac, timingSafeEqual } from "node:crypto";
import { deriveKey } from "./key";

/** What a link in a message acknowledges, and until when. */
export interface AcknowledgeClaim {
  alertId: string;
  /** The delivery that carried the link: it says to whom it was sent, and which alert it is about. */
  deliveryId: string;
  /** Milliseconds; kept in whole seconds. */
  expiresAt: number;
}

/** A token as it was sent, not checked yet. */
export interface SentToken {
  deliveryId: string;
  expiresAt: number;
  signature: string;
}

/** What the key is for: it signs nothing else. */
const PURPOSE = "acknowledge link";
const DELIVERY = "dlv_";
// The signature first and digits last: programs that find addresses in plain text leave a sign at their end out.
const SHAPE = /^([\w-]{43})\.([0-9a-z]{1,40})\.([0-9a-z]{1,8})$/;

/**
 * A token that acknowledges one alert on behalf of one delivery's reader: HMAC-SHA-256 over both ids and the end, in
 * base64url, then the delivery and the end. Nothing of it is stored. Short, because it goes into text messages, too.
 */
export function makeAcknowledgeToken({ alertId, deliveryId, expiresAt }: AcknowledgeClaim): string {
  const seconds = Math.floor(expiresAt / 1000);
  const signature = sign(alertId, deliveryId, seconds).toString("base64url");
  return `${signature}.${deliveryId.slice(DELIVERY.length)}.${seconds.toString(36)}`;
}

/** The parts of a token; null for a text that is none. */
export function parseAcknowledgeToken(token: string): SentToken | null {
  const [, signature, delivery, end] = SHAPE.exec(token) ?? [];
  if (!signature || !delivery || !end) return null;
  return { signature, deliveryId: DELIVERY + delivery, expiresAt: Number.parseInt(end, 36) * 1000 };
}

/** True when this installation made the token for this alert. In constant time. */
export function isSignedFor(alertId: string, { deliveryId, expiresAt, signature }: SentToken): boolean {
  const right = sign(alertId, deliveryId, expiresAt / 1000);
  // Other letters than those that were made may stand for the same bytes.
  return timingSafeEqual(Buffer.from(signature), Buffer.from(right.toString("base64url")));
}

function sign(alertId: string, deliveryId: string, seconds: number): Buffer {
  return createHmac("sha256", deriveKey(PURPOSE)).update(`${alertId}.${deliveryId}.${seconds}`).digest();
}
