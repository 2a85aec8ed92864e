import { and, count, desc, eq, gte, inArray, lt, notInArray } from "drizzle-orm";
import { idsSince } from "@/lib/core/id";
import { database } from "../client";
import type { EventRow } from "./deliveries";

export type { EventRow };

/** Newest first. Samples that a Test sent are left out. */
export async function listEvents(page: {
  cursor?: string;
  limit: number;
  type?: string;
  jobId?: string;
  hiddenTypes: readonly string[];
}): Promise<EventRow[]> {
  const { orm, t } = database();
  const { events: e } = t;
  return await orm
    .select()
    .from(e)
    .where(
      and(
        eq(e.isTest, false),
        page.cursor ? lt(e.id, page.cursor) : undefined,
        page.type ? eq(e.type, page.type) : undefined,
        page.jobId ? eq(e.jobId, page.jobId) : undefined,
        page.hiddenTypes.length > 0 ? notInArray(e.type, [...page.hiddenTypes]) : undefined,
      ),
    )
    .orderBy(desc(e.id))
    .limit(page.limit);
}

/** What happened since a time, for comparing it with conditions; the newest first. */
export async function recentEvents(asked: { since: number; limit: number; hiddenTypes: readonly string[] }) {
  const { orm, t } = database();
  const { events: e } = t;
  return await orm
    .select({
      type: e.type,
      severity: e.severity,
      subject: { kind: e.subjectKind, id: e.subjectId, name: e.subjectName },
      data: e.data,
      at: e.at,
    })
    .from(e)
    .where(
      and(
        gte(e.id, idsSince("evt", asked.since)),
        eq(e.isTest, false),
        asked.hiddenTypes.length > 0 ? notInArray(e.type, [...asked.hiddenTypes]) : undefined,
      ),
    )
    .orderBy(desc(e.id))
    .limit(asked.limit);
}

export async function findEvent(id: string): Promise<EventRow | null> {
  const { orm, t } = database();
  const [row] = await orm.select().from(t.events).where(eq(t.events.id, id)).limit(1);
  return row ?? null;
}

/** How many deliveries each of these events has. */
export async function deliveriesPerEvent(ids: string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const { orm, t } = database();
  const rows = await orm
    .select({ id: t.deliveries.eventId, n: count() })
    .from(t.deliveries)
    .where(inArray(t.deliveries.eventId, ids))
    .groupBy(t.deliveries.eventId);
  return new Map(rows.map((row) => [row.id, Number(row.n)]));
}
