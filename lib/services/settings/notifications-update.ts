import { z } from "zod";
import { routingNow } from "@/db/queries/dispatch";
import { NOTIFICATION_SETTINGS, type RawRouting } from "@/db/stores/routing";
import { settingLocks, writeNotificationSettings } from "@/db/stores/setting-changes";
import { readSetting } from "@/db/stores/settings";
import { transact } from "@/db/transact";
import { AppError } from "@/lib/core/errors";
import { NOTIFY_USER_MODES, REPEATS } from "@/lib/core/job";
import { limitedRecord } from "@/lib/core/limited-record";
import { snapshotOf } from "@/lib/dispatch/plan/routing-snapshot";
import { SYSTEM_EVENTS } from "@/lib/events/catalog";
import { monitorRefusal } from "@/lib/services/channels/fields";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { canMailUser, eventSettingOf, notificationSettingsView } from "./notifications";

const channelIds = z
  .array(idField)
  .max(1000)
  .transform((ids) => [...new Set(ids)]);

const eventChanges = z
  .strictObject({
    enabled: z.boolean(),
    /** Null resets to the global channels. */
    channels: channelIds.nullable(),
    notifyUser: z.enum(NOTIFY_USER_MODES),
    repeat: z.enum(REPEATS),
    remindHours: z
      .number("Enter a number of hours.")
      .positive("Enter a number of hours above 0.")
      .max(8760, "At most a year: 8,760 hours.")
      .nullable(),
    notifyOnRecovery: z.boolean(),
  })
  .partial();

const input = z.object({
  globalChannels: channelIds.optional(),
  events: limitedRecord(z.string().max(64), eventChanges, 200).optional(),
});
type Changes = z.output<typeof input>;

/** Changes only the settings that are given: two callers that save different ones at once lose nothing. */
export const settingsNotificationsUpdate = defineVerb({
  name: "settings.notifications.update",
  permission: "admin",
  changes: true,
  input,
  async run({ audit }, changes) {
    await transact(settingLocks(NOTIFICATION_SETTINGS), function* (tx) {
      const next = mergeSettings(yield* readSetting(tx, NOTIFICATION_SETTINGS), changes);
      const row = audit("settings", NOTIFICATION_SETTINGS, "Notifications", { ...changes });
      assertValidSettings(yield* writeNotificationSettings(tx, next, row), changes);
    });
    return notificationSettingsView(await routingNow());
  },
});

/** Only what was set is stored, so that later defaults apply to the rest. */
function mergeSettings(stored: unknown, { globalChannels, events = {} }: Changes): Record<string, unknown> {
  const known = record(stored);
  const knownEvents = record(known.events);
  const named = Object.fromEntries(
    Object.entries(events).map(([type, changes]) => [type, { ...record(knownEvents[type]), ...changes }]),
  );
  return { ...known, ...(globalChannels && { globalChannels }), events: { ...knownEvents, ...named } };
}

/** @throws AppError `invalid` with a sentence per setting that cannot work. @param raw the routing with the changes in it */
function assertValidSettings(raw: RawRouting, { globalChannels, events = {} }: Changes): void {
  const snapshot = snapshotOf(raw);
  const fields: Record<string, string> = {};
  const checkChannels = (path: string, ids: readonly string[]) => {
    for (const [index, id] of ids.entries()) {
      const channel = snapshot.channels.get(id);
      if (!channel) fields[`${path}[${index}]`] = "There is no such channel.";
      else if (channel.isMonitor)
        fields[`${path}[${index}]`] = `${channel.name}: ${monitorRefusal(channel.providerName)}`;
    }
  };
  checkChannels("globalChannels", globalChannels ?? []);
  for (const [type, changes] of Object.entries(events)) {
    const path = `events.${type}`;
    const entry = SYSTEM_EVENTS.find((known) => known.type === type);
    if (!entry) {
      fields[path] = "There is no such system event. Events of a job are set on the job.";
      continue;
    }
    checkChannels(`${path}.channels`, changes.channels ?? []);
    const result = eventSettingOf(snapshot, entry);
    if (result.repeat === "remind" && !result.remindHours && (changes.repeat || changes.remindHours !== undefined)) {
      fields[`${path}.remindHours`] = "Enter after how many hours to remind.";
    }
    if (changes.notifyOnRecovery && !entry.canBeProblem) {
      fields[`${path}.notifyOnRecovery`] = `${entry.name} is not a problem, so it has no recovery.`;
    }
    if (changes.notifyUser && changes.notifyUser !== "none") {
      if (!entry.canNotifyUser)
        fields[`${path}.notifyUser`] = `${entry.name} is not about a user who could be notified.`;
      else if (!canMailUser(snapshot, entry)) {
        fields[`${path}.notifyUser`] =
          "The user is notified by mail, and none of this event's channels is an enabled Email channel. Add one first.";
      }
    }
  }
  if (Object.keys(fields).length > 0) throw new AppError("invalid", "Some settings are invalid.", { fields });
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
