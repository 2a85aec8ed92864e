import { pluralize } from "@/lib/core/format-units";
import { defineEvent } from "./define-event";
import { integrityData, integrityFields, integritySample } from "./integrity-text";

export const integrityCompleted = defineEvent({
  type: "integrity.completed",
  name: "Integrity Check Completed",
  category: "Integrity",
  description: "The stored backups of a job were read again, and are what was stored",
  tone: "success",
  severity: "info",
  data: integrityData,
  audience: "system",
  startsEnabled: false,
  reports: { run: "integrity_check", outcomes: ["success"] },
  repeat: "every",
  resolves: [{ type: "integrity.failed", sendsRecovery: true }],
  text: ({ subject, data }) => ({
    title: `Integrity Check Completed: ${subject.name}`,
    message: data.run?.files
      ? `${pluralize(data.run.files, "stored backup")} of ${subject.name} ${data.run.files === 1 ? "was" : "were"} read again: no byte differs.`
      : `The stored backups of ${subject.name} were read again: no byte differs.`,
    fields: integrityFields(data),
  }),
  sample: (now) => integritySample(now),
});
