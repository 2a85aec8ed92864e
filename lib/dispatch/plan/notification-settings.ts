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
    escalationPolicyId: z.string().nullable(),
  })
  .partial();

export interface NotificationSettings {
  globalChannels: string[];
  events: Record<string, EventSetting>;
  /** Messages about problems have a link that acknowledges them. */
  acknowledgeLinks: boolean;
  /** Where an alert goes that no channel has taken. */
  fallbackChannels: string[];
  /** After so long. */
  fallbackAfterMinutes: number;
}

/** After how many minutes an alert that no channel has taken goes to the fallback channels. */
export const FALLBACK_AFTER_MINUTES = { min: 1, max: 1440, usual: 15 } as const;

const storedMinutes = z.int().min(FALLBACK_AFTER_MINUTES.min).max(FALLBACK_AFTER_MINUTES.max);

/**
 * The settings of the Notifications tab, complete: what is missing or malformed in storage
 * has the default of the catalogue, so that a bad value silences nothing.
 */
export function readNotificationSettings(stored: unknown): NotificationSettings {
  const root = typeof stored === "object" && stored !== null ? (stored as Record<string, unknown>) : {};
  const minutes = storedMinutes.safeParse(root.fallbackAfterMinutes);
  const storedEvents =
    typeof root.events === "object" && root.events !== null ? (root.events as Record<string, unknown>) : {};
  const events: Record<string, EventSetting> = {};
  for (const entry of SYSTEM_EVENTS) {
    const parsed = storedEvent.safeParse(storedEvents[entry.type] ?? {});
    const base = defaultEventSetting(entry);
    events[entry.type] = parsed.success ? { ...base, ...withoutUndefined(parsed.data) } : base;
  }
  return {
    globalChannels: storedIds(root.globalChannels),
    events,
    acknowledgeLinks: root.acknowledgeLinks !== false,
    fallbackChannels: storedIds(root.fallbackChannels),
    fallbackAfterMinutes: minutes.success ? minutes.data : FALLBACK_AFTER_MINUTES.usual,
  };
}

function storedIds(value: unknown): string[] {
  const ids = z.array(z.string()).safeParse(value);
  return ids.success ? ids.data : [];
}

function withoutUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as Partial<T>;
}
