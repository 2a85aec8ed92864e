import { and, eq, gt, inArray, isNotNull } from "drizzle-orm";
import type { DestinationWatch } from "@/lib/core/destination-watch";
import type { LabelFilter } from "@/lib/core/label";
import { database } from "../client";
import type { EndpointRow, EndpointTableName } from "../stores/endpoints";
import { hasLabel } from "./labels";
import { nameHas } from "./name-has";

export type { EndpointRow, EndpointTableName };

/** In order of creation. @param page `q` is searched for in the name */
export async function listEndpoints(
  table: EndpointTableName,
  page: { cursor?: string; limit: number; q?: string; label?: LabelFilter },
): Promise<EndpointRow[]> {
  const { orm, t } = database();
  const endpoints = t[table];
  return await orm
    .select()
    .from(endpoints)
    .where(
      and(
        page.cursor ? gt(endpoints.id, page.cursor) : undefined,
        nameHas(endpoints.name, page.q),
        hasLabel(table === "sources" ? "source" : "destination", endpoints.id, page.label),
      ),
    )
    .orderBy(endpoints.id)
    .limit(page.limit);
}

export async function findEndpoint(table: EndpointTableName, id: string): Promise<EndpointRow | null> {
  return (await endpointsById(table, [id])).get(id) ?? null;
}

/** Those that exist of the ids asked for. */
export async function endpointsById(table: EndpointTableName, ids: string[]): Promise<Map<string, EndpointRow>> {
  if (ids.length === 0) return new Map();
  const { orm, t } = database();
  const rows = await orm.select().from(t[table]).where(inArray(t[table].id, ids));
  return new Map(rows.map((row) => [row.id, row]));
}

/** Every endpoint by name: for pickers. */
export async function endpointNames(table: EndpointTableName): Promise<Pick<EndpointRow, "id" | "name" | "kind">[]> {
  const { orm, t } = database();
  const { id, name, kind } = t[table];
  return await orm.select({ id, name, kind }).from(t[table]).orderBy(name);
}

/** A job that uses an endpoint. */
export interface EndpointUse {
  endpointId: string;
  id: string;
  name: string;
}

/** The jobs that read these sources. */
export async function jobsOfSources(ids: string[]): Promise<EndpointUse[]> {
  if (ids.length === 0) return [];
  const { orm, t } = database();
  const rows = await orm
    .select({ endpointId: t.jobs.sourceId, id: t.jobs.id, name: t.jobs.name })
    .from(t.jobs)
    .where(inArray(t.jobs.sourceId, ids))
    .orderBy(t.jobs.name);
  return rows.flatMap(({ endpointId, ...job }) => (endpointId ? [{ endpointId, ...job }] : []));
}

/** The jobs that write to these destinations. */
export async function jobsOfDestinations(ids: string[]): Promise<EndpointUse[]> {
  if (ids.length === 0) return [];
  const { orm, t } = database();
  return await orm
    .select({ endpointId: t.jobDestinations.destinationId, id: t.jobs.id, name: t.jobs.name })
    .from(t.jobDestinations)
    .innerJoin(t.jobs, eq(t.jobs.id, t.jobDestinations.jobId))
    .where(inArray(t.jobDestinations.destinationId, ids))
    .orderBy(t.jobs.name);
}

/** Destinations of which something is watched, in order of creation. */
export async function watchedDestinations(): Promise<(EndpointRow & { watch: DestinationWatch })[]> {
  const { orm, t } = database();
  const rows = await orm
    .select()
    .from(t.destinations)
    .where(isNotNull(t.destinations.watch))
    .orderBy(t.destinations.id);
  return rows.flatMap((row) => (row.watch ? [{ ...row, watch: row.watch }] : []));
}
