import { and, asc, desc, eq, exists, inArray, isNotNull, isNull, lt, lte, ne } from "drizzle-orm";
import type { JobState } from "@/lib/core/job";
import { SYSTEM_MAIL_ID } from "@/lib/core/system-mail";
import { database } from "../client";
import { isOneOf } from "../literal";
import { isEndBehind } from "../stores/cancel-claimed";
import type { ClaimedDelivery, ClaimedEvent } from "../stores/outbox";
import { type RawRouting, readRawRouting } from "../stores/routing";
import { MAIL_SETTINGS } from "../stores/system-mail-settings";
import { transact } from "../transact";

/** What a worker needs of a channel. */
export async function findChannel(id: string) {
  const { orm, t } = database();
  const [row] = await orm.select().from(t.channels).where(eq(t.channels.id, id)).limit(1);
  return row ?? null;
}

/** When the stored system mail server last changed, milliseconds; null while none is set. */
export async function mailServerChangedAt(): Promise<number | null> {
  const { orm, t } = database();
  const { settings: s } = t;
  const [row] = await orm.select({ at: s.updatedAt }).from(s).where(eq(s.key, MAIL_SETTINGS)).limit(1);
  return row?.at ?? null;
}

/** The services that have a channel which is on. */
export async function servicesInUse(): Promise<string[]> {
  const { orm, t } = database();
  const rows = await orm
    .selectDistinct({ provider: t.channels.provider })
    .from(t.channels)
    .where(eq(t.channels.enabled, true));
  return rows.map((row) => row.provider);
}

/** All channels, the newest last: in one order for every process. The system mail server is as old as the installation. */
export async function channelIdsInOrder(): Promise<string[]> {
  const { orm, t } = database();
  const { id, createdAt } = t.channels;
  const rows = await orm.select({ id }).from(t.channels).orderBy(asc(createdAt), asc(id));
  return [SYSTEM_MAIL_ID, ...rows.map((row) => row.id)];
}

/** Channels for which something is due. The safety net beneath the notices. */
export async function channelsWithDue(now: number): Promise<string[]> {
  const { orm, t } = database();
  const { channels: c, deliveries: d } = t;
  const due = and(isOneOf(d.status, "pending"), lte(d.dueAt, now));
  const rows = await orm
    .select({ id: c.id })
    .from(c)
    .where(
      exists(
        orm
          .select({ id: d.id })
          .from(d)
          .where(and(eq(d.channelId, c.id), due)),
      ),
    );
  const [mail] = await orm
    .select({ id: d.id })
    .from(d)
    .where(and(eq(d.channelId, SYSTEM_MAIL_ID), due))
    .limit(1);
  return [...rows.map((row) => row.id), ...(mail ? [SYSTEM_MAIL_ID] : [])];
}

/** Something that was held may go. */
export async function hasHeldDue(now: number): Promise<boolean> {
  const { orm, t } = database();
  const { deliveries: d } = t;
  const rows = await orm
    .select({ id: d.id })
    .from(d)
    .where(and(isOneOf(d.status, "dead", "canceled", "folded", "held"), eq(d.status, "held"), lte(d.dueAt, now)))
    .limit(1);
  return rows.length > 0;
}

export async function eventsById(ids: readonly string[]): Promise<ClaimedEvent[]> {
  const { orm, t } = database();
  const { events: e } = t;
  return orm
    .select({
      id: e.id,
      type: e.type,
      at: e.at,
      subject: { kind: e.subjectKind, id: e.subjectId, name: e.subjectName },
      runId: e.runId,
      data: e.data,
      notification: e.notification,
    })
    .from(e)
    .where(inArray(e.id, [...ids]));
}

export async function alertById(id: string) {
  const { orm, t } = database();
  const [row] = await orm.select().from(t.alerts).where(eq(t.alerts.id, id)).limit(1);
  return row ?? null;
}

/** Whether a message that the same problem is over waits behind a delivery. */
export async function endsBehind(delivery: ClaimedDelivery): Promise<boolean> {
  const { orm, t } = database();
  const { deliveries: d } = t;
  const rows = await orm.select({ id: d.id }).from(d).where(isEndBehind(d, delivery)).limit(1);
  return rows.length > 0;
}

/** Whether a silence dropped whatever a recipient was to get of the problem that a recovery ends: then it never heard of that. */
export async function wasOnlyDropped({ id, alertId, channelId, recipient }: ClaimedDelivery): Promise<boolean> {
  if (alertId === null) return false;
  const { orm, t } = database();
  const { deliveries: d } = t;
  const rows = await orm
    .selectDistinct({ status: d.status, reasonCode: d.reasonCode })
    .from(d)
    .where(
      and(
        eq(d.alertId, alertId),
        channelId === null ? isNull(d.channelId) : eq(d.channelId, channelId),
        eq(d.recipient, recipient),
        lt(d.id, id),
      ),
    );
  const isDropped = (row: (typeof rows)[number]) => row.status === "canceled" && row.reasonCode === "silence_dropped";
  return rows.length > 0 && rows.every(isDropped);
}

