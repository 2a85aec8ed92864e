import { and, eq, gt, inArray } from "drizzle-orm";
import { database } from "../client";
import type { SourceRow } from "../stores/sources";
import { nameHas } from "./name-has";

export type { SourceRow };

/** In order of creation. */
export async function listSources(page: { cursor?: string; limit: number; q?: string }): Promise<SourceRow[]> {
  const { orm, t } = database();
  return await orm
    .select()
    .from(t.sources)
    .where(and(page.cursor ? gt(t.sources.id, page.cursor) : undefined, nameHas(t.sources.name, page.q)))
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

/** The jobs that read these sources. */
export async function jobsOfSources(ids: string[]): Promise<{ sourceId: string; id: string; name: string }[]> {
  if (ids.length === 0) return [];
  const { orm, t } = database();
  const rows = await orm
    .select({ sourceId: t.jobs.sourceId, id: t.jobs.id, name: t.jobs.name })
    .from(t.jobs)
    .where(inArray(t.jobs.sourceId, ids))
    .orderBy(t.jobs.name);
  return rows.flatMap(({ sourceId, ...job }) => (sourceId ? [{ sourceId, ...job }] : []));
}

/** Every source by name: for pickers. */
export async function sourceNames(): Promise<Pick<SourceRow, "id" | "name" | "kind">[]> {
  const { orm, t } = database();
  const { id, name, kind } = t.sources;
  return await orm.select({ id, name, kind }).from(t.sources).orderBy(name);
}
