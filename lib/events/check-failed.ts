import { repositoryTaskData } from "./data";
import { defineEvent } from "./define-event";
import { repositoryFailure, repositoryFields, repositorySample } from "./repository-text";

export const checkFailed = defineEvent({
  type: "check.failed",
  name: "Check Failed",
  category: "Repositories",
  description: "A repository is damaged, or could not be checked",
  tone: "failure",
  severity: "critical",
  data: repositoryTaskData,
  audience: "system",
  startsEnabled: true,
  reports: { run: "check", outcomes: ["failure", "warning"] },
  repeat: "every",
  problem: "subject",
  text: ({ subject, data }) => ({
    title: `Check Failed: ${subject.name}`,
    message: repositoryFailure(data, `${subject.name} could not be checked.`),
    fields: repositoryFields(data),
  }),
  sample: (now) =>
    repositorySample(now, {
      error:
        "offsite is damaged. borg check found:\nData integrity error: Segment entry checksum mismatch [segment 18, offset 95]",
    }),
});
