import { and, count, desc, eq, gt, inArray, isNull, lt, or } from "drizzle-orm";
import { database } from "../client";
import { isOneOf } from "../literal";
import type { SilenceRow } from "../stores/silences";

/** The one that was made last comes first. @param page.now leaves out those that have ended by then */
export async function listSilences(page: { cursor?: string; limit: number; now?: number }): Promise<SilenceRow[]> {
  const { orm, t } = database();
  const { silences: s } = t;
  return await orm
    .select()
    .from(s)
    .where(
      and(
        page.cursor ? lt(s.id, page.cursor) : undefined,
        page.now === undefined ? undefined : or(isNull(s.endsAt), gt(s.endsAt, page.now)),
      ),
    )
    .orderBy(desc(s.id))
    .limit(page.limit);
}

export async function findSilence(id: string): Promise<SilenceRow | null> {
  const { orm, t } = database();
  const [row] = await orm.select().from(t.silences).where(eq(t.silences.id, id)).limit(1);
  return row ?? null;
}

/** How many notifications silences hold, by the silence's id. */
export async function heldBySilences(ids: readonly string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const { orm, t } = database();
  const { deliveries: d } = t;
  const rows = await orm
    .select({ id: d.heldById, n: count() })
    .from(d)
    .where(
      and(
        isOneOf(d.status, "dead", "canceled", "folded", "held"),
        eq(d.status, "held"),
        eq(d.heldBy, "silence"),
        inArray(d.heldById, [...ids]),
      ),
    )
    .groupBy(d.heldById);
  return new Map(rows.flatMap(({ id, n }) => (id === null ? [] : [[id, n] as const])));
}
