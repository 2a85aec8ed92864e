import {
  and,
  asc,
  count,
  desc,
  eq,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  max,
  ne,
  notInArray,
  or,
  sql,
  sum,
} from "drizzle-orm";
import { idsSince } from "@/lib/core/id";
import type { ReportOwner, ReportSettings } from "@/lib/core/report";
import type { Role } from "@/lib/core/role";
import type { RunKind, RunStatus } from "@/lib/core/run";
import type { SilenceRecurrence } from "@/lib/core/silence";
import { database, type Tables } from "../client";
import { isOneOf } from "../literal";

/** A stretch of time, milliseconds; `to` is outside. */
interface Span {
  from: number;
  to: number;
}

/** More rows than any report needs: a bound, no page. */
const ROWS_MAX = 20_000;

/** Who gets reports, with what they chose. */
export interface StoredReportOwner {
  kind: ReportOwner;
  id: string;
  name: string;
  reports: ReportSettings;
  /** Of a user who has one. */
  timezone: string | null;
  /** Users only. */
  email: string | null;
  role: Role | null;
}

/** Active users and enabled channels that get reports. */
export async function reportOwners(): Promise<StoredReportOwner[]> {
  const { orm, t } = database();
  const { users, channels } = t;
  const people = await orm
    .select()
    .from(users)
    // A report is about all jobs: an account that is limited to some clients gets none.
    .where(and(eq(users.status, "active"), isNotNull(users.reports), isNull(users.clientIds)));
  const ways = await orm
    .select({ id: channels.id, name: channels.name, reports: channels.reports })
    .from(channels)
    .where(and(eq(channels.enabled, true), isNotNull(channels.reports)));
  return [
    ...people.flatMap(({ id, name, email, role, timezone, reports }) =>
      reports ? [{ kind: "user" as const, id, name, email, role, timezone, reports }] : [],
    ),
    ...ways.flatMap(({ id, name, reports }) =>
      reports ? [{ kind: "channel" as const, id, name, reports, timezone: null, email: null, role: null }] : [],
    ),
  ];
}

export type ReportSlot = Tables["reportSlots"]["$inferSelect"];

/** When each report is due next, by owner and period. */
export async function allReportSlots(): Promise<ReportSlot[]> {
  const { orm, t } = database();
  return await orm.select().from(t.reportSlots);
}

/** Counts runs that ended in the span by their status, but those of the configuration. */
export async function endedRuns({ from, to }: Span): Promise<Map<RunStatus, number>> {
  const { orm, t } = database();
  const { runs: r } = t;
  const rows = await orm
    .select({ status: r.status, n: count() })
    .from(r)
    .where(and(gte(r.finishedAt, from), lt(r.finishedAt, to), ne(r.kind, "config_backup")))
    .groupBy(r.status);
  return new Map(rows.map(({ status, n }) => [status, n]));
}

/** A job or target with failed runs; the error is that of one of them. */
export interface FailedRuns {
  name: string;
  kind: RunKind;
  times: number;
  error: string | null;
}

/** Failed runs of the span by what they were of, the most failures first. */
export async function failedRuns({ from, to }: Span): Promise<FailedRuns[]> {
  const { orm, t } = database();
  const { runs: r } = t;
  return await orm
    .select({ name: max(r.name).mapWith(String), kind: r.kind, times: count(), error: max(r.error) })
    .from(r)
    .where(and(gte(r.finishedAt, from), lt(r.finishedAt, to), ne(r.kind, "config_backup"), eq(r.status, "failure")))
    .groupBy(r.jobId, r.kind, sql`case when ${r.jobId} is null then ${r.name} end`)
    .orderBy(desc(count()), asc(max(r.name)))
    .limit(ROWS_MAX);
}

/** Counts runs that were asked for before the end of the span and have not ended. */
export async function unfinishedRuns({ to }: Span): Promise<number> {
  const { orm, t } = database();
  const { runs: r } = t;
  const [row] = await orm
    .select({ n: count() })
    .from(r)
    .where(and(isOneOf(r.status, "queued", "running"), lt(r.queuedAt, to), ne(r.kind, "config_backup")));
  return row?.n ?? 0;
}

/** Jobs whose backup ran at any time since the beginning of the span, or is under way. */
export async function jobsThatRan({ from, to }: Span): Promise<Set<string>> {
  const { orm, t } = database();
  const { runs: r } = t;
  const ended = await orm
    .selectDistinct({ jobId: r.jobId })
    .from(r)
    .where(and(gte(r.finishedAt, from), lt(r.queuedAt, to), eq(r.kind, "backup")));
  const open = await orm
    .selectDistinct({ jobId: r.jobId })
    .from(r)
    .where(and(isOneOf(r.status, "queued", "running"), lt(r.queuedAt, to), eq(r.kind, "backup")));
  return new Set([...ended, ...open].flatMap(({ jobId }) => jobId ?? []));
}

