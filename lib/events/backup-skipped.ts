import { backupFields, backupSample } from "./backup-text";
import { backupData } from "./data";
import { defineEvent } from "./define-event";

/** A hook decided against the run. There is no backup, so nothing is over; nothing broke, so no problem begins. */
export const backupSkipped = defineEvent({
  type: "backup.skipped",
  name: "Backup Skipped",
  category: "Backups",
  description: "A hook before the run skipped it, so no backup was made",
  tone: "warning",
  severity: "warning",
  data: backupData,
  audience: "job",
  takenAs: "warning",
  repeat: "every",
  text: ({ subject, data }) => ({
    title: `Backup Skipped: ${subject.name}`,
    message: [`No backup of ${subject.name} was made.`, data.error].filter(Boolean).join(" "),
    fields: backupFields(data),
  }),
  sample: (now) =>
    backupSample(
      now,
      { error: "The hook check-disk, which runs before the backup, skipped it (exit code 75)." },
      { status: "canceled", bytes: null, files: null },
    ),
});
