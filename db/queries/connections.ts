import { inArray } from "drizzle-orm";
import { database } from "../client";
import type { ConnectionRow } from "../stores/connections";

/** The last look at each of these sources and destinations. */
export async function connectionsOf(ids: readonly string[]): Promise<Map<string, ConnectionRow>> {
  if (ids.length === 0) return new Map();
  const { orm, t } = database();
  const rows = await orm
    .select()
    .from(t.connections)
    .where(inArray(t.connections.endpointId, [...ids]));
  return new Map(rows.map((row) => [row.endpointId, row]));
}
