import { repositoryTaskData } from "./data";
import { defineEvent } from "./define-event";
import { repositoryFields, repositorySample } from "./repository-text";

export const checkCompleted = defineEvent({
  type: "check.completed",
  name: "Check Completed",
  category: "Repositories",
  description: "A repository was read and found whole",
  tone: "success",
  severity: "info",
  data: repositoryTaskData,
  audience: "system",
  startsEnabled: false,
  reports: { run: "check", outcomes: ["success"] },
  repeat: "every",
  resolves: [
    { type: "check.failed", sendsRecovery: true },
    { type: "backup.missed", sendsRecovery: true },
  ],
  text: ({ subject, data }) => ({
    title: `Check Completed: ${subject.name}`,
    message: `${subject.name} was read, and no error was found.`,
    fields: repositoryFields(data),
  }),
  sample: (now) => repositorySample(now),
});
