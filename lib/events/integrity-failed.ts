import { defineEvent } from "./define-event";
import { integrityData, integrityFields, integritySample } from "./integrity-text";

export const integrityFailed = defineEvent({
  type: "integrity.failed",
  name: "Integrity Check Failed",
  category: "Integrity",
  description: "Stored backups of a job are gone or not what was stored, or could not be read",
  tone: "failure",
  severity: "critical",
  data: integrityData,
  audience: "system",
  startsEnabled: true,
  reports: { run: "integrity_check", outcomes: ["failure", "warning"] },
  repeat: "every",
  problem: "subject",
  text: ({ subject, data }) => ({
    title: `Integrity Check Failed: ${subject.name}`,
    message: [data.error ?? `The stored backups of ${subject.name} could not be checked.`, data.advice]
      .filter(Boolean)
      .join("\n"),
    fields: integrityFields(data),
  }),
  sample: (now) =>
    integritySample(now, {
      error: "1 of 14 stored backups is damaged:\nshop-production/2026-06-24.sql.gz at backup disk: its bytes changed.",
      advice: "Check the disk it is stored on, and make a new backup.",
    }),
});
