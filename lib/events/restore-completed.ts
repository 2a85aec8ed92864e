import { restoreData } from "./data";
import { defineEvent } from "./define-event";
import { restoreFields, restoreSample } from "./restore-text";

export const restoreCompleted = defineEvent({
  type: "restore.completed",
  name: "Restore Completed",
  category: "Restores",
  description: "A restore brought everything back",
  tone: "success",
  severity: "info",
  data: restoreData,
  audience: "system",
  startsEnabled: true,
  reports: { run: "restore", outcomes: ["success"] },
  repeat: "every",
  resolves: [{ type: "restore.failed", sendsRecovery: true }],
  text: ({ subject, data }) => ({
    title: `Restore Completed: ${subject.name}`,
    message: `A backup${data.job ? ` of ${data.job.name}` : ""} was restored to ${subject.name}.`,
    fields: restoreFields(data),
  }),
  sample: (now) => restoreSample(now),
});
