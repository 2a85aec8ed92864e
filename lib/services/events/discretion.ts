import type { Actor } from "@/lib/auth/access/actor";
import { hasRole } from "@/lib/auth/access/permission";
import { catalogEntry, isEventType } from "@/lib/events/catalog";
import { type Redact, redactor } from "@/lib/secrets/redact";

/** Who signs in from where is nothing for viewers. */
const SIGN_IN_TYPES = ["user.login", "user.locked"] as const;

/** Event types that the caller does not get to see. */
export function hiddenTypes(actor: Actor): readonly string[] {
  return hasRole(actor, "operator") ? [] : SIGN_IN_TYPES;
}

/** The name of an event type on screen; Tests of channels are of a type that the catalogue does not list. */
export function eventNameOf(type: string): string {
  return isEventType(type) ? catalogEntry(type).name : "Test";
}

/**
 * Hides what the caller may not read in the texts of an event and its deliveries: other people's mail addresses
 * from everyone but administrators.
 */
export function discretion(actor: Actor, facts: { addresses: readonly (string | undefined | null)[] }): Redact {
  const secrets: string[] = [];
  const isAdmin: boolean = hasRole(actor, "admin");
  if (!isAdmin) {
    const own = actor.kind === "user" ? actor.email.toLowerCase() : null;
    secrets.push(...facts.addresses.filter((text): text is string => Boolean(text) && text?.toLowerCase() !== own));
  }
  return redactor(secrets);
}
