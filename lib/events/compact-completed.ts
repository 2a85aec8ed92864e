import { formatBytes } from "@/lib/core/format-units";
import { repositoryTaskData } from "./data";
import { defineEvent } from "./define-event";
import { repositoryFields, repositorySample } from "./repository-text";

export const compactCompleted = defineEvent({
  type: "compact.completed",
  name: "Compact Done",
  category: "Repositories",
  description: "A repository gave free space back",
  tone: "success",
  severity: "info",
  data: repositoryTaskData,
  audience: "system",
  startsEnabled: false,
  reports: { run: "compact", outcomes: ["success"] },
  repeat: "every",
  resolves: [
    { type: "compact.failed", sendsRecovery: true },
    { type: "backup.missed", sendsRecovery: true },
  ],
  text: ({ subject, data }) => ({
    title: `Compact Done: ${subject.name}`,
    message:
      data.run && data.run.bytes !== null
        ? `${subject.name} was compacted: ${formatBytes(data.run.bytes)} freed.`
        : `${subject.name} was compacted.`,
    fields: repositoryFields(data, "freed"),
  }),
  sample: (now) => repositorySample(now, { bytes: 310_000_000 }),
});
