import { and, count, desc, eq, gte, max, ne, type SQL, sql, sum } from "drizzle-orm";
import { idsSince } from "@/lib/core/id";
import { QUARTER_MS } from "@/lib/core/quarter";
import { database } from "../client";
import { quarterOf } from "../quarter";

/** A channel may have hundreds of thousands of deliveries, and on SQLite a query keeps everything else waiting. */
const MOST = 10_000;
const MOST_SPANS = 100;

/** The attempts of a channel in a quarter of an hour. */
export interface QuarterAttempts {
  /** When it began, milliseconds. */
  at: number;
  sent: number;
  failed: number;
  /** Of those that were sent, milliseconds. */
  totalLatencyMs: number;
  slowestMs: number;
}

/**
 * The attempts of the newest deliveries of a channel.
 * @param since milliseconds
 * @returns `from`: since when all of them are there, where there are too many to read; else null
 */
export async function attemptsByQuarter(
  channelId: string,
  since: number,
): Promise<{ quarters: QuarterAttempts[]; from: number | null }> {
  const { orm, t } = database();
  const { deliveries: d, attempts: a } = t;
  const floor = idsSince("dlv", since);
  const [edge] = await orm
    .select({ id: d.id, createdAt: d.createdAt })
    .from(d)
    .where(and(eq(d.channelId, channelId), gte(d.id, floor)))
    .orderBy(desc(d.id))
    .limit(1)
    .offset(MOST);
  const quarter = quarterOf(a.at);
  const isSent = eq(a.outcome, "sent");
  const latency = sql<number>`case when ${isSent} then ${a.latencyMs} else 0 end`;
  const rows = await orm
    .select({
      quarter,
      attempts: count(),
      sent: sum(sql`case when ${isSent} then 1 else 0 end`),
      totalLatencyMs: sum(latency),
      slowestMs: max(latency),
    })
    .from(d)
    .innerJoin(a, eq(a.deliveryId, d.id))
    .where(and(eq(d.channelId, channelId), gte(d.id, edge?.id ?? floor)))
    .groupBy(quarter);
  const quarters = rows.map((row) => ({
    at: Number(row.quarter) * QUARTER_MS,
    sent: Number(row.sent ?? 0),
    failed: row.attempts - Number(row.sent ?? 0),
    totalLatencyMs: Number(row.totalLatencyMs ?? 0),
    slowestMs: Number(row.slowestMs ?? 0),
  }));
  return { quarters, from: edge?.createdAt ?? null };
}

/** When a channel failed as a whole. Milliseconds; `until` null: it still does. @param key of the alert about that */
export async function failingSpans(key: string, since: number): Promise<{ from: number; until: number | null }[]> {
  const { orm, t } = database();
  const { alerts: a } = t;
  const spans = (condition: SQL | undefined) =>
    orm
      .select({ from: a.openedAt, until: a.resolvedAt })
      .from(a)
      .where(and(eq(a.dedupKey, key), condition))
      .orderBy(desc(a.id))
      .limit(MOST_SPANS);
  const [open, over] = await Promise.all([
    spans(ne(a.status, "resolved")),
    spans(and(eq(a.status, "resolved"), gte(a.resolvedAt, since))),
  ]);
  return [...open, ...over];
}
