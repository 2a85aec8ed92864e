import { restoreTestData } from "./data";
import { defineEvent } from "./define-event";
import { restoreTestFields, restoreTestSample } from "./restore-test-text";

export const restoreTestFailed = defineEvent({
  type: "restore_test.failed",
  name: "Restore Test Failed",
  category: "Restores",
  description: "A backup could not be restored into a scratch place, or only in part",
  tone: "failure",
  severity: "critical",
  data: restoreTestData,
  audience: "system",
  startsEnabled: true,
  reports: { run: "restore_test", outcomes: ["failure", "warning"] },
  repeat: "every",
  problem: "subject",
  text: ({ subject, data }) => ({
    title: `Restore Test Failed: ${subject.name}`,
    message: [
      data.run?.status === "warning"
        ? `The backup of ${subject.name} came back in part only:`
        : `The backup of ${subject.name} could not be restored:`,
      data.error,
      data.advice,
    ]
      .filter(Boolean)
      .join("\n"),
    fields: restoreTestFields(data),
  }),
  sample: (now) =>
    restoreTestSample(now, {
      error: "The function norm(text) could not be created: the extension unaccent is missing.",
    }),
});
