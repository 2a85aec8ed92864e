import { repositoryTaskData } from "./data";
import { defineEvent } from "./define-event";
import { repositoryFailure, repositoryFields, repositorySample } from "./repository-text";

export const compactFailed = defineEvent({
  type: "compact.failed",
  name: "Compact Failed",
  category: "Repositories",
  description: "A repository could not be compacted",
  tone: "failure",
  severity: "critical",
  data: repositoryTaskData,
  audience: "system",
  startsEnabled: true,
  reports: { run: "compact", outcomes: ["failure", "warning"] },
  repeat: "every",
  problem: "subject",
  text: ({ subject, data }) => ({
    title: `Compact Failed: ${subject.name}`,
    message: repositoryFailure(data, `${subject.name} could not be compacted.`),
    fields: repositoryFields(data),
  }),
  sample: (now) => repositorySample(now, { error: "offsite is locked by process 4711 on nas." }),
});
