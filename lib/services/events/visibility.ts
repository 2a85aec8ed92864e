import type { Actor } from "@/lib/auth/access/actor";
import { hasRole } from "@/lib/auth/access/permission";
import { eventType, HIDDEN_FROM_VIEWERS, isEventType } from "@/lib/events/catalog";
import { MASK, type Redact, redactor } from "@/lib/secrets/redact";

/** Event types that are hidden from the caller. */
export function hiddenTypes(actor: Actor): readonly string[] {
  return hasRole(actor, "operator") ? [] : HIDDEN_FROM_VIEWERS;
}

/** The name of an event type on screen; Tests of channels have a type that the catalogue does not list. */
export function eventNameOf(type: string): string {
  return isEventType(type) ? eventType(type).name : "Test";
}

/**
 * A word, and what follows it when both are a mail address: mail servers name the recipients that they refuse.
 * Matching every word whole keeps the search linear: none of its letters is looked at again as the start of an address.
 */
const WORD = /([\p{L}\p{N}._%+'-]+)(@(?:[\p{L}\p{N}-]+\.)+\p{L}{2,})?/gu;

/**
 * Makes the function that masks other people's mail addresses in a text, for everyone but administrators.
 * @param addresses known ones, which are found in any encoding, also without a domain
 */
export function redactAddresses(actor: Actor, addresses: readonly (string | undefined | null)[] = []): Redact {
  const isAdmin: boolean = hasRole(actor, "admin");
  if (isAdmin) return (text) => text;
  const own = actor.kind === "user" ? actor.email.toLowerCase() : null;
  const redactKnown = redactor(
    addresses.filter((text): text is string => Boolean(text) && text?.toLowerCase() !== own),
  );
  return (text) => {
    const known = redactKnown(text);
    if (!known.includes("@")) return known;
    return known.replace(WORD, (word, _, domain) => (!domain || word.toLowerCase() === own ? word : MASK));
  };
}
