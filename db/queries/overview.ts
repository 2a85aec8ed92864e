import { and, count, countDistinct, eq, gt, inArray, isNotNull, max, ne, or, sql, sum } from "drizzle-orm";
import { database } from "../client";
import { isOneOf } from "../literal";
import type { ChannelRow } from "../stores/channels";

/** Counts jobs, and those without an open alert. */
export async function jobFigures(): Promise<{ total: number; well: number }> {
  const { orm, t } = database();
  const { jobs, alerts } = t;
  const [all] = await orm.select({ n: count() }).from(jobs);
  const [withAlert] = await orm
    .select({ n: countDistinct(jobs.id) })
    .from(jobs)
    .innerJoin(
      alerts,
      and(eq(alerts.subjectId, jobs.id), eq(alerts.subjectKind, "job"), ne(alerts.status, "resolved")),
    );
  const total = all?.n ?? 0;
  return { total, well: total - (withAlert?.n ?? 0) };
}

/** Counts the stored backups of jobs. */
export async function storedFigures(): Promise<{ count: number; bytes: number }> {
  const { orm, t } = database();
  const [row] = await orm
    .select({ count: count(), bytes: sum(t.artifacts.bytes) })
    .from(t.artifacts)
    .where(isNotNull(t.artifacts.jobId));
  return { count: row?.count ?? 0, bytes: Number(row?.bytes ?? 0) };
}

/** Counts backup runs that ended since then, without canceled ones. */
export async function endedFigures(since: number): Promise<{ good: number; total: number }> {
  const { orm, t } = database();
  const { runs } = t;
  const rows = await orm
    .select({ status: runs.status, n: count() })
    .from(runs)
    .where(and(gt(runs.finishedAt, since), eq(runs.kind, "backup"), ne(runs.status, "canceled")))
    .groupBy(runs.status);
  const total = rows.reduce((all, row) => all + row.n, 0);
  return { total, good: total - (rows.find((row) => row.status === "failure")?.n ?? 0) };
}

/** Counts deliveries that were sent or died since then, and those that wait, without Tests. */
export async function notificationFigures(
  since: number,
): Promise<{ sent: number; dead: number; pending: number; slowestMs: number | null }> {
  const { orm, t } = database();
  const { deliveries: d } = t;
  const ended = await orm
    .select({ status: d.status, n: count(), slowest: max(sql<number>`${d.settledAt} - ${d.createdAt}`) })
    .from(d)
    .where(and(gt(d.settledAt, since), inArray(d.status, ["sent", "dead"]), ne(d.kind, "test")))
    .groupBy(d.status);
  const [waiting] = await orm
    .select({ n: count() })
    .from(d)
    .where(and(isOneOf(d.status, "pending", "sending"), ne(d.kind, "test"), ne(d.kind, "reminder")));
  const sent = ended.find((row) => row.status === "sent");
  return {
    sent: sent?.n ?? 0,
    dead: ended.find((row) => row.status === "dead")?.n ?? 0,
    pending: waiting?.n ?? 0,
    slowestMs: sent?.slowest == null ? null : Number(sent.slowest),
  };
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
