import { and, count, eq, exists, inArray, isNotNull, isNull, lte, max, min, ne, notExists, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import type { DeliveryStatus } from "@/lib/core/delivery";
import type { Tables } from "../client";
import { isOneOf } from "../literal";
import { forUpdate } from "../row-lock";
import { type Steps, step, type Tx } from "../transact";
import type { ChannelState } from "./channel-queue";

type AlertRow = Tables["alerts"]["$inferSelect"];
type EventRow = Tables["events"]["$inferSelect"];

/** A delivery of an alert, as far as it says whether anybody has it. */
export interface UnheardDeliveryRow
  extends Pick<
    Tables["deliveries"]["$inferSelect"],
    "alertId" | "channelId" | "channelName" | "kind" | "status" | "reason" | "reasonCode" | "dueAt"
  > {
  effectiveStatus: DeliveryStatus;
}

/** What decides whether anybody has an alert. */
export interface UnheardFacts {
  alert: AlertRow;
  /** Its last occurrence; null when it is no longer stored. */
  event: EventRow | null;
  deliveries: UnheardDeliveryRow[];
}

/**
 * Lets go of alerts that need no look any more: they are acknowledged or over, or a delivery was sent after all, by itself or
 * in a digest. Those of the original of a copy stay as they are.
 * @returns how many
 */
export function* clearHeard(tx: Tx): Steps<number> {
  const { alerts: a, deliveries: d } = tx.t;
  const carrier = alias(d, "carrier");
  const sent = tx.orm
    .select({ one: sql`1` })
    .from(d)
    .leftJoin(carrier, eq(carrier.id, d.foldedInto))
    .where(and(eq(d.alertId, a.id), or(eq(d.status, "sent"), and(eq(d.status, "folded"), eq(carrier.status, "sent")))));
  const isOver = and(ne(a.status, "firing"), sql`coalesce(${a.resolution}, '') <> 'copied'`);
  const cleared = yield* step(
    tx.orm
      .update(a)
      .set({ unheardFrom: null })
      .where(and(isNotNull(a.unheardFrom), or(isOver, and(isNotNull(a.fallbackAt), exists(sent)))))
      .returning({ id: a.id }),
  );
  if (cleared.length > 0) tx.notices.push({ topic: "alerts" });
  return cleared.length;
}

/** Which of these alerts still wait for a verdict, with all that decides it; locked until the end of the transaction. */
export function* readUnheardFacts(tx: Tx, alertIds: readonly string[], until: number): Steps<UnheardFacts[]> {
  const { alerts: a, deliveries: d, events: e } = tx.t;
  const query = tx.orm
    .select()
    .from(a)
    .where(and(inArray(a.id, [...alertIds]), isNotNull(a.unheardFrom), lte(a.unheardFrom, until), isNull(a.fallbackAt)))
    .orderBy(a.id);
  forUpdate(query, {});
  const alerts = yield* step(query);
  const ids = alerts.map(({ id }) => id);
  if (ids.length === 0) return [];
  const carrier = alias(d, "carrier");
  const { alertId, channelId, channelName, kind, status, reason, reasonCode, dueAt } = d;
  const deliveries = yield* step(
    tx.orm
      .select({ alertId, channelId, channelName, kind, status, reason, reasonCode, dueAt, carrier: carrier.status })
      .from(d)
      .leftJoin(carrier, eq(carrier.id, d.foldedInto))
      .where(inArray(d.alertId, ids))
      .orderBy(d.id),
  );
  const newest = tx.orm
    .select({ id: max(e.id) })
    .from(e)
    .where(inArray(e.alertId, ids))
    .groupBy(e.alertId);
  const events = yield* step(tx.orm.select().from(e).where(inArray(e.id, newest)));
  return alerts.map((alert) => ({
    alert,
    event: events.find((one) => one.alertId === alert.id) ?? null,
    deliveries: deliveries.flatMap(({ carrier: carriedBy, ...one }) =>
      one.alertId === alert.id ? [{ ...one, effectiveStatus: carriedBy ?? one.status }] : [],
    ),
  }));
}

/** The verdicts about alerts whose time is up. Times in milliseconds. */
export interface UnheardSettlement {
  /** Nobody has to be notified any more. */
  over: string[];
  /** To be looked at again: from when it counts. */
  later: readonly { id: string; from: number }[];
  /** Given to the fallback channels, or to nobody, because there is none. */
  given: string[];
}

export function* settleUnheard(tx: Tx, { over, later, given }: UnheardSettlement, now: number): Steps<void> {
  const { alerts: a } = tx.t;
  const among = (ids: readonly string[]) => and(inArray(a.id, [...ids]), isNull(a.fallbackAt));
  if (over.length > 0) yield* step(tx.orm.update(a).set({ unheardFrom: null }).where(among(over)));
  // Most are held by the same, until the same moment.
  for (const unheardFrom of new Set(later.map(({ from }) => from))) {
    const ids = later.flatMap(({ id, from }) => (from === unheardFrom ? [id] : []));
    yield* step(tx.orm.update(a).set({ unheardFrom }).where(among(ids)));
  }
  if (given.length > 0) yield* step(tx.orm.update(a).set({ fallbackAt: now }).where(among(given)));
  if (over.length + given.length > 0) tx.notices.push({ topic: "alerts" });
}

/** Fallback channels were set: alerts that reached nobody while there were none are looked at again. */
export function* rearmUnheard(tx: Tx): Steps<void> {
  const { alerts: a, deliveries: d } = tx.t;
  const given = tx.orm
    .select({ one: sql`1` })
    .from(d)
    .where(and(eq(d.alertId, a.id), eq(d.route, "nobody")));
  yield* step(
    tx.orm
      .update(a)
      .set({ fallbackAt: null })
      .where(and(isNotNull(a.unheardFrom), isNotNull(a.fallbackAt), notExists(given))),
  );
  tx.notices.push({ topic: "alerts" });
}

/** The health of these channels. */
export function* readStatesOf(
  tx: Tx,
  channelIds: readonly string[],
): Steps<(Pick<ChannelState, "health" | "lastError"> & { channelId: string })[]> {
  if (channelIds.length === 0) return [];
  const { channelId, health, lastError } = tx.t.channelStates;
  return yield* step(
    tx.orm
      .select({ channelId, health, lastError })
      .from(tx.t.channelStates)
      .where(inArray(channelId, [...channelIds])),
  );
}

/** In these states a fallback notification is not lost. */
const ALIVE = ["pending", "sending", "held", "sent", "folded"];

/**
 * Open alerts that reached nobody: no channel took them, and then no fallback channel either. A query, to be awaited or
 * yielded.
 * @param until a fallback notification that was planned by then and is not sent has failed, milliseconds
 */
export function reachedNobodyQuery({ orm, t }: Pick<Tx, "orm" | "t">, now: number, until: number) {
  const { alerts: a, deliveries: d } = t;
  const alive = orm
    .select({ one: sql`1` })
    .from(d)
    .where(and(eq(d.alertId, a.id), eq(d.route, "nobody"), isOneOf(d.status, ...ALIVE)));
  return orm
    .select({ count: count(), since: min(a.unheardFrom) })
    .from(a)
    .where(
      and(
        isNotNull(a.unheardFrom),
        eq(a.status, "firing"),
        or(isNull(a.snoozedUntil), lte(a.snoozedUntil, now)),
        isNotNull(a.fallbackAt),
        or(lte(a.fallbackAt, until), notExists(alive)),
      ),
    );
}

/** Every page that shows how many alerts reached nobody reads it again, when it has changed. @returns how many by now */
export function* announceReachedNobody(
  tx: Tx,
  { now, until, before }: { now: number; until: number; before: number | null },
): Steps<number> {
  const [row] = yield* step(reachedNobodyQuery(tx, now, until));
  const found = row?.count ?? 0;
  if (before !== null && before !== found) tx.notices.push({ topic: "alerts" });
  return found;
}
