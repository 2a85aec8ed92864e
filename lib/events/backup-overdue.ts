import { z } from "zod";
import { formatDuration, pluralize } from "@/lib/core/format-units";
import { jobData } from "./data";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";

const HOUR_MS = 3_600_000;

const data = z.object({
  job: jobData.optional(),
  overdue: z
    .object({
      /** Hours without a backup after which the job is overdue. */
      hours: z.number(),
      /** From when they count: its last backup, or when it was created or enabled. Milliseconds. */
      since: z.number(),
      /** Null: it was never backed up. */
      lastBackupAt: z.number().nullable(),
    })
    .optional(),
});

export const backupOverdue = defineEvent({
  type: "backup.overdue",
  name: "Backup Overdue",
  category: "Schedules",
  description: "A job has made no backup for too long, or never one",
  tone: "failure",
  severity: "critical",
  data,
  audience: "job",
  takenAs: "missed",
  fallsBackToGlobal: true,
  repeat: "every",
  problem: "subject",
  times: ({ data: { overdue } }) => {
    if (!overdue) return [];
    const { lastBackupAt, since } = overdue;
    return [lastBackupAt === null ? { label: "Waiting since", at: since } : { label: "Last backup", at: lastBackupAt }];
  },
  text: ({ subject, data: { job, overdue }, status }) =>
    status === "resolved"
      ? {
          title: `Backup no longer overdue: ${subject.name}`,
          message: `${subject.name} does not count as overdue any more.`,
          fields: [],
        }
      : {
          title: `Backup Overdue: ${subject.name}`,
          message: `${overdueText(subject.name, overdue)} Open the job: see whether it comes due, and why its last runs made no backup.`,
          fields: fieldList(["Job", job?.name], ["Overdue after", overdue && formatDuration(overdue.hours * HOUR_MS)]),
        },
  sample: (now) => ({
    subject: { kind: "job", id: "job_sample", name: "shop-production" },
    data: {
      job: { id: "job_sample", name: "shop-production", slug: "shop-production" },
      overdue: { hours: 48, since: now - 49 * HOUR_MS, lastBackupAt: now - 49 * HOUR_MS },
    },
  }),
});

function overdueText(name: string, overdue: z.output<typeof data>["overdue"]): string {
  if (!overdue) return `${name} has not been backed up for too long.`;
  const span = pluralize(overdue.hours, "hour");
  return overdue.lastBackupAt === null
    ? `${name} has never been backed up, and has waited for more than ${span}.`
    : `${name} has not been backed up for more than ${span}.`;
}
