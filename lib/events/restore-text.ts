import type { z } from "zod";
import type { Subject } from "@/lib/core/event";
import { formatBytes, formatDuration } from "@/lib/core/format-units";
import type { NotificationField } from "@/lib/core/notification";
import type { restoreData } from "./data";
import { fieldList } from "./field-list";

type RestoreData = z.output<typeof restoreData>;

/** The facts that notifications of a restore show. */
export function restoreFields({ job, run, target, actorName }: RestoreData): NotificationField[] {
  return fieldList(
    ["Job", job?.name],
    ["Target", target],
    ["Duration", run?.startedAt && run.finishedAt ? formatDuration(run.finishedAt - run.startedAt) : null],
    ["Size", run?.bytes ? formatBytes(run.bytes) : null],
    ["Requested by", actorName],
  );
}

export function restoreSample(now: number, more: Partial<RestoreData> = {}): { subject: Subject; data: RestoreData } {
  return {
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
      ...more,
    },
  };
}
