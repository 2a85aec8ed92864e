import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";
import { syncEventData } from "./sync-data";

export const syncFailed = defineEvent({
  type: "sync.failed",
  name: "S3 Sync Failed",
  category: "Storage",
  description: "A folder could not be copied to its destination, or not every file of it",
  tone: "failure",
  severity: "critical",
  data: syncEventData,
  audience: "system",
  startsEnabled: true,
  // A file that was not copied is missing there, however many others were.
  reports: { run: "sync", outcomes: ["failure", "warning"] },
  repeat: "every",
  problem: "subject",
  link: ({ data }) => (data.run ? { label: "Open the run", url: `/runs/${data.run.id}` } : undefined),
  text: ({ subject, data: { run, error, advice, destinationNames, startedBy } }) => ({
    title: `${run?.status === "warning" ? "S3 Sync Incomplete" : "S3 Sync Failed"}: ${subject.name}`,
    message: [
      run?.status === "warning" ? `${subject.name} was copied in part.` : null,
      error ?? `${subject.name} could not be copied.`,
      advice,
    ]
      .filter(Boolean)
      .join("\n"),
    fields: fieldList(["Destination", destinationNames?.join(", ")], ["Started by", startedBy]),
  }),
  sample: (now) => ({
    subject: { kind: "sync", id: "syn_sample", name: "photos" },
    data: {
      run: {
        id: "run_sample",
        status: "failure",
        startedAt: now - 4_000,
        finishedAt: now,
        bytes: null,
        files: null,
        attempts: 1,
      },
      error: "s3.example takes no more requests at the moment.",
      advice: "Try again later, or run fewer jobs at the same time.",
      destinationNames: ["s3.example"],
      startedBy: "schedule",
    },
  }),
});
