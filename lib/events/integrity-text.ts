import type { z } from "zod";
import type { Subject } from "@/lib/core/event";
import { formatBytes, formatDuration } from "@/lib/core/format-units";
import type { NotificationField } from "@/lib/core/notification";
import { failureData, jobData, runData } from "./data";
import { fieldList } from "./field-list";

/** A check of the stored backups of a job: `run.files` of them were read, `run.bytes` in all. */
export const integrityData = failureData.extend({ job: jobData.optional(), run: runData.optional() });

type IntegrityData = z.output<typeof integrityData>;

/** The facts that notifications of an integrity check show. */
export function integrityFields({ job, run }: IntegrityData): NotificationField[] {
  return fieldList(
    ["Job", job?.name],
    ["Backups read", run?.files === null || run?.files === undefined ? null : String(run.files)],
    ["Size", run?.bytes ? formatBytes(run.bytes) : null],
    ["Duration", run?.startedAt && run.finishedAt ? formatDuration(run.finishedAt - run.startedAt) : null],
  );
}

export function integritySample(
  now: number,
  more: Partial<IntegrityData> = {},
): { subject: Subject; data: IntegrityData } {
  return {
    subject: { kind: "job", id: "job_sample", name: "shop-production" },
    data: {
      job: { id: "job_sample", name: "shop-production", slug: "shop-production" },
      run: {
        id: "run_sample",
        status: more.error ? "failure" : "success",
        startedAt: now - 1_240_000,
        finishedAt: now,
        bytes: more.error ? null : 4_300_000_000,
        files: more.error ? null : 14,
        attempts: 1,
      },
      ...more,
    },
  };
}
