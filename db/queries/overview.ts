import { and, count, eq, gt, gte, inArray, isNotNull, lt, max, ne, notInArray, or, sql, sum } from "drizzle-orm";
import { QUARTER_MS } from "@/lib/core/quarter";
import type { RunStatus } from "@/lib/core/run";
import { database } from "../client";
import { isOneOf } from "../literal";
import { quarterOf } from "../quarter";
import type { ChannelRow } from "../stores/channels";
import { type ClientLimit, hasJobOfClients, isAboutClients } from "./client-scope";

/** Counts the stored backups of jobs. */
export async function storedFigures(clientIds?: ClientLimit): Promise<{ count: number; bytes: number }> {
  const { orm, t } = database();
  const [row] = await orm
    .select({ count: count(), bytes: sum(t.artifacts.bytes) })
    .from(t.artifacts)
    .where(and(isNotNull(t.artifacts.jobId), hasJobOfClients(t.artifacts, clientIds)));
  return { count: row?.count ?? 0, bytes: Number(row?.bytes ?? 0) };
}

/** Counts backup runs that ended since then, without canceled ones. */
export async function endedFigures(since: number, clientIds?: ClientLimit): Promise<{ good: number; total: number }> {
  const { orm, t } = database();
  const { runs } = t;
  const rows = await orm
    .select({ status: runs.status, n: count() })
    .from(runs)
    .where(
      and(
        gt(runs.finishedAt, since),
        eq(runs.kind, "backup"),
        ne(runs.status, "canceled"),
        hasJobOfClients(runs, clientIds),
      ),
    )
    .groupBy(runs.status);
  const total = rows.reduce((all, row) => all + row.n, 0);
  return { total, good: total - (rows.find((row) => row.status === "failure")?.n ?? 0) };
}

/** Counts the backup runs that ended in each quarter of an hour of a span. @param from milliseconds, as `until`, which is outside */
export async function outcomesByQuarter(
  from: number,
  until: number,
): Promise<{ at: number; status: RunStatus; count: number }[]> {
  const { orm, t } = database();
  const { runs } = t;
  const quarter = quarterOf(runs.finishedAt);
  const rows = await orm
    .select({ quarter, status: runs.status, count: count() })
    .from(runs)
    .where(and(gte(runs.finishedAt, from), lt(runs.finishedAt, until), eq(runs.kind, "backup")))
    .groupBy(quarter, runs.status);
  return rows.map((row) => ({ at: Number(row.quarter) * QUARTER_MS, status: row.status, count: row.count }));
}

/** Deliveries that ended in a span of time. */
export interface SettledFigures {
  sent: number;
  dead: number;
  /** From recorded to sent, milliseconds; null when none was sent. */
  slowestMs: number | null;
}

/** Counts deliveries that were sent or died in a span, without Tests. @param from milliseconds, as `until`, which is outside */
export async function settledFigures(from: number, until: number): Promise<SettledFigures> {
  const { orm, t } = database();
  const { deliveries: d } = t;
  const ended = await orm
    .select({ status: d.status, n: count(), slowest: max(sql<number>`${d.settledAt} - ${d.createdAt}`) })
    .from(d)
    .where(and(gte(d.settledAt, from), lt(d.settledAt, until), inArray(d.status, ["sent", "dead"]), ne(d.kind, "test")))
    .groupBy(d.status);
  const sent = ended.find((row) => row.status === "sent");
  return {
    sent: sent?.n ?? 0,
    dead: ended.find((row) => row.status === "dead")?.n ?? 0,
    slowestMs: sent?.slowest == null ? null : Number(sent.slowest),
  };
}

/** Counts deliveries that wait or are in flight, without Tests, reminders and escalations. By an index alone, however many there are. */
export async function waitingDeliveries(): Promise<number> {
  const { orm, t } = database();
  const { deliveries: d } = t;
  const [waiting] = await orm
    .select({ n: count() })
    .from(d)
    .where(and(isOneOf(d.status, "pending", "sending"), notInArray(d.kind, ["test", "reminder", "escalation"])));
  return waiting?.n ?? 0;
}

/** Channels that cannot deliver at the moment. */
export async function failingChannels(): Promise<ChannelRow[]> {
  const { orm, t } = database();
  const { channels, channelStates: state } = t;
  const rows = await orm
    .select({ channel: channels })
    .from(channels)
    .innerJoin(state, eq(state.channelId, channels.id))
    .where(or(ne(state.health, "healthy"), isNotNull(state.failingSince)))
    .orderBy(channels.name);
  return rows.map((row) => row.channel);
}

/** The deliveries about some clients and their jobs since then, without Tests. @param since milliseconds */
export async function deliveriesAboutClients(
  since: number,
  clientIds: readonly string[],
): Promise<SettledFigures & { pending: number }> {
  const { orm, t } = database();
  const { deliveries: d, events: e } = t;
  const rows = await orm
    .select({ status: d.status, n: count(), slowest: max(sql<number>`${d.settledAt} - ${d.createdAt}`) })
    .from(d)
    .innerJoin(e, eq(e.id, d.eventId))
    .where(
      and(
        isAboutClients(e, clientIds),
        ne(d.kind, "test"),
        or(
          and(gte(d.settledAt, since), inArray(d.status, ["sent", "dead"])),
          and(isOneOf(d.status, "pending", "sending"), notInArray(d.kind, ["reminder", "escalation"])),
        ),
      ),
    )
    .groupBy(d.status);
  const countOf = (status: string) => rows.find((row) => row.status === status)?.n ?? 0;
  const slowest = rows.find((row) => row.status === "sent")?.slowest;
  return {
    sent: countOf("sent"),
    dead: countOf("dead"),
    slowestMs: slowest == null ? null : Number(slowest),
    pending: countOf("pending") + countOf("sending"),
  };
}
