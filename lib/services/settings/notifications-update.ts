import { z } from "zod";
import { routingNow } from "@/db/queries/dispatch";
import { NOTIFICATION_SETTINGS, type RawRouting } from "@/db/stores/routing";
import { settingLocks, writeNotificationSettings } from "@/db/stores/setting-changes";
import { readSetting } from "@/db/stores/settings";
import { rearmUnheard } from "@/db/stores/unheard";
import { transact } from "@/db/transact";
import { AppError } from "@/lib/core/errors";
import { NOTIFY_USER_MODES, REPEATS } from "@/lib/core/job";
import { limitedRecord } from "@/lib/core/limited-record";
import { FALLBACK_AFTER_MINUTES } from "@/lib/dispatch/plan/notification-settings";
import { snapshotOf } from "@/lib/dispatch/plan/routing-snapshot";
import { SYSTEM_EVENTS } from "@/lib/events/catalog";
import { namedChannelProblem } from "@/lib/services/channels/fields";
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
    escalationPolicyId: idField.nullable(),
  })
  .partial();

const input = z.object({
  globalChannels: channelIds.optional(),
  events: limitedRecord(z.string().max(64), eventChanges, 200).optional(),
  acknowledgeLinks: z.boolean().optional(),
  /** Where an alert goes that no channel has taken in time; none: every page says so. */
  fallbackChannels: channelIds.optional(),
  fallbackAfterMinutes: z
    .int("Enter a whole number of minutes.")
    .min(FALLBACK_AFTER_MINUTES.min, "At least 1 minute.")
    .max(FALLBACK_AFTER_MINUTES.max, "At most a day: 1,440 minutes.")
    .optional(),
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
      if (changes.fallbackChannels?.length) yield* rearmUnheard(tx);
    });
    return notificationSettingsView(await routingNow());
  },
});

/** Only what was set is stored, so that later defaults apply to the rest. */
function mergeSettings(stored: unknown, { events = {}, ...values }: Changes): Record<string, unknown> {
  const known = record(stored);
  const knownEvents = record(known.events);
  const named = Object.fromEntries(
    Object.entries(events).map(([type, changes]) => [type, { ...record(knownEvents[type]), ...changes }]),
  );
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
  return { ...known, ...given, events: { ...knownEvents, ...named } };
}

/** @throws AppError `invalid` with a sentence per setting that cannot work. @param raw the routing with the changes in it */
function assertValidSettings(raw: RawRouting, { globalChannels, fallbackChannels, events = {} }: Changes): void {
  const snapshot = snapshotOf(raw);
  const fields: Record<string, string> = {};
  const checkChannels = (path: string, ids: readonly string[]) => {
    for (const [index, id] of ids.entries()) {
      const problem = namedChannelProblem(snapshot.channels, id);
      if (problem) fields[`${path}[${index}]`] = problem;
    }
  };
  checkChannels("globalChannels", globalChannels ?? []);
  checkChannels("fallbackChannels", fallbackChannels ?? []);
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
    if (changes.escalationPolicyId) {
      if (!entry.canBeProblem)
        fields[`${path}.escalationPolicyId`] = `${entry.name} is not a problem, so there is nothing to escalate.`;
      else if (!snapshot.escalation?.policies.has(changes.escalationPolicyId))
        fields[`${path}.escalationPolicyId`] = "There is no such escalation policy.";
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
