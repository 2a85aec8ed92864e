import { z } from "zod";
import type { RawRouting } from "@/db/stores/routing";
import { AppError } from "@/lib/core/errors";
import { NOTIFY_USER_MODES, REPEATS } from "@/lib/core/job";
import type { EventSetting, RoutingSnapshot } from "@/lib/core/routing";
import { SEVERITIES } from "@/lib/core/severity";
import { TONES } from "@/lib/core/tone";
import { snapshotOf } from "@/lib/dispatch/plan/routing-snapshot";
import { type EventType, SYSTEM_EVENTS } from "@/lib/events/catalog";
import { defaultEventSetting, mailerOf } from "@/lib/policy/rules";

/** One event's line in Settings → Notifications. */
export const eventSettingSchema = z.object({
  enabled: z.boolean(),
  /** The event's own channels; null: the global ones. */
  channels: z.array(z.string()).nullable(),
  /** Only of user.login and user.created. */
  notifyUser: z.enum(NOTIFY_USER_MODES),
  repeat: z.enum(REPEATS),
  remindHours: z.number().nullable(),
  /** Only of problems. */
  notifyOnRecovery: z.boolean(),
});

export const notificationSettingsSchema = z.object({
  globalChannels: z.array(z.string()),
  events: z.record(z.string(), eventSettingSchema),
  catalog: z.array(
    z.object({
      type: z.string(),
      name: z.string(),
      category: z.string(),
      description: z.string(),
      tone: z.enum(TONES),
      severity: z.enum(SEVERITIES),
      canNotifyUser: z.boolean(),
      isProblem: z.boolean(),
      /** An Email channel that works is among the event's channels. */
      canMailUser: z.boolean(),
    }),
  ),
});
export type NotificationSettingsView = z.infer<typeof notificationSettingsSchema>;

/** The settings of the Notifications tab. */
export function notificationSettingsView(raw: RawRouting): NotificationSettingsView {
  const snapshot = snapshotOf(raw);
  return {
    globalChannels: [...snapshot.globalChannels],
    events: Object.fromEntries(
      SYSTEM_EVENTS.map((entry) => [entry.type, applicable(entry, eventSettingOf(snapshot, entry))]),
    ),
    catalog: SYSTEM_EVENTS.map((entry) => ({
      type: entry.type,
      name: entry.name,
      category: entry.category,
      description: entry.description,
      tone: entry.tone,
      severity: entry.severity,
      canNotifyUser: entry.canNotifyUser,
      isProblem: entry.canBeProblem,
      canMailUser: canMailUser(snapshot, entry),
    })),
  };
}

export function eventSettingOf(snapshot: RoutingSnapshot, entry: EventType): EventSetting {
  return snapshot.events[entry.type] ?? defaultEventSetting(entry);
}

/** True when one of the event's channels can mail the user. */
export function canMailUser(snapshot: RoutingSnapshot, entry: EventType): boolean {
  return mailerOf(eventSettingOf(snapshot, entry).channels ?? snapshot.globalChannels, snapshot) !== null;
}

/** Options that do not apply to an event read as off, so that the answer can be sent back unchanged. */
function applicable(entry: EventType, setting: EventSetting): EventSetting {
  return {
    ...setting,
    notifyUser: entry.canNotifyUser ? setting.notifyUser : "none",
    notifyOnRecovery: entry.canBeProblem && setting.notifyOnRecovery,
  };
}

/** Finds a system event. @throws AppError `not_found` for another type */
export function systemEvent(type: string): EventType {
  const entry = SYSTEM_EVENTS.find((known) => known.type === type);
  if (!entry) throw new AppError("not_found", `There is no system event ${type}.`);
  return entry;
}
