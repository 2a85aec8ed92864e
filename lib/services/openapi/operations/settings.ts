import { z } from "zod";
import { configBackupDownload } from "@/lib/services/config-backup/download";
import { configBackupGet } from "@/lib/services/config-backup/get";
import { configBackupRestore } from "@/lib/services/config-backup/restore";
import { configBackupRun } from "@/lib/services/config-backup/run";
import { configBackupUpdate } from "@/lib/services/config-backup/update";
import { configBackupViewSchema } from "@/lib/services/config-backup/view";
import { settingsEmailGet } from "@/lib/services/settings/email-get";
import { settingsEmailTest } from "@/lib/services/settings/email-test";
import { settingsEmailUpdate } from "@/lib/services/settings/email-update";
import { generalSettingsSchema } from "@/lib/services/settings/general";
import { settingsGeneralGet } from "@/lib/services/settings/general-get";
import { settingsGeneralUpdate } from "@/lib/services/settings/general-update";
import { notificationSettingsSchema } from "@/lib/services/settings/notifications";
import { settingsNotificationsGet } from "@/lib/services/settings/notifications-get";
import { settingsNotificationsRoutingPreview } from "@/lib/services/settings/notifications-routing-preview";
import { eventTestSchema, settingsNotificationsTest } from "@/lib/services/settings/notifications-test";
import { settingsNotificationsUpdate } from "@/lib/services/settings/notifications-update";
import * as answers from "../answers";
import { type Operation, operation as op } from "../operation";

const begun = z.object({ runId: z.string() });
const restoreBody = z.object({
  file: z
    .base64()
    .optional()
    .meta({ description: "The file in base64; or send a multipart form with the file itself" }),
  artifactId: z.string().optional().meta({ description: "In place of a file: a backup that Belfry stored" }),
  passphrase: z.string(),
});

/** Settings, tab by tab, and backups of the configuration. */
export const settings: readonly Operation[] = [
  op("GET /settings/notifications", settingsNotificationsGet, {
    summary: "Read who is told of system events",
    answer: notificationSettingsSchema,
  }),
  op("PATCH /settings/notifications", settingsNotificationsUpdate, {
    summary: "Change what is named of it",
    answer: notificationSettingsSchema,
  }),
  op("GET /settings/notifications/events/{type}/routing-preview", settingsNotificationsRoutingPreview, {
    summary: "Preview who would be told of an event",
    answer: answers.routingPreview,
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
  op("GET /settings/config-backup", configBackupGet, {
    summary: "Read how Belfry's own configuration is backed up",
    answer: configBackupViewSchema,
  }),
  op("PATCH /settings/config-backup", configBackupUpdate, {
    summary: "Change what is named of it",
    answer: configBackupViewSchema,
  }),
  op("POST /config-backups", configBackupRun, { summary: "Back up the configuration now", status: 202, answer: begun }),
  op("POST /config-backups/download", configBackupDownload, {
    summary: "Download the configuration, encrypted with a passphrase",
    mediaType: "application/octet-stream",
  }),
  op("POST /config-backups/restore", configBackupRestore, {
    summary: "Put a backed-up configuration in place of the one that stands",
    body: restoreBody,
    answer: z.unknown(),
  }),
];
