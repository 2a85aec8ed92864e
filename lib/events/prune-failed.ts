import { repositoryTaskData } from "./data";
import { defineEvent } from "./define-event";
import { repositoryFailure, repositoryFields, repositorySample } from "./repository-text";

export const pruneFailed = defineEvent({
  type: "prune.failed",
  name: "Prune Failed",
  category: "Repositories",
  description: "Archives that are no longer kept could not be removed",
  tone: "failure",
  severity: "critical",
  data: repositoryTaskData,
  audience: "system",
  startsEnabled: true,
  reports: { run: "prune", outcomes: ["failure", "warning"] },
  repeat: "every",
  problem: "subject",
  text: ({ subject, data }) => ({
    title: `Prune Failed: ${subject.name}`,
    message: repositoryFailure(data, `${subject.name} could not be pruned.`),
    fields: repositoryFields(data),
  }),
  sample: (now) => repositorySample(now, { error: "offsite is locked by process 4711 on nas." }),
});
