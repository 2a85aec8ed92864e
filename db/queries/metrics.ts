import { and, count, eq, gte, inArray, isNotNull, max, min, ne } from "drizzle-orm";
import { SYSTEM_MAIL_ID } from "@/lib/core/system-mail";
import { database } from "../client";
import { isOneOf } from "../literal";
import { MAIL_SETTINGS } from "../stores/system-mail-settings";

/** Counts for `/metrics`: a few grouped queries, independent of the number of channels and jobs. */
export async function readMetrics(now: number) {
  const { orm, t } = database();
  const { deliveries: d, channels: c, channelStates: s, alerts: a, runs: r } = t;
  const since = now - 86_400_000;
  const [waiting, settled, byChannel, channels, systemMail, alerts, jobs, runs, ended] = await Promise.all([
    orm
      .select({ count: count(), oldest: min(d.dueAt) })
      .from(d)
      .where(and(isOneOf(d.status, "pending", "sending"), eq(d.status, "pending"))),
    orm.select({ status: d.status, count: count() }).from(d).where(gte(d.settledAt, since)).groupBy(d.status),
    orm
      .select({ channel: c.name, status: d.status, count: count() })
      .from(d)
      .innerJoin(c, eq(c.id, d.channelId))
      .where(gte(d.settledAt, since))
      .groupBy(c.name, d.status),
    orm.select({ name: c.name, provider: c.provider, health: s.health }).from(c).leftJoin(s, eq(s.channelId, c.id)),
    orm
      .select({ health: s.health })
      .from(t.settings)
      .leftJoin(s, eq(s.channelId, SYSTEM_MAIL_ID))
      .where(eq(t.settings.key, MAIL_SETTINGS)),
    orm.select({ severity: a.severity, count: count() }).from(a).where(ne(a.status, "resolved")).groupBy(a.severity),
    orm
      .select({ name: t.jobs.name, at: max(r.finishedAt) })
      .from(r)
      .innerJoin(t.jobs, eq(t.jobs.id, r.jobId))
      .where(and(inArray(r.status, ["success", "warning"]), isNotNull(r.finishedAt)))
      .groupBy(t.jobs.name),
    orm
      .select({ status: r.status, count: count() })
      .from(r)
      .where(inArray(r.status, ["queued", "running"]))
      .groupBy(r.status),
    orm.select({ status: r.status, count: count() }).from(r).where(gte(r.finishedAt, since)).groupBy(r.status),
  ]);
  const [first] = waiting;
  const oldest = first?.oldest ?? null;
  return {
    pending: first?.count ?? 0,
    oldestSeconds: oldest === null ? 0 : Math.max(0, Math.round((now - oldest) / 1000)),
    settled,
    /** Settled deliveries of each channel. */
    byChannel,
    channels: channels.map((row) => ({ ...row, health: row.health ?? ("healthy" as const) })),
    /** Null while no system mail server is set. */
    systemMail: systemMail[0] ? (systemMail[0].health ?? ("healthy" as const)) : null,
    alerts,
    jobs: jobs.flatMap(({ name, at }) => (at === null ? [] : [{ name, at }])),
    runs,
    /** Runs that ended, by how. */
    ended,
  };
}
