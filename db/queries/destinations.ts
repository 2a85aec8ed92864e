import { and, eq, gt, inArray } from "drizzle-orm";
import { database } from "../client";
import type { DestinationRow } from "../stores/destinations";
import { nameHas } from "./name-has";

export type { DestinationRow };

/** In order of creation. */
export async function listDestinations(page: {
  cursor?: string;
  limit: number;
  q?: string;
}): Promise<DestinationRow[]> {
  const { orm, t } = database();
  return await orm
    .select()
    .from(t.destinations)
    .where(and(page.cursor ? gt(t.destinations.id, page.cursor) : undefined, nameHas(t.destinations.name, page.q)))
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

/** The jobs that write to these destinations. */
export async function jobsOfDestinations(
  ids: string[],
): Promise<{ destinationId: string; id: string; name: string }[]> {
  if (ids.length === 0) return [];
  const { orm, t } = database();
  return await orm
    .select({ destinationId: t.jobDestinations.destinationId, id: t.jobs.id, name: t.jobs.name })
    .from(t.jobDestinations)
    .innerJoin(t.jobs, eq(t.jobs.id, t.jobDestinations.jobId))
    .where(inArray(t.jobDestinations.destinationId, ids))
    .orderBy(t.jobs.name);
}

/** Every destination by name: for pickers. */
export async function destinationOptions(): Promise<Pick<DestinationRow, "id" | "name" | "kind">[]> {
  const { orm, t } = database();
  const { id, name, kind } = t.destinations;
  return await orm.select({ id, name, kind }).from(t.destinations).orderBy(name);
}
