import { pluralize } from "@/lib/core/format-units";
import { repositoryTaskData } from "./data";
import { defineEvent } from "./define-event";
import { repositoryFields, repositorySample } from "./repository-text";

export const pruneCompleted = defineEvent({
  type: "prune.completed",
  name: "Prune Completed",
  category: "Repositories",
  description: "Archives that are no longer kept were removed from a repository",
  tone: "success",
  severity: "info",
  data: repositoryTaskData,
  audience: "system",
  startsEnabled: false,
  reports: { run: "prune", outcomes: ["success"] },
  repeat: "every",
  resolves: [
    { type: "prune.failed", sendsRecovery: true },
    { type: "backup.missed", sendsRecovery: true },
  ],
  text: ({ subject, data }) => ({
    title: `Prune Completed: ${subject.name}`,
    message: `${pluralize(data.run?.files ?? 0, "archive")} removed from ${subject.name}.`,
    fields: repositoryFields(data),
  }),
  sample: (now) => repositorySample(now, { files: 3 }),
});
