import type { z } from "zod";
import type { Subject } from "@/lib/core/event";
import { formatBytes, formatDuration } from "@/lib/core/format-units";
import type { NotificationField } from "@/lib/core/notification";
import type { backupData, runData } from "./data";
import { fieldList } from "./field-list";

type BackupData = z.output<typeof backupData>;

/** The facts that notifications of all outcomes of a backup show. */
export function backupFields({
  job,
  client,
  run,
  sourceName,
  destinationNames = [],
  startedBy,
}: BackupData): NotificationField[] {
  return fieldList(
    ["Job", job?.name],
    ["Client", client?.name],
    ["Source", sourceName],
    [destinationNames.length > 1 ? "Destinations" : "Destination", destinationNames.join(", ")],
    ["Duration", run?.startedAt && run.finishedAt ? formatDuration(run.finishedAt - run.startedAt) : null],
    ["Size", run?.bytes ? formatBytes(run.bytes) : null],
    ["Files", run?.files ? String(run.files) : null],
    ["Tables", run?.tables ? String(run.tables) : null],
    ["Started by", startedBy],
    ["Attempts", run && run.attempts > 1 ? String(run.attempts) : null],
  );
}

/** Sample data of a backup, for the outcome given. */
export function backupSample(
  now: number,
  more: Partial<BackupData>,
  run: Partial<z.output<typeof runData>> = {},
): { subject: Subject; data: BackupData } {
  return {
    subject: { kind: "job", id: "job_sample", name: "shop-production" },
    data: {
      job: { id: "job_sample", name: "shop-production", slug: "shop-production" },
      run: {
        id: "run_sample",
        status: "success",
        startedAt: now - 252_000,
        finishedAt: now,
        bytes: 8_400_000_000,
        files: 1,
        attempts: 1,
        ...run,
      },
      sourceName: "shop database",
      destinationNames: ["backup disk"],
      startedBy: "schedule",
      ...more,
    },
  };
}
