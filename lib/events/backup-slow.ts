import { z } from "zod";
import { formatDuration } from "@/lib/core/format-units";
import { backupSample } from "./backup-text";
import { jobData, runData } from "./data";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";

const data = z.object({
  job: jobData.optional(),
  run: runData.optional(),
  sourceName: z.string().optional(),
  destinationNames: z.array(z.string()).optional(),
  slow: z
    .object({
      runningMs: z.number(),
      /** Median of its last good runs; null: there were too few. */
      usualMs: z.number().nullable(),
      /** The slot of the schedule that it ran past, milliseconds; null: none. */
      nextDueAt: z.number().nullable(),
    })
    .optional(),
});
type SlowData = z.output<typeof data>;

export const backupSlow = defineEvent({
  type: "backup.slow",
  name: "Backup Slow",
  category: "Schedules",
  description: "A run takes far longer than usual, or runs past its next slot",
  tone: "warning",
  severity: "warning",
  data,
  audience: "job",
  takenAs: "missed",
  fallsBackToGlobal: true,
  repeat: "every",
  problem: "subject",
  times: ({ data: { run, slow } }) => [
    ...(run?.startedAt ? [{ label: "Started", at: run.startedAt }] : []),
    ...(slow?.nextDueAt ? [{ label: "Next run due", at: slow.nextDueAt }] : []),
  ],
  text: ({ subject, data, status }) =>
    status === "resolved"
      ? { title: `Backup ended: ${subject.name}`, message: `The run of ${subject.name} is over.`, fields: [] }
      : {
          title: `Backup Slow: ${subject.name}`,
          message: `${slowText(subject.name, data.slow)} It goes on. Open the run to see what it waits for, and cancel it if it hangs.`,
          fields: fieldList(
            ["Job", data.job?.name],
            ["Source", data.sourceName],
            ["Running for", data.slow && formatDuration(data.slow.runningMs)],
            ["Usual duration", data.slow?.usualMs ? formatDuration(data.slow.usualMs) : null],
          ),
        },
  sample: (now) => {
    const { subject, data } = backupSample(now, {}, { status: "running", finishedAt: null, bytes: null, files: null });
    const { job, run, sourceName, destinationNames } = data;
    const slow = { runningMs: 5_400_000, usualMs: 1_260_000, nextDueAt: null };
    return { subject, data: { job, run, sourceName, destinationNames, slow } };
  },
});

function slowText(name: string, slow: SlowData["slow"]): string {
  if (!slow) return `The backup of ${name} takes longer than usual.`;
  const { runningMs, usualMs, nextDueAt } = slow;
  const running = `The backup of ${name} has been running for ${formatDuration(runningMs)}`;
  const usual = usualMs === null ? "" : `, usually it takes ${formatDuration(usualMs)}`;
  return nextDueAt === null ? `${running}${usual}.` : `${running}${usual}, and its next run is due already.`;
}
