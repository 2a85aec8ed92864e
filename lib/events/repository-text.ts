import type { z } from "zod";
import type { Subject } from "@/lib/core/event";
import { formatBytes, formatDuration } from "@/lib/core/format-units";
import type { NotificationField } from "@/lib/core/notification";
import type { repositoryTaskData } from "./data";
import { fieldList } from "./field-list";

type RepositoryTaskData = z.output<typeof repositoryTaskData>;

/** The facts that notifications of a check, a compact or a prune show. */
export function repositoryFields(
  { run, actorName }: RepositoryTaskData,
  freed: "freed" | "nothing" = "nothing",
): NotificationField[] {
  return fieldList(
    ["Freed", freed === "freed" && run && run.bytes !== null ? formatBytes(run.bytes) : null],
    ["Duration", run?.startedAt && run.finishedAt ? formatDuration(run.finishedAt - run.startedAt) : null],
    ["Requested by", actorName],
  );
}

/** What failed in the program's own words, then the advice. */
export function repositoryFailure({ error, advice }: RepositoryTaskData, otherwise: string): string {
  return [error ?? otherwise, advice].filter(Boolean).join("\n");
}

export function repositorySample(
  now: number,
  more: Partial<RepositoryTaskData> & { bytes?: number; files?: number } = {},
): { subject: Subject; data: RepositoryTaskData } {
  const { bytes = null, files = null, ...data } = more;
  return {
    subject: { kind: "repository", id: "repo_sample", name: "offsite" },
    data: {
      run: {
        id: "run_sample",
        status: data.error ? "failure" : "success",
        startedAt: now - 94_000,
        finishedAt: now,
        bytes,
        files,
        attempts: 1,
      },
      ...data,
    },
  };
}
