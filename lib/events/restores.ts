import type { EventData } from "@/lib/core/event";
import { formatBytes, formatDuration } from "@/lib/core/format-units";
import type { NotificationField } from "@/lib/core/notification";
import type { CatalogEntry } from "./catalog";
import { fieldList } from "./field-list";
import { keyOf } from "./key";

function restoreFields(data: EventData): NotificationField[] {
  const { run } = data;
  return fieldList(
    ["Job", data.job?.name],
    ["Target", data.target],
    ["Duration", run?.startedAt && run.finishedAt ? formatDuration(run.finishedAt - run.startedAt) : null],
    ["Size", run?.bytes ? formatBytes(run.bytes) : null],
    ["Asked for by", data.actorName],
  );
}

const sampleRestore = (now: number): ReturnType<CatalogEntry["sample"]> => ({
  subject: { kind: "restore", id: "/srv/restores/shop.db", name: "/srv/restores/shop.db" },
  data: {
    job: { id: "job_sample", name: "shop-production", slug: "shop-production" },
    run: {
      id: "run_sample",
      status: "success",
      startedAt: now - 31_000,
      finishedAt: now,
      bytes: 310_000_000,
      files: 1,
      attempts: 1,
    },
    target: "/srv/restores/shop.db",
    actorName: "Ana Example",
  },
});

export const restores: CatalogEntry[] = [
  {
    type: "restore.completed",
    name: "Restore Completed",
    category: "Restores",
    description: "A restore ended well",
    tone: "success",
    severity: "info",
    default: "on",
    repeat: "every",
    dedupKey: ({ subject }) => keyOf("restore.completed", subject.id),
    resolves: ({ subject }) => [{ key: keyOf("restore.failed", subject.id), sendsRecovery: true }],
    text: ({ subject, data }) => ({
      title: `Restore Completed: ${subject.name}`,
      message: `A backup${data.job ? ` of ${data.job.name}` : ""} was restored to ${subject.name}.`,
      fields: restoreFields(data),
    }),
    sample: sampleRestore,
  },
  {
    type: "restore.failed",
    name: "Restore Failed",
    category: "Restores",
    description: "A restore failed, in whole or in part",
    tone: "failure",
    severity: "critical",
    default: "on",
    repeat: "every",
    dedupKey: ({ subject }) => keyOf("restore.failed", subject.id),
    text: ({ subject, data }) => ({
      title: `Restore Failed: ${subject.name}`,
      message: [data.error ?? `The restore to ${subject.name} failed.`, data.advice].filter(Boolean).join("\n"),
      fields: restoreFields(data),
    }),
    sample: (now) => {
      const base = sampleRestore(now);
      return {
        ...base,
        data: {
          ...base.data,
          error: "The backup could not be read to its end: the file is shorter than it should be.",
        },
      };
    },
  },
];