/** Slots that were reported as missed, as their event says. */
export interface MissedSlots {
  jobId: string;
  name: string;
  data: Record<string, unknown>;
}

/** Reports of missed slots since a moment. Found by their alerts, since events are not kept in the order of their type. */
export async function missedSlotsSince(at: number): Promise<MissedSlots[]> {
  const { orm, t } = database();
  const { alerts: a, events: e } = t;
  const isOpen = sql`${a.status} <> 'resolved'`;
  const isRecent = and(isOneOf(a.status, "resolved"), gte(a.resolvedAt, at));
  const alerts = orm
    .select({ id: a.id })
    .from(a)
    .where(and(eq(a.type, "backup.missed"), or(isOpen, isRecent)));
  return await orm
    .select({ jobId: e.subjectId, name: e.subjectName, data: e.data })
    .from(e)
    .where(
      and(
        isNotNull(e.alertId),
        inArray(e.alertId, alerts),
        eq(e.type, "backup.missed"),
        eq(e.isTest, false),
        gte(e.id, idsSince("evt", at)),
      ),
    )
    .limit(ROWS_MAX);
}

/** Enabled jobs, with their schedules. */
export async function enabledJobs() {
  const { orm, t } = database();
  const { id, name, cron, timezone, graceMinutes, updatedAt, enabled } = t.jobs;
  return await orm
    .select({ id, name, cron, timezone, graceMinutes, updatedAt })
    .from(t.jobs)
    .where(eq(enabled, true))
    .orderBy(asc(name))
    .limit(ROWS_MAX);
}

/** Bytes that the backups of each job stored in the span, by the job's id. */
export async function storedBytes({ from, to }: Span): Promise<Map<string, { name: string; bytes: number }>> {
  const { orm, t } = database();
  const { runs: r } = t;
  const rows = await orm
    .select({ jobId: r.jobId, name: max(r.name), bytes: sum(r.bytes) })
    .from(r)
    .where(
      and(
        gte(r.finishedAt, from),
        lt(r.finishedAt, to),
        eq(r.kind, "backup"),
        inArray(r.status, ["success", "warning"]),
        isNotNull(r.jobId),
      ),
    )
    .groupBy(r.jobId);
  return new Map(rows.map((row) => [row.jobId ?? "", { name: row.name ?? "", bytes: Number(row.bytes ?? 0) }]));
}

/** Open alerts, the oldest first, and how many there are. @param hiddenTypes types of events that the reader does not see */
export async function openAlertsOf(hiddenTypes: readonly string[], limit: number) {
  const { orm, t } = database();
  const { alerts: a } = t;
  const isOpen = and(
    sql`${a.status} <> 'resolved'`,
    hiddenTypes.length > 0 ? notInArray(a.type, [...hiddenTypes]) : undefined,
  );
  const [all] = await orm.select({ n: count() }).from(a).where(isOpen);
  const items = await orm
    .select({ type: a.type, title: a.title, openedAt: a.openedAt })
    .from(a)
    .where(isOpen)
    .orderBy(asc(a.openedAt), asc(a.id))
    .limit(limit);
  return { count: all?.n ?? 0, items };
}

/** Names of disabled jobs, of disabled and of muted channels. */
export async function pausedThings(now: number) {
  const { orm, t } = database();
  const { jobs: j, channels: c } = t;
  const jobs = await orm
    .select({ name: j.name })
    .from(j)
    .where(eq(j.enabled, false))
    .orderBy(asc(j.name))
    .limit(ROWS_MAX);
  const channels = await orm
    .select({ name: c.name, enabled: c.enabled, mutedUntil: c.mutedUntil })
    .from(c)
    .where(or(eq(c.enabled, false), gt(c.mutedUntil, now)))
    .orderBy(asc(c.name))
    .limit(ROWS_MAX);
  return { jobs, channels };
}

/** A silence that has begun and is not over; a recurring one may be between two of its times. */
export interface RunningSilence {
  reason: string;
  endsAt: number | null;
  recurring: SilenceRecurrence | null;
}

export async function runningSilences(now: number): Promise<RunningSilence[]> {
  const { orm, t } = database();
  const { silences: s } = t;
  return await orm
    .select({ reason: s.reason, endsAt: s.endsAt, recurring: s.recurring })
    .from(s)
    .where(and(lte(s.startsAt, now), or(isNull(s.endsAt), gt(s.endsAt, now))))
    .orderBy(asc(s.id))
    .limit(ROWS_MAX);
}
