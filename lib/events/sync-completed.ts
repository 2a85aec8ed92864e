import { formatBytes, pluralize } from "@/lib/core/format-units";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";
import { syncEventData } from "./sync-data";

export const syncCompleted = defineEvent({
  type: "sync.completed",
  name: "S3 Sync Done",
  category: "Storage",
  description: "A folder was copied to its destination, every file of it",
  tone: "success",
  severity: "info",
  data: syncEventData,
  audience: "system",
  reports: { run: "sync", outcomes: ["success"] },
  repeat: "every",
  resolves: [
    { type: "sync.failed", sendsRecovery: true },
    { type: "backup.missed", sendsRecovery: true },
  ],
  link: ({ data }) => (data.run ? { label: "Open the run", url: `/runs/${data.run.id}` } : undefined),
  text: ({ subject, data: { run, deleted = 0, destinationNames, startedBy } }) => ({
    title: `S3 Sync Done: ${subject.name}`,
    message: [
      run?.files
        ? `${pluralize(run.files, "file")} (${formatBytes(run.bytes ?? 0)}) of ${subject.name} ${run.files === 1 ? "was" : "were"} stored and compared.`
        : `${subject.name} was compared: nothing was new.`,
      deleted > 0 ? `${pluralize(deleted, "file")} deleted at the destination.` : null,
    ]
      .filter((line) => line !== null)
      .join("\n"),
    fields: fieldList(["Destination", destinationNames?.join(", ")], ["Started by", startedBy]),
  }),
  sample: (now) => ({
    subject: { kind: "sync", id: "syn_sample", name: "photos" },
    data: {
      run: {
        id: "run_sample",
        status: "success",
        startedAt: now - 42_000,
        finishedAt: now,
        bytes: 734_003_200,
        files: 128,
        attempts: 1,
      },
      deleted: 3,
      destinationNames: ["s3.example"],
      startedBy: "schedule",
    },
  }),
});
