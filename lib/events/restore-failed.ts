import { restoreData } from "./data";
import { defineEvent } from "./define-event";
import { restoreFields, restoreSample } from "./restore-text";

export const restoreFailed = defineEvent({
  type: "restore.failed",
  name: "Restore Failed",
  category: "Restores",
  description: "A restore failed, in whole or in part",
  tone: "failure",
  severity: "critical",
  data: restoreData,
  audience: "system",
  startsEnabled: true,
  mailAdmins: true,
  reports: { run: "restore", outcomes: ["failure", "warning"] },
  repeat: "every",
  problem: "subject",
  text: ({ subject, data }) => ({
    title: `${data.run?.status === "warning" ? "Restored in Part" : "Restore Failed"}: ${subject.name}`,
    message: [
      data.run?.status === "warning" ? `Not everything came back to ${subject.name}:` : null,
      data.error ?? `The restore to ${subject.name} failed.`,
      data.advice,
    ]
      .filter(Boolean)
      .join("\n"),
    fields: restoreFields(data),
  }),
  sample: (now) =>
    restoreSample(now, { error: "The backup could not be read to its end: the file is shorter than it should be." }),
});
