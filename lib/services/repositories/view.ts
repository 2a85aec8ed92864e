import { z } from "zod";
import { connectionsOf } from "@/db/queries/connections";
import { jobsOfRepositories, type RepositoryWithState } from "@/db/queries/repositories";
import { storageUsageOf } from "@/db/queries/storage";
import type { StorageUsageRow } from "@/db/stores/storage";
import { toIso } from "@/lib/core/clock";
import { REPOSITORY_KINDS } from "@/lib/core/repository";
import { DEFAULT_THRESHOLD } from "@/lib/core/storage";
import { repositoryProgram } from "@/lib/jobs/repositories/registry";
import { thresholdView } from "@/lib/services/endpoints/threshold";
import { connectionSchema, connectionView } from "@/lib/services/endpoints/view";
import { storedSchedules } from "./fields";

const bytes = z.number().nullable();

/** A repository in answers. Its passphrase is never answered. */
export const repositoryViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(REPOSITORY_KINDS),
  kindLabel: z.string(),
  location: z.string(),
  /** In the words of its program. */
  encryption: z.string(),
  /** Public keys of its server, one a line; null: it is on this machine. */
  hostKey: z.string().nullable(),
  mountPoints: z.array(z.string()),
  /** Whether its place was reached at the last look. */
  connection: connectionSchema,
  /** Of the disk that it is on; null: it is on a server, or was not measured yet. */
  usage: z
    .object({
      usedBytes: bytes,
      freeBytes: bytes,
      /** Why it could not be measured, a sentence. */
      problem: z.string().nullable(),
      checkedAt: z.iso.datetime(),
    })
    .nullable(),
  /** When its disk counts as low. */
  threshold: thresholdView,
  retention: z.record(z.string(), z.int()).nullable(),
  compactsAfterPrune: z.boolean(),
  /** When each task runs by itself; null: not by itself. */
  schedules: z.object({
    check: z.string().nullable(),
    compact: z.string().nullable(),
    prune: z.string().nullable(),
    timezone: z.string(),
  }),
  /** What it held when it was last read; null: it was not read yet. */
  contents: z
    .object({
      archives: z.int(),
      originalBytes: bytes,
      compressedBytes: bytes,
      deduplicatedBytes: bytes,
      readAt: z.iso.datetime(),
    })
    .nullable(),
  /** The jobs that store their backups in it. */
  usedBy: z.array(z.object({ id: z.string(), name: z.string() })),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type RepositoryView = z.infer<typeof repositoryViewSchema>;

export async function repositoryViews(rows: readonly RepositoryWithState[]): Promise<RepositoryView[]> {
  const ids = rows.map(({ repository }) => repository.id);
  const [jobs, connections, usages] = await Promise.all([
    jobsOfRepositories(ids),
    connectionsOf(ids),
    storageUsageOf(ids),
  ]);
  return rows.map(({ repository: row, state }) => {
    return {
      id: row.id,
      name: row.name,
      kind: row.kind,
      kindLabel: repositoryProgram(row.kind).label,
      location: row.location,
      encryption: row.encryption,
      hostKey: row.hostKey,
      mountPoints: Object.values(row.mounts ?? {}).filter((point) => point !== "/"),
      connection: connectionView(connections.get(row.id)),
      usage: usageView(usages.get(row.id)),
      threshold: row.threshold ?? DEFAULT_THRESHOLD,
      retention: row.retention,
      compactsAfterPrune: row.compactsAfterPrune,
      schedules: storedSchedules(row),
      contents: state && {
        archives: state.archives,
        originalBytes: state.originalBytes,
        compressedBytes: state.compressedBytes,
        deduplicatedBytes: state.deduplicatedBytes,
        readAt: toIso(state.readAt),
      },
      usedBy: jobs.filter(({ repositoryId }) => repositoryId === row.id).map(({ id, name }) => ({ id, name })),
      createdAt: toIso(row.createdAt),
      updatedAt: toIso(row.updatedAt),
    };
  });
}

export async function repositoryView(row: RepositoryWithState): Promise<RepositoryView> {
  const [view] = await repositoryViews([row]);
  if (!view) throw new Error("A repository has no view.");
  return view;
}

function usageView(row: StorageUsageRow | undefined): RepositoryView["usage"] {
  if (!row) return null;
  const { usedBytes, freeBytes, problem, checkedAt } = row;
  return { usedBytes, freeBytes, problem, checkedAt: toIso(checkedAt) };
}
