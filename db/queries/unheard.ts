import { and, asc, eq, isNotNull, isNull, lte } from "drizzle-orm";
import { database } from "../client";
import { reachedNobodyQuery } from "../stores/unheard";

/** Alerts of which it counts since before a time that no channel has taken them, and which have had no verdict. */
export async function overdueUnheard(until: number, limit: number): Promise<{ id: string; dedupKey: string }[]> {
  const { orm, t } = database();
  const { alerts: a } = t;
  return await orm
    .select({ id: a.id, dedupKey: a.dedupKey })
    .from(a)
    .where(and(isNotNull(a.unheardFrom), lte(a.unheardFrom, until), isNull(a.fallbackAt), eq(a.status, "firing")))
    .orderBy(asc(a.unheardFrom))
    .limit(limit);
}

/**
 * How many open alerts reached nobody, and since when, milliseconds.
 * @param until a fallback notification that was planned by then and is not sent has failed, milliseconds
 */
export async function reachedNobody(now: number, until: number): Promise<{ count: number; since: number | null }> {
  const [row] = await reachedNobodyQuery(database(), now, until);
  return { count: row?.count ?? 0, since: row?.since ?? null };
}
