import type { z } from "zod";
import type { Subject } from "@/lib/core/event";
import { formatBytes, formatDuration } from "@/lib/core/format-units";
import type { NotificationField } from "@/lib/core/notification";
import type { restoreTestData } from "./data";
import { fieldList } from "./field-list";

type RestoreTestData = z.output<typeof restoreTestData>;

/** The facts that notifications of a restore test show. */
export function restoreTestFields({ job, run, destinationNames, actorName }: RestoreTestData): NotificationField[] {
  return fieldList(
    ["Job", job?.name],
    ["Destination", destinationNames?.join(", ")],
    ["Duration", run?.startedAt && run.finishedAt ? formatDuration(run.finishedAt - run.startedAt) : null],
    ["Size", run?.bytes ? formatBytes(run.bytes) : null],
    ["Requested by", actorName],
  );
}

export function restoreTestSample(
  now: number,
  more: Partial<RestoreTestData> = {},
): { subject: Subject; data: RestoreTestData } {
  return {
    subject: { kind: "job", id: "job_sample", name: "shop-production" },
    data: {
      job: { id: "job_sample", name: "shop-production", slug: "shop-production" },
      run: {
        id: "run_sample",
        status: more.error ? "failure" : "success",
        startedAt: now - 94_000,
        finishedAt: now,
        bytes: 310_000_000,
        files: null,
        attempts: 1,
      },
      destinationNames: ["backup disk"],
      ...more,
    },
  };
}
