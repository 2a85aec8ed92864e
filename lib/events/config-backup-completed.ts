import { formatBytes } from "@/lib/core/format-units";
import { configBackupData } from "./data";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";
import { INSTALLATION_SUBJECT } from "./subjects";

export const configBackupCompleted = defineEvent({
  type: "config_backup.completed",
  name: "Configuration Backup",
  category: "System",
  description: "Belfry's own configuration was backed up",
  tone: "system",
  severity: "info",
  data: configBackupData,
  audience: "system",
  reports: { run: "config_backup", outcomes: ["success", "warning"] },
  repeat: "every",
  resolves: [
    { type: "config_backup.failed", sendsRecovery: true },
    { type: "config_backup.missed", sendsRecovery: true },
  ],
  text: ({ data }) => ({
    title: "Configuration Backup",
    message: "Belfry's own configuration was backed up.",
    fields: fieldList(
      ["Size", data.run?.bytes ? formatBytes(data.run.bytes) : null],
      ["Destination", data.destinationNames?.join(", ")],
    ),
  }),
  sample: (now) => ({
    subject: INSTALLATION_SUBJECT,
    data: {
      run: {
        id: "run_sample",
        status: "success",
        startedAt: now - 400,
        finishedAt: now,
        bytes: 18_400,
        files: 1,
        attempts: 1,
      },
      destinationNames: ["backup disk"],
    },
  }),
});
