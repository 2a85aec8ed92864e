import { and, count, desc, eq, inArray, isNull, lt, sum } from "drizzle-orm";
import { database } from "../client";
import type { ArtifactRow } from "../stores/artifacts";

export type { ArtifactRow };

/** Newest first. `jobId` null: backups of Belfry's own configuration. */
export async function listArtifacts(page: {
  cursor?: string;
  limit: number;
  jobId?: string | null;
  runId?: string;
  destinationId?: string;
}): Promise<ArtifactRow[]> {
  const { orm, t } = database();
  const { artifacts } = t;
  return await orm
    .select()
    .from(artifacts)
    .where(
      and(
        page.cursor ? lt(artifacts.id, page.cursor) : undefined,
        page.jobId === null ? isNull(artifacts.jobId) : page.jobId ? eq(artifacts.jobId, page.jobId) : undefined,
        page.runId ? eq(artifacts.runId, page.runId) : undefined,
        page.destinationId ? eq(artifacts.destinationId, page.destinationId) : undefined,
      ),
    )
    .orderBy(desc(artifacts.id))
    .limit(page.limit);
}

export async function artifactsOfRuns(runIds: string[]): Promise<ArtifactRow[]> {
  if (runIds.length === 0) return [];
  const { orm, t } = database();
  return await orm.select().from(t.artifacts).where(inArray(t.artifacts.runId, runIds)).orderBy(t.artifacts.id);
}

export async function findArtifact(id: string): Promise<ArtifactRow | null> {
  const { orm, t } = database();
  const [row] = await orm.select().from(t.artifacts).where(eq(t.artifacts.id, id)).limit(1);
  return row ?? null;
}

/** Backups of a job (null: of the configuration) at one destination beyond the newest `keepLast`, oldest last. */
export async function surplusArtifacts(
  jobId: string | null,
  destinationId: string,
  keepLast: number,
): Promise<ArtifactRow[]> {
  const { orm, t } = database();
  const { artifacts } = t;
  return await orm
    .select()
    .from(artifacts)
    .where(
      and(
        jobId === null ? isNull(artifacts.jobId) : eq(artifacts.jobId, jobId),
        eq(artifacts.destinationId, destinationId),
      ),
    )
    .orderBy(desc(artifacts.id))
    .limit(10_000)
    .offset(keepLast);
}

/** The size of the newest backup of a job: an estimate for the next one. */
export async function lastArtifactBytes(jobId: string | null): Promise<number | null> {
  const [row] = await listArtifacts({ jobId, limit: 1 });
  return row?.bytes ?? null;
}

/** Stored backups and their bytes, by destination. */
export async function storedByDestination(): Promise<Map<string, { count: number; bytes: number }>> {
  const { orm, t } = database();
  const { artifacts } = t;
  const rows = await orm
    .select({ id: artifacts.destinationId, count: count(), bytes: sum(artifacts.bytes) })
    .from(artifacts)
    .groupBy(artifacts.destinationId);
  return new Map(rows.map((row) => [row.id, { count: row.count, bytes: Number(row.bytes ?? 0) }]));
}