/** A run's whole log as one text; bounded by what the runner keeps. */
export async function runLogText(runId: string): Promise<string> {
  const { orm, t } = database();
  const rows = await orm
    .select({ text: t.runLogs.text })
    .from(t.runLogs)
    .where(eq(t.runLogs.runId, runId))
    .orderBy(asc(t.runLogs.seq));
  return rows.map((row) => row.text).join("");
}

/** The same by pieces, each with the time it was written. */
export async function runLogPieces(runId: string): Promise<{ at: number; text: string }[]> {
  const { orm, t } = database();
  return orm
    .select({ at: t.runLogs.at, text: t.runLogs.text })
    .from(t.runLogs)
    .where(eq(t.runLogs.runId, runId))
    .orderBy(asc(t.runLogs.seq));
}

export async function hasRunEnded(runId: string): Promise<boolean> {
  const { orm, t } = database();
  const [row] = await orm.select({ finishedAt: t.runs.finishedAt }).from(t.runs).where(eq(t.runs.id, runId)).limit(1);
  return row?.finishedAt !== undefined && row.finishedAt !== null;
}

/** How the last backup of a job that ended did, other than this run's; null when none did. */
export async function lastOutcome(jobId: string, runId: string | null): Promise<JobState | null> {
  const { orm, t } = database();
  const { runs: r } = t;
  const [row] = await orm
    .select({ status: r.status })
    .from(r)
    .where(
      and(
        eq(r.jobId, jobId),
        eq(r.kind, "backup"),
        inArray(r.status, ["success", "warning", "failure"]),
        ne(r.id, runId ?? ""),
      ),
    )
    .orderBy(desc(r.id))
    .limit(1);
  return (row?.status as JobState | undefined) ?? null;
}

/** The receipts of the first and the last message about an alert to one recipient; null when the service gave none. */
export async function receiptsOf(
  alertId: string,
  channelId: string,
  recipient: string,
): Promise<{ first: string; last: string } | null> {
  const { orm, t } = database();
  const { deliveries: d } = t;
  const rows = await orm
    .select({ receipt: d.receipt })
    .from(d)
    .where(
      and(
        eq(d.alertId, alertId),
        eq(d.channelId, channelId),
        eq(d.recipient, recipient),
        eq(d.status, "sent"),
        inArray(d.kind, ["initial", "reminder", "escalation"]),
        isNotNull(d.receipt),
      ),
    )
    .orderBy(asc(d.id));
  const [first] = rows;
  const last = rows.at(-1);
  return first?.receipt && last?.receipt ? { first: first.receipt, last: last.receipt } : null;
}

/** What says what an account may still get; null when it is gone. */
export async function accountById(id: string) {
  const { orm, t } = database();
  const { users: u } = t;
  const [row] = await orm.select({ role: u.role, status: u.status }).from(u).where(eq(u.id, id)).limit(1);
  return row ?? null;
}

export async function personTimezone(userId: string): Promise<string | null> {
  const { orm, t } = database();
  const [row] = await orm.select({ timezone: t.users.timezone }).from(t.users).where(eq(t.users.id, userId)).limit(1);
  return row?.timezone ?? null;
}

export async function settingValue<T>(key: string): Promise<T | null> {
  const { orm, t } = database();
  const [row] = await orm.select({ value: t.settings.value }).from(t.settings).where(eq(t.settings.key, key)).limit(1);
  return (row?.value as T | undefined) ?? null;
}

export async function stateValue<T>(key: string): Promise<T | null> {
  const { orm, t } = database();
  const { systemState: s } = t;
  const [row] = await orm.select({ value: s.value }).from(s).where(eq(s.key, key)).limit(1);
  return (row?.value as T | undefined) ?? null;
}

/** Until when a channel's service asked to pause; null when it did not. */
export async function channelPause(channelId: string): Promise<number | null> {
  const { orm, t } = database();
  const { channelStates: s } = t;
  const [row] = await orm.select({ pausedUntil: s.pausedUntil }).from(s).where(eq(s.channelId, channelId)).limit(1);
  return row?.pausedUntil ?? null;
}

/** The stored rows that routing is made of, outside of any transaction: for previews and Tests. */
export function routingNow(): Promise<RawRouting> {
  return transact([], (tx) => readRawRouting(tx));
}
