import { settingsEmailGet } from "@/lib/services/settings/email-get";
import { settingsEmailTest } from "@/lib/services/settings/email-test";
import { settingsEmailUpdate } from "@/lib/services/settings/email-update";
import { generalSettingsSchema } from "@/lib/services/settings/general";
import { settingsGeneralGet } from "@/lib/services/settings/general-get";
import { settingsGeneralUpdate } from "@/lib/services/settings/general-update";
import { notificationSettingsSchema } from "@/lib/services/settings/notifications";
import { settingsNotificationsGet } from "@/lib/services/settings/notifications-get";
import { eventTestSchema, settingsNotificationsTest } from "@/lib/services/settings/notifications-test";
import { settingsNotificationsUpdate } from "@/lib/services/settings/notifications-update";
import { settingsNotificationsWho } from "@/lib/services/settings/notifications-who";
import * as answers from "../answers";
import { type Operation, operation as op } from "../operation";

/** Settings, tab by tab. */
export const settings: readonly Operation[] = [
  op("GET /settings/notifications", settingsNotificationsGet, {
    summary: "Read who is told of system events",
    answer: notificationSettingsSchema,
  }),
  op("PATCH /settings/notifications", settingsNotificationsUpdate, {
    summary: "Change what is named of it",
    answer: notificationSettingsSchema,
  }),
  op("GET /settings/notifications/events/{type}/who", settingsNotificationsWho, {
    summary: "Preview who would be told of an event",
    answer: answers.whoAnswer,
  }),
  op("POST /settings/notifications/events/{type}/test", settingsNotificationsTest, {
    summary: "Send a sample of an event through the channels it would use",
    answer: eventTestSchema,
  }),
  op("GET /settings/general", settingsGeneralGet, {
    summary: "Read the general settings",
    answer: generalSettingsSchema,
  }),
  op("PATCH /settings/general", settingsGeneralUpdate, {
    summary: "Change what is named of the general settings",
    answer: generalSettingsSchema,
  }),
  op("GET /settings/email", settingsEmailGet, { summary: "Read the system mail server", answer: answers.mailSettings }),
  op("PATCH /settings/email", settingsEmailUpdate, {
    summary: "Set or take away the system mail server",
    answer: answers.mailSettings,
  }),
  op("POST /settings/email/test", settingsEmailTest, {
    summary: "Deliver a mail through the system mail server",
    answer: answers.testSent,
  }),
];
