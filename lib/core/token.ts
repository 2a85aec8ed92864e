import { createHash, randomBytes } from "node:crypto";

/** A new secret of 256 random bits as text: 43 characters, safe in addresses. */
export function newToken(prefix = ""): string {
  return prefix + randomBytes(32).toString("base64url");
}

/**
 * A secret of about 190 random bits as text of 32 letters, digits and underscores: Apprise takes no longer key of a service in its
 * addresses, and SDKs of Sentry no other sign in a DSN.
 */
export function newShortToken(): string {
  for (;;) {
    const token = randomBytes(24).toString("base64url");
    if (!token.includes("-")) return token;
  }
}

/** Returns what is stored of a token: SHA-256 in hex. A token has too much entropy to be found from it. */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
