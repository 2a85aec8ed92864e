import { z } from "zod";
import { SUBSCRIBABLE_EVENTS } from "@/lib/events/catalog";

/** By event type: whether it is mailed to all administrators. */
export type AdminMail = Record<string, boolean>;

/**
 * The switches of the mail to all administrators, complete: what nobody set, or is malformed in storage, has the default
 * that the event declares.
 */
export function readAdminMail(stored: unknown): AdminMail {
  const known = storedSwitches(stored);
  return Object.fromEntries(SUBSCRIBABLE_EVENTS.map(({ type, mailAdmins }) => [type, known[type] ?? mailAdmins]));
}

/** The switches that somebody set, also of events that this version does not know. */
export function storedSwitches(stored: unknown): AdminMail {
  const values = z.record(z.string(), z.unknown()).safeParse(stored);
  if (!values.success) return {};
  return Object.fromEntries(
    Object.entries(values.data).filter((entry): entry is [string, boolean] => typeof entry[1] === "boolean"),
  );
}

/** The types that are mailed. */
export function mailedEvents(switches: AdminMail): string[] {
  return Object.keys(switches).filter((type) => switches[type]);
}
