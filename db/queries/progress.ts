import { and, eq, gt, inArray, isNotNull, lte, min, sql } from "drizzle-orm";
import { WAITING_LIMIT_MS } from "@/lib/core/health-limits";
import { STARTABLE_KINDS } from "@/lib/core/job";
import { peekRuntimeValue } from "@/lib/core/runtime";
import { SYSTEM_MAIL_ID, SYSTEM_MAIL_NAME } from "@/lib/core/system-mail";
import { database } from "../client";
import { databaseNow } from "../database-clock";
import { isOneOf } from "../literal";
import { isNextInOrder } from "../stores/next-in-order";
import { stateValue } from "./dispatch";

/** When the scheduler that leads, in whichever process, last looked for due backups, milliseconds; null: none ever did. */
export async function lastSchedulerTick(): Promise<number | null> {
  const own = peekRuntimeValue("lastTickAt") ?? null;
  // As of a few seconds ago: it is stored where the leader renews its lease.
  const stored = (await stateValue<{ workedAt?: number | null }>("scheduler-lease"))?.workedAt ?? null;
  return own === null ? stored : Math.max(own, stored ?? 0);
}

/** Since when the oldest slot of a schedule is due that has not been run or reported, milliseconds; null when none is. */
export async function oldestDueSlot(now: number): Promise<number | null> {
  const { orm, t } = database();
  const { jobs } = t;
  const [row] = await orm
    .select({ at: min(jobs.nextRunAt) })
    .from(jobs)
    .where(
      and(
        inArray(jobs.kind, [...STARTABLE_KINDS]),
        eq(jobs.enabled, true),
        isNotNull(jobs.nextRunAt),
        lte(jobs.nextRunAt, now),
      ),
    );
  return row?.at === null || row?.at === undefined ? null : Number(row.at);
}

/** A channel with something that may be sent: the channel is enabled and healthy, and nothing of an order is before it. */
export interface WaitingChannel {
  id: string;
  name: string;
  /** Since when its oldest such delivery is due, milliseconds. */
  dueAt: number;
  /** When it last sent something, or was refused; milliseconds. */
  lastUsedAt: number | null;
  /** Its own rate limit gives each delivery this long, milliseconds. */
  paceMs: number;
  /** Something of it is under way. */
  isSending: boolean;
}

/** The channels with something that may be sent and was due before that moment. @param before milliseconds */
export async function waitingChannels(before: number): Promise<WaitingChannel[]> {
  const { orm, t } = database();
  const { channels: c, channelStates: s, deliveries: d } = t;
  // By the index of what is due: as many steps as there are channels.
  const oldest = sql<
    number | null
  >`(select min(${d.dueAt}) from ${d} where ${d.channelId} = ${c.id} and ${isOneOf(d.status, "pending")})`;
  const rows = await orm
    .select({
      id: c.id,
      name: c.name,
      rateLimit: c.rateLimit,
      lastSuccessAt: s.lastSuccessAt,
      lastErrorAt: s.lastErrorAt,
      health: s.health,
      oldest,
    })
    .from(c)
    .leftJoin(s, eq(s.channelId, c.id))
    .where(eq(c.enabled, true));
  const due = [...rows, ...(await systemMailQueue())].filter(
    ({ health, oldest: at }) => at !== null && Number(at) <= before && (health ?? "healthy") === "healthy",
  );
  if (due.length === 0) return [];
  const ids = due.map(({ id }) => id);
  const sending = await orm
    .selectDistinct({ id: d.channelId })
    .from(d)
    .where(
      and(
        isOneOf(d.status, "pending", "sending"),
        eq(d.status, "sending"),
        inArray(d.channelId, ids),
        gt(d.leaseUntil, databaseNow()),
      ),
    );
  const waiting: WaitingChannel[] = [];
  for (const { id, name, rateLimit, lastSuccessAt, lastErrorAt } of due) {
    const dueAt = await oldestSendable(id, before);
    if (dueAt === null) continue;
    waiting.push({
      id,
      name,
      dueAt,
      lastUsedAt: Math.max(Number(lastSuccessAt ?? 0), Number(lastErrorAt ?? 0)) || null,
      paceMs: rateLimit ? (rateLimit.perSeconds * 1_000) / rateLimit.requests : 0,
      isSending: sending.some((row) => row.id === id),
    });
  }
  return waiting;
}

/** The system mail server as one of those channels; none while nothing waits for it. */
async function systemMailQueue() {
  const { orm, t } = database();
  const { channelStates: s, deliveries: d } = t;
  const waits = and(eq(d.channelId, SYSTEM_MAIL_ID), isOneOf(d.status, "pending"));
  const [oldest] = await orm
    .select({ at: min(d.dueAt) })
    .from(d)
    .where(waits);
  if (oldest?.at == null) return [];
  const { lastSuccessAt, lastErrorAt, health } = s;
  const [state] = await orm
    .select({ lastSuccessAt, lastErrorAt, health })
    .from(s)
    .where(eq(s.channelId, SYSTEM_MAIL_ID));
  const unknown = { lastSuccessAt: null, lastErrorAt: null, health: null };
  return [{ id: SYSTEM_MAIL_ID, name: SYSTEM_MAIL_NAME, rateLimit: null, oldest: oldest.at, ...(state ?? unknown) }];
}

/**
 * The channels whose deliveries may be sent and are not: healthy, nothing under way, nothing sent for longer than their
 * pace explains.
 */
export async function stuckChannels(now: number): Promise<WaitingChannel[]> {
  const waiting = await waitingChannels(now - WAITING_LIMIT_MS);
  return waiting.filter(({ dueAt, lastUsedAt, paceMs, isSending }) => {
    const stillMs = now - Math.max(dueAt, lastUsedAt ?? 0);
    return !isSending && stillMs > WAITING_LIMIT_MS + 2 * paceMs;
  });
}

/** Since when the oldest delivery of a channel is due that nothing before it holds up. */
async function oldestSendable(channelId: string, before: number): Promise<number | null> {
  const { orm, t } = database();
  const { deliveries: d } = t;
  const [row] = await orm
    .select({ at: d.dueAt })
    .from(d)
    .where(
      and(
        eq(d.channelId, channelId),
        isOneOf(d.status, "pending"),
        lte(d.dueAt, before),
        isNextInOrder(orm, d, d, databaseNow()),
      ),
    )
    .orderBy(d.dueAt)
    .limit(1);
  return row ? Number(row.at) : null;
}
