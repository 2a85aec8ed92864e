import type { Actor } from "@/lib/auth/access/actor";
import { hiddenEventTypes } from "@/lib/auth/access/visibility/events";
import { eventType, isEventType } from "@/lib/events/catalog";

/** Event types that are hidden from the caller. */
export function hiddenTypes(actor: Actor): readonly string[] {
  return hiddenEventTypes(actor.role);
}

/** The name of an event type on screen; Tests of channels have a type that the catalogue does not list. */
export function eventNameOf(type: string): string {
  return isEventType(type) ? eventType(type).name : "Test";
}
