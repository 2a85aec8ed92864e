import type { Notification } from "@/lib/core/notification";
import type { RenderContext } from "../contract";
import { clean, oneLine } from "./text";

/** One labelled fact as plain text, never empty. `short` ones may stand side by side. */
export interface NotificationFact {
  name: string;
  value: string;
  short: boolean;
  /** In the service's own notation already: do not escape it. */
  isWritten: boolean;
}

/** Longer than any service shows: the rest would be cut anyway, and cleaning it takes time. In UTF-16 units. */
const NAME_LOOK = 2_000;
const VALUE_LOOK = 10_000;

/**
 * Fields and times of a notification in the order they are shown.
 * @param writeTime how the service writes a time, from milliseconds; its result is sent unchanged
 */
export function notificationFacts(notification: Notification, writeTime: (at: number) => string): NotificationFact[] {
  const facts = notification.fields.map(({ label, value, short }) => ({
    name: oneLine(label.slice(0, NAME_LOOK)) || "–",
    value: clean(value.slice(0, VALUE_LOOK)).trim() || "–",
    short: short ?? false,
    isWritten: false,
  }));
  const times = (notification.times ?? []).map(({ label, at }) => ({
    name: oneLine(label) || "–",
    value: writeTime(at),
    short: true,
    isWritten: true,
  }));
  return [...facts, ...times];
}

/** The small print of a message: the kind of event, the installation, and how many facts had no room. */
export function footerOf(notification: Notification, context: RenderContext, leftOut = 0): string {
  const label = `${notification.isTest ? "Test · " : ""}${oneLine(notification.typeName)} · ${oneLine(context.installation.name)}`;
  return leftOut > 0 ? `${label} · ${leftOut} more not shown` : label;
}

/** `2026-11-20 02:10 UTC`, where a service has no notation for times in the reader's zone. */
export function utcText(at: number): string {
  const text = new Date(at).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}
