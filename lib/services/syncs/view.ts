import { z } from "zod";
import { endpointsById } from "@/db/queries/endpoints";
import { jobsById } from "@/db/queries/jobs";
import { repositoryNamesById } from "@/db/queries/repositories";
import { latestRunsOfSyncs } from "@/db/queries/syncs";
import { syncedTotals } from "@/db/stores/synced-files";
import type { SyncRow } from "@/db/stores/syncs";
import { toIso } from "@/lib/core/clock";
import { runView, runViewSchema } from "@/lib/services/runs/view";

/** A sync in answers. */
export const syncViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** What is copied, one of both. */
  from: z.object({
    /** A folder; empty for those who may not see paths. */
    path: z.string().optional(),
    repositoryId: z.string().optional(),
  }),
  /** Of the repository that is copied; null: a folder is. */
  repositoryName: z.string().nullable(),
  /** Patterns of what is not copied. */
  exclude: z.array(z.string()),
  destinationId: z.string(),
  destinationName: z.string(),
  /** Below the destination's root: of this sync alone. */
  folder: z.string(),
  schedule: z.object({ cron: z.string(), timezone: z.string() }).nullable(),
  afterJobId: z.string().nullable(),
  afterJobName: z.string().nullable(),
  deleteRemoved: z.boolean(),
  enabled: z.boolean(),
  timeLimitMinutes: z.int().nullable(),
  nextRunAt: z.iso.datetime().nullable(),
  /** Files at the destination. */
  files: z.int(),
  bytes: z.number(),
  /** Of these: files that are in the folder no more. */
  missing: z.int(),
  lastRun: runViewSchema.nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type SyncView = z.infer<typeof syncViewSchema>;

export async function syncViews(rows: readonly SyncRow[]): Promise<SyncView[]> {
  const ids = rows.map(({ id }) => id);
  const [destinations, repositories, jobs, totals, runs] = await Promise.all([
    endpointsById(
      "destinations",
      rows.map(({ destinationId }) => destinationId),
    ),
    repositoryNamesById(rows.flatMap(({ repositoryId }) => repositoryId ?? [])),
    jobsById(rows.flatMap(({ afterJobId }) => afterJobId ?? [])),
    syncedTotals(ids),
    latestRunsOfSyncs(ids),
  ]);
  return rows.map((row) => {
    const { files = 0, bytes = 0, missing = 0 } = totals.get(row.id) ?? {};
    const last = runs.get(row.id);
    return {
      id: row.id,
      name: row.name,
      from: row.repositoryId === null ? { path: row.path } : { repositoryId: row.repositoryId },
      repositoryName: row.repositoryId === null ? null : (repositories.get(row.repositoryId) ?? "deleted"),
      exclude: row.exclude,
      destinationId: row.destinationId,
      destinationName: destinations.get(row.destinationId)?.name ?? "deleted",
      folder: row.folder,
      schedule: row.cron === null ? null : { cron: row.cron, timezone: row.timezone ?? "UTC" },
      afterJobId: row.afterJobId,
      afterJobName: jobs.get(row.afterJobId ?? "")?.name ?? null,
      deleteRemoved: row.deleteRemoved,
      enabled: row.enabled,
      timeLimitMinutes: row.timeLimitMinutes,
      nextRunAt: toIso(row.nextRunAt),
      files,
      bytes,
      missing,
      lastRun: last ? runView(last) : null,
      createdAt: toIso(row.createdAt),
      updatedAt: toIso(row.updatedAt),
    };
  });
}

export async function syncView(row: SyncRow): Promise<SyncView> {
  const [view] = await syncViews([row]);
  if (!view) throw new Error("A sync has no view.");
  return view;
}
