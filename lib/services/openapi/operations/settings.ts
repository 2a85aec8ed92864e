import { z } from "zod";
import { configBackupDownload } from "@/lib/services/config-backup/download";
import { configBackupGet } from "@/lib/services/config-backup/get";
import { configBackupRestore, MAX_CONFIGURATION_BYTES } from "@/lib/services/config-backup/restore";
import { configBackupRun } from "@/lib/services/config-backup/run";
import { configBackupUpdate } from "@/lib/services/config-backup/update";
import { configBackupViewSchema } from "@/lib/services/config-backup/view";
import { installationStayApart, installationTakeOver } from "@/lib/services/installation/decide";
import { installationGet } from "@/lib/services/installation/get";
import { installationTools, toolsSchema } from "@/lib/services/installation/tools";
import { installationViewSchema } from "@/lib/services/installation/view";
import { idField } from "@/lib/services/page";
import { settingsEmailGet } from "@/lib/services/settings/email-get";
import { settingsEmailTest } from "@/lib/services/settings/email-test";
import { settingsEmailUpdate } from "@/lib/services/settings/email-update";
import { generalSettingsSchema } from "@/lib/services/settings/general";
import { settingsGeneralGet } from "@/lib/services/settings/general-get";
import { settingsGeneralUpdate } from "@/lib/services/settings/general-update";
import { heartbeatView } from "@/lib/services/settings/heartbeat";
import { settingsHeartbeatGet } from "@/lib/services/settings/heartbeat-get";
import { settingsHeartbeatTest } from "@/lib/services/settings/heartbeat-test";
import { settingsHeartbeatUpdate } from "@/lib/services/settings/heartbeat-update";
import { notificationSettingsSchema } from "@/lib/services/settings/notifications";
import { settingsNotificationsGet } from "@/lib/services/settings/notifications-get";
import { settingsNotificationsRoutingPreview } from "@/lib/services/settings/notifications-routing-preview";
import { eventTestSchema, settingsNotificationsTest } from "@/lib/services/settings/notifications-test";
import { settingsNotificationsUpdate } from "@/lib/services/settings/notifications-update";
import * as answers from "../answers";
import { fileOperation, type Operation, operation as op } from "../operation";

const runStarted = z.object({ runId: z.string() });
const restoreBody = z.object({
  file: z
    .base64()
    .max(Math.ceil(MAX_CONFIGURATION_BYTES / 3) * 4)
    .optional()
    .meta({ description: "The file in base64; or send a multipart form with the file itself" }),
  artifactId: idField.optional().meta({ description: "In place of a file: a stored backup" }),
  passphrase: z.string().max(500),
});

/** Settings, tab by tab, and backups of the configuration. */
export const settingsOperations: readonly Operation[] = [
  op("GET /settings/notifications", settingsNotificationsGet, {
    summary: "Read the notification settings of system events",
    answer: notificationSettingsSchema,
  }),
  op("PATCH /settings/notifications", settingsNotificationsUpdate, {
    summary: "Change the given notification settings",
    answer: notificationSettingsSchema,
  }),
  op("GET /settings/notifications/events/{type}/routing-preview", settingsNotificationsRoutingPreview, {
    summary: "Preview who gets notified of an event",
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
    summary: "Change the given general settings",
    answer: generalSettingsSchema,
  }),
  op("GET /settings/heartbeat", settingsHeartbeatGet, {
    summary: "Read the heartbeats of Belfry itself, and the result of the last one",
    answer: heartbeatView,
  }),
  op("PATCH /settings/heartbeat", settingsHeartbeatUpdate, {
    summary: "Choose the monitor that is sent heartbeats, and how often",
    answer: heartbeatView,
  }),
  op("POST /settings/heartbeat/test", settingsHeartbeatTest, {
    refusals: ["delivery_failed"],
    summary: "Send one heartbeat to a monitor now",
    answer: z.object({ status: z.literal("sent"), latencyMs: z.number(), isHealthy: z.boolean() }),
  }),
  op("GET /settings/email", settingsEmailGet, {
    summary: "Read the system mail server, and what is mailed to all administrators",
    answer: answers.mailSettings,
  }),
  op("PATCH /settings/email", settingsEmailUpdate, {
    summary: "Set or remove the system mail server, and change what is mailed to all administrators",
    answer: answers.mailSettings,
  }),
  op("POST /settings/email/test", settingsEmailTest, {
    refusals: ["delivery_failed"],
    summary: "Send a mail through the system mail server",
    answer: answers.testSent,
  }),
  op("GET /settings/config-backup", configBackupGet, {
    summary: "Read the settingsOperations of configuration backups",
    answer: configBackupViewSchema,
  }),
  op("PATCH /settings/config-backup", configBackupUpdate, {
    summary: "Change the given settingsOperations of configuration backups",
    answer: configBackupViewSchema,
  }),
  op("POST /config-backups", configBackupRun, {
    summary: "Back up the configuration now",
    status: 202,
    answer: runStarted,
  }),
  fileOperation("POST /config-backups/download", configBackupDownload, {
    summary: "Download the configuration, encrypted with a passphrase",
    isForPages: true,
  }),
  op("POST /config-backups/restore", configBackupRestore, {
    refusals: ["not_found", "conflict"],
    summary: "Replace the configuration with a backed-up one",
    body: restoreBody,
    answer: z.unknown(),
    isMachineRoute: true,
  }),
  op("GET /installation", installationGet, {
    summary: "Read who this installation is, and whether it pauses because it is a copy",
    answer: installationViewSchema,
  }),
  op("GET /installation/tools", installationTools, {
    summary: "Read which programs are installed on this machine, and what installs the rest",
    answer: toolsSchema,
  }),
  op("POST /installation/take-over", installationTakeOver, {
    refusals: ["conflict"],
    summary: "Make a copy the installation from now on",
    answer: installationViewSchema,
  }),
  op("POST /installation/stay-apart", installationStayApart, {
    refusals: ["conflict"],
    summary: "Make a copy an installation of its own, with every job disabled",
    answer: installationViewSchema,
  }),
];
