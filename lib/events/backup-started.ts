import { backupFields, backupSample } from "./backup-text";
import { backupData } from "./data";
import { defineEvent } from "./define-event";

export const backupStarted = defineEvent({
  type: "backup.started",
  name: "Backup Started",
  category: "Backups",
  description: "A run began",
  tone: "info",
  severity: "info",
  data: backupData,
  audience: "job",
  reports: { run: "backup", outcomes: ["start"] },
  repeat: "every",
  entersInbox: false,
  text: ({ subject, data }) => ({
    title: `Backup Started: ${subject.name}`,
    message: `The backup of ${subject.name} began.`,
    fields: backupFields(data),
  }),
  sample: (now) => backupSample(now, {}, { status: "running", finishedAt: null, bytes: null, files: null }),
});
