import { backupFields, backupSample } from "./backup-text";
import { backupData } from "./data";
import { defineEvent } from "./define-event";

export const backupFailed = defineEvent({
  type: "backup.failed",
  name: "Backup Failed",
  category: "Backups",
  description: "A run failed, could not start or was interrupted",
  tone: "failure",
  severity: "critical",
  data: backupData,
  audience: "job",
  reports: { run: "backup", outcomes: ["failure"] },
  repeat: "every",
  mailAdmins: true,
  problem: "subject",
  // The run has ended, though not well: who was notified that it is slow does not get a recovery.
  resolves: [{ type: "backup.slow", sendsRecovery: false }],
  text: ({ subject, data }) => ({
    title: `Backup Failed: ${subject.name}`,
    message: [data.error ?? `${subject.name} could not be backed up.`, data.advice].filter(Boolean).join("\n"),
    fields: backupFields(data),
  }),
  sample: (now) =>
    backupSample(
      now,
      { error: "The destination could not be reached: connection refused by nas.example.org:22." },
      { status: "failure", bytes: null, files: null, attempts: 3 },
    ),
});
