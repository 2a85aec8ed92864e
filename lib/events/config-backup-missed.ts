import { z } from "zod";
import { pluralize } from "@/lib/core/format-units";
import { missedSlotsData } from "./data";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";
import { INSTALLATION_SUBJECT } from "./subjects";

const data = z.object({ missed: missedSlotsData.optional() });

/** As `backup.missed`, but for administrators: that the configuration is backed up is for nobody else. */
export const configBackupMissed = defineEvent({
  type: "config_backup.missed",
  name: "Configuration Backup Missed",
  category: "Schedules",
  description: "The scheduled backup of Belfry's own configuration did not begin in time",
  tone: "warning",
  severity: "warning",
  data,
  audience: "system",
  startsEnabled: true,
  repeat: "every",
  problem: "subject",
  times: ({ data: { missed } }) => (missed ? [{ label: "Due", at: missed.firstDueAt }] : []),
  text: ({ data: { missed } }) => ({
    title: "Missed Schedule: configuration backup",
    message: [
      missed && missed.count > 1
        ? `${pluralize(missed.count, "due configuration backup")} did not begin.`
        : "The configuration backup did not begin when it was due.",
      missed?.reason,
    ]
      .filter(Boolean)
      .join(" "),
    fields: fieldList(["Slots missed", missed && missed.count > 1 ? String(missed.count) : null]),
  }),
  sample: (now) => ({
    subject: INSTALLATION_SUBJECT,
    data: {
      missed: {
        count: 1,
        firstDueAt: now - 7_200_000,
        lastDueAt: now - 7_200_000,
        graceMinutes: 1,
        reason: "Belfry was not running then; it is made now.",
      },
    },
  }),
});
