import { configBackupData } from "./data";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";
import { INSTALLATION_SUBJECT } from "./subjects";

export const configBackupFailed = defineEvent({
  type: "config_backup.failed",
  name: "Configuration Backup Failed",
  category: "System",
  description: "Belfry's own configuration could not be backed up",
  tone: "failure",
  severity: "critical",
  data: configBackupData,
  audience: "system",
  startsEnabled: true,
  reports: { run: "config_backup", outcomes: ["failure"] },
  repeat: "every",
  problem: "subject",
  text: ({ data }) => ({
    title: "Configuration Backup Failed",
    message: [data.error ?? "Belfry's own configuration could not be backed up.", data.advice]
      .filter(Boolean)
      .join("\n"),
    fields: fieldList(["Destination", data.destinationNames?.join(", ")]),
  }),
  sample: () => ({
    subject: INSTALLATION_SUBJECT,
    data: { error: "The destination is full: 0 B free.", destinationNames: ["backup disk"] },
  }),
});
