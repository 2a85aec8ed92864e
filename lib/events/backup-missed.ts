import { z } from "zod";
import { pluralize } from "@/lib/core/format-units";
import { REPOSITORY_TASKS } from "@/lib/core/repository";
import { jobData, missedSlotsData } from "./data";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";

const data = z.object({
  job: jobData.optional(),
  /** What was due, where that is no backup. */
  task: z.enum(REPOSITORY_TASKS).optional(),
  missed: missedSlotsData.optional(),
});

export const backupMissed = defineEvent({
  type: "backup.missed",
  name: "Missed Schedule",
  category: "Schedules",
  description: "A due backup did not begin in time",
  tone: "warning",
  severity: "warning",
  data,
  audience: "job",
  reports: { run: "backup", outcomes: ["missed"] },
  fallsBackToGlobal: true,
  repeat: "every",
  problem: "subject",
  times: ({ data: { missed } }) => {
    if (!missed) return [];
    if (missed.count <= 1) return [{ label: "Due", at: missed.firstDueAt }];
    return [
      { label: "First due", at: missed.firstDueAt },
      { label: "Last due", at: missed.lastDueAt },
    ];
  },
  text: ({ subject, data: { job, task, missed } }) => ({
    title: `Missed Schedule: ${subject.name}`,
    message: messageText(subject.name, missed, task),
    fields: fieldList(
      ["Job", job?.name],
      ["Slots missed", missed && missed.count > 1 ? String(missed.count) : null],
      ["Grace", missed ? `${missed.graceMinutes} min` : null],
    ),
  }),
  sample: (now) => ({
    subject: { kind: "job", id: "job_sample", name: "shop-production" },
    data: {
      job: { id: "job_sample", name: "shop-production", slug: "shop-production" },
      missed: { count: 1, firstDueAt: now - 600_000, lastDueAt: now - 600_000, graceMinutes: 10 },
    },
  }),
});

function messageText(name: string, missed: z.output<typeof data>["missed"], task = "backup"): string {
  const reason = missed?.reason ? ` ${missed.reason}` : "";
  if (!missed || missed.count <= 1) return `The ${task} of ${name} did not begin when it was due.${reason}`;
  return `${pluralize(missed.count, `due ${task}`)} of ${name} did not begin.${reason}`;
}
