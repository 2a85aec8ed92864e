import { z } from "zod";
import type { RawRouting } from "@/db/stores/routing";
import { AppError } from "@/lib/core/errors";
import { NOTIFY_USER_MODES, REPEATS } from "@/lib/core/job";
import type { EventSetting, RoutingSnapshot } from "@/lib/core/routing";
import { SEVERITIES } from "@/lib/core/severity";
import { TONES } from "@/lib/core/tone";
import { readNotificationSettings } from "@/lib/dispatch/plan/notification-settings";
import { snapshotOf } from "@/lib/dispatch/plan/routing-snapshot";
import { eventsThatReachNobody } from "@/lib/dispatch/preview/routing-preview";
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
  /** Only of problems: who is notified when nobody acknowledges the alert. */
  escalationPolicyId: z.string().nullable(),
});

export const notificationSettingsSchema = z.object({
  globalChannels: z.array(z.string()),
  events: z.record(z.string(), eventSettingSchema),
  /** Messages about problems have a link that acknowledges them; only while the base URL is known. */
  acknowledgeLinks: z.boolean(),
  /** Where an alert goes that no channel has taken in time. */
  fallbackChannels: z.array(z.string()),
  fallbackAfterMinutes: z.int(),
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
      /** It is enabled, and nobody would be notified of it. */
      reachesNobody: z.boolean(),
    }),
  ),
});
export type NotificationSettingsView = z.infer<typeof notificationSettingsSchema>;

/** The settings of the Notifications tab. */
export function notificationSettingsView(raw: RawRouting): NotificationSettingsView {
  const snapshot = snapshotOf(raw);
  const { acknowledgeLinks, fallbackChannels, fallbackAfterMinutes } = readNotificationSettings(raw.notifications);
  const silent = eventsThatReachNobody(snapshot);
  return {
    fallbackChannels,
    fallbackAfterMinutes,
    globalChannels: [...snapshot.globalChannels],
    acknowledgeLinks,
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
      reachesNobody: silent.has(entry.type),
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
function applicable(entry: EventType, setting: EventSetting) {
  return {
    ...setting,
    notifyUser: entry.canNotifyUser ? setting.notifyUser : "none",
    notifyOnRecovery: entry.canBeProblem && setting.notifyOnRecovery,
    escalationPolicyId: (entry.canBeProblem && setting.escalationPolicyId) || null,
  };
}

/** Finds a system event. @throws AppError `not_found` for another type */
export function systemEvent(type: string): EventType {
  const entry = SYSTEM_EVENTS.find((known) => known.type === type);
  if (!entry) throw new AppError("not_found", `There is no system event ${type}.`);
  return entry;
}
