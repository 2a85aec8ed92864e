import { count, eq, gt, inArray } from "drizzle-orm";
import { database } from "../client";
import type { DestinationRow } from "../stores/destinations";

export type { DestinationRow };

/** In order of creation. */
export async function listDestinations(page: { cursor?: string; limit: number }): Promise<DestinationRow[]> {
  const { orm, t } = database();
  return await orm
    .select()
    .from(t.destinations)
    .where(page.cursor ? gt(t.destinations.id, page.cursor) : undefined)
    .orderBy(t.destinations.id)
    .limit(page.limit);
}

export async function findDestination(id: string): Promise<DestinationRow | null> {
  const { orm, t } = database();
  const [row] = await orm.select().from(t.destinations).where(eq(t.destinations.id, id)).limit(1);
  return row ?? null;
}

export async function destinationsById(ids: string[]): Promise<Map<string, DestinationRow>> {
  if (ids.length === 0) return new Map();
  const { orm, t } = database();
  const rows = await orm.select().from(t.destinations).where(inArray(t.destinations.id, ids));
  return new Map(rows.map((row) => [row.id, row]));
}

/** How many jobs use each destination. */
export async function destinationUse(): Promise<Map<string, number>> {
  const { orm, t } = database();
  const rows = await orm
    .select({ id: t.jobDestinations.destinationId, n: count() })
    .from(t.jobDestinations)
    .groupBy(t.jobDestinations.destinationId);
  return new Map(rows.map((row) => [row.id, row.n]));
}
