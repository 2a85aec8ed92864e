import { backupFields, backupSample } from "./backup-text";
import { backupData } from "./data";
import { defineEvent } from "./define-event";

/** A backup exists, so failures and missed slots are over; their recipients read it in this message. */
export const backupWarning = defineEvent({
  type: "backup.warning",
  name: "Backup Completed with Warnings",
  category: "Backups",
  description: "A backup was made, but something needs attention",
  tone: "warning",
  severity: "warning",
  data: backupData,
  audience: "job",
  reports: { run: "backup", outcomes: ["warning"] },
  repeat: "every",
  problem: "subject",
  resolves: [
    { type: "backup.failed", sendsRecovery: false },
    { type: "backup.missed", sendsRecovery: false },
    { type: "backup.slow", sendsRecovery: false },
    { type: "backup.overdue", sendsRecovery: false },
  ],
  text: ({ subject, data }) => ({
    title: `Backup Completed with Warnings: ${subject.name}`,
    message: [`${subject.name} was backed up, but something needs attention.`, data.error, data.advice]
      .filter(Boolean)
      .join("\n"),
    fields: backupFields(data),
  }),
  sample: (now) => backupSample(now, { error: "2 files changed while they were read." }, { status: "warning" }),
});
