import { z } from "zod";
import { NOTIFY_USER_MODES, REPEATS } from "@/lib/core/job";
import type { EventSetting } from "@/lib/core/routing";
import { SYSTEM_EVENTS } from "@/lib/events/catalog";
import { defaultEventSetting } from "@/lib/policy/rules";

/** One event's line as it is stored: every part of it may be missing, and falls back to the catalogue. */
const storedEvent = z
  .object({
    enabled: z.boolean(),
    channels: z.array(z.string()).nullable(),
    notifyUser: z.enum(NOTIFY_USER_MODES),
    repeat: z.enum(REPEATS),
    remindHours: z.number().positive().nullable(),
    notifyOnRecovery: z.boolean(),
  })
  .partial();

export interface NotificationSettings {
  globalChannels: string[];
  events: Record<string, EventSetting>;
}

/**
 * The settings of the Notifications tab, complete: what is missing or malformed in storage
 * has the default of the catalogue, so that a bad value silences nothing.
 */
export function readNotificationSettings(stored: unknown): NotificationSettings {
  const root = typeof stored === "object" && stored !== null ? (stored as Record<string, unknown>) : {};
  const globals = z.array(z.string()).safeParse(root.globalChannels);
  const storedEvents =
    typeof root.events === "object" && root.events !== null ? (root.events as Record<string, unknown>) : {};
  const events: Record<string, EventSetting> = {};
  for (const entry of SYSTEM_EVENTS) {
    const parsed = storedEvent.safeParse(storedEvents[entry.type] ?? {});
    const base = defaultEventSetting(entry);
    events[entry.type] = parsed.success ? { ...base, ...withoutUndefined(parsed.data) } : base;
  }
  return { globalChannels: globals.success ? globals.data : [], events };
}

function withoutUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Partial<T>;
}
