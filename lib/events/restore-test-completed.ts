import { restoreTestData } from "./data";
import { defineEvent } from "./define-event";
import { restoreTestFields, restoreTestSample } from "./restore-test-text";

export const restoreTestCompleted = defineEvent({
  type: "restore_test.completed",
  name: "Restore Test Completed",
  category: "Restores",
  description: "A backup was restored into a scratch place, completely",
  tone: "success",
  severity: "info",
  data: restoreTestData,
  audience: "system",
  startsEnabled: false,
  reports: { run: "restore_test", outcomes: ["success"] },
  repeat: "every",
  resolves: [{ type: "restore_test.failed", sendsRecovery: true }],
  text: ({ subject, data }) => ({
    title: `Restore Test Completed: ${subject.name}`,
    message: `The backup of ${subject.name} was restored into a scratch place, and everything came back.`,
    fields: restoreTestFields(data),
  }),
  sample: (now) => restoreTestSample(now),
});
