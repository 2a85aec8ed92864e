import { formatBytes } from "@/lib/core/format-units";
import { backupFields, backupSample } from "./backup-text";
import { backupData } from "./data";
import { defineEvent } from "./define-event";

export const backupCompleted = defineEvent({
  type: "backup.completed",
  name: "Backup Completed",
  category: "Backups",
  description: "A run succeeded",
  tone: "success",
  severity: "info",
  data: backupData,
  audience: "job",
  reports: { run: "backup", outcomes: ["success"] },
  repeat: "every",
  resolves: [
    { type: "backup.failed", sendsRecovery: true },
    { type: "backup.missed", sendsRecovery: true },
    { type: "backup.warning", sendsRecovery: true },
    { type: "backup.slow", sendsRecovery: true },
    { type: "backup.overdue", sendsRecovery: true },
  ],
  text: ({ subject, data }) => ({
    title: `Backup Completed: ${subject.name}`,
    message: `${subject.name} was backed up${data.run?.bytes ? `, ${formatBytes(data.run.bytes)}` : ""}.`,
    fields: backupFields(data),
  }),
  sample: (now) => backupSample(now, {}),
});
