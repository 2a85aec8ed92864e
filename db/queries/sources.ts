import { count, eq, gt, inArray } from "drizzle-orm";
import { database } from "../client";
import type { SourceRow } from "../stores/sources";

export type { SourceRow };

/** In order of creation. */
export async function listSources(page: { cursor?: string; limit: number }): Promise<SourceRow[]> {
  const { orm, t } = database();
  return await orm
    .select()
    .from(t.sources)
    .where(page.cursor ? gt(t.sources.id, page.cursor) : undefined)
    .orderBy(t.sources.id)
    .limit(page.limit);
}

export async function findSource(id: string): Promise<SourceRow | null> {
  const { orm, t } = database();
  const [row] = await orm.select().from(t.sources).where(eq(t.sources.id, id)).limit(1);
  return row ?? null;
}

export async function sourcesById(ids: string[]): Promise<Map<string, SourceRow>> {
  if (ids.length === 0) return new Map();
  const { orm, t } = database();
  const rows = await orm.select().from(t.sources).where(inArray(t.sources.id, ids));
  return new Map(rows.map((row) => [row.id, row]));
}

/** How many jobs use each source. */
export async function sourceUse(): Promise<Map<string, number>> {
  const { orm, t } = database();
  const rows = await orm.select({ id: t.jobs.sourceId, n: count() }).from(t.jobs).groupBy(t.jobs.sourceId);
  return new Map(rows.map((row) => [row.id, row.n]));
}
