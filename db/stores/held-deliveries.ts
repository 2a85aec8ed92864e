import { and, asc, eq, gt, inArray, isNull, lte, notExists, notInArray, or, sql } from "drizzle-orm";
import type { AlertStatus } from "@/lib/core/alert";
import type { Holder, ReasonCode } from "@/lib/core/delivery-reason";
import { database } from "../client";
import { isOneOf } from "../literal";
import { forUpdate } from "../row-lock";
import { type Steps, step, type Tx, transact } from "../transact";
import { type DeliveryRow, GIVE_UP_AFTER_MS } from "./new-delivery";

/** As many as are released at a time. */
const AT_ONCE = 5_000;

/** Held deliveries whose time has come, oldest first. @param isLocked until the end of the transaction */
export function* readHeldDue(tx: Tx, now: number, isLocked: boolean): Steps<DeliveryRow[]> {
  const { deliveries: d } = tx.t;
  const query = tx.orm
    .select()
    .from(d)
    .where(and(isOneOf(d.status, "dead", "canceled", "folded", "held"), eq(d.status, "held"), lte(d.dueAt, now)))
    .orderBy(asc(d.id))
    .limit(AT_ONCE);
  if (isLocked) forUpdate(query, {});
  return yield* step(query);
}

/** Makes held deliveries pending. */
export function* releaseRows(tx: Tx, rows: readonly DeliveryRow[]): Steps<void> {
  if (rows.length === 0) return;
  const { deliveries: d } = tx.t;
  const ids = rows.map(({ id }) => id);
  yield* step(
    tx.orm
      .update(d)
      .set({
        status: "pending",
        heldBy: null,
        heldById: null,
        reasonCode: null,
        // A snooze keeps there when it would have been due.
        giveUpAt: sql`case when ${d.heldBy} = 'snooze' then ${d.dueAt} + cast(${GIVE_UP_AFTER_MS} as bigint) else ${d.giveUpAt} end`,
      })
      .where(and(inArray(d.id, ids), eq(d.status, "held"))),
  );
  const channelIds = [...new Set(rows.flatMap(({ channelId }) => channelId ?? []))];
  if (channelIds.length > 0) tx.notices.push({ topic: "deliveries", ids: channelIds });
}

/** A held delivery that something else holds from now on. */
export interface HeldAgain {
  id: string;
  code: ReasonCode;
  holder: Holder;
  by: string;
  until: number;
}

/** Holds on what was held, by another holder. */
export function* holdAgain(tx: Tx, rows: readonly HeldAgain[]): Steps<void> {
  const { deliveries: d } = tx.t;
  const byHolder = new Map<string, HeldAgain[]>();
  for (const row of rows) {
    const key = `${row.holder}\n${row.by}\n${row.until}`;
    byHolder.set(key, [...(byHolder.get(key) ?? []), row]);
  }
  for (const group of byHolder.values()) {
    const [first] = group;
    if (!first) continue;
    const { code, holder, by, until } = first;
    const ids = group.map(({ id }) => id);
    yield* step(
      tx.orm
        .update(d)
        .set({ heldBy: holder, heldById: by, reasonCode: code, dueAt: until, giveUpAt: until + GIVE_UP_AFTER_MS })
        .where(and(inArray(d.id, ids), eq(d.status, "held"))),
    );
  }
}

/**
 * All silences, quiet hours and mutes may be others by now: what they hold may go, but for what a channel that is still
 * muted keeps. What still applies holds it again.
 */
export function* releaseAllHeld(tx: Tx, now: number): Steps<void> {
  const { deliveries: d, channels: c } = tx.t;
  const muted = tx.orm.select({ id: c.id }).from(c).where(gt(c.mutedUntil, now));
  yield* step(
    tx.orm
      .update(d)
      .set({ dueAt: now, giveUpAt: now + GIVE_UP_AFTER_MS })
      .where(
        and(
          isOneOf(d.status, "dead", "canceled", "folded", "held"),
          eq(d.status, "held"),
          or(
            inArray(d.heldBy, ["silence", "quiet_hours"]),
            and(eq(d.heldBy, "mute"), notInArray(sql`coalesce(${d.channelId}, '')`, muted)),
          ),
        ),
      ),
  );
  tx.notices.push({ topic: "deliveries", ids: [] });
}

/** What a silence holds may go now: it was ended or changed. What still applies is asked again before each attempt. */
export function* releaseHeldBy(tx: Tx, holder: "silence" | "quiet_hours", id: string, now: number): Steps<void> {
  const { deliveries: d } = tx.t;
  const isHeld = and(isOneOf(d.status, "dead", "canceled", "folded", "held"), eq(d.status, "held"));
  yield* step(
    tx.orm
      .update(d)
      .set({ dueAt: now, giveUpAt: now + GIVE_UP_AFTER_MS })
      .where(and(isHeld, eq(d.heldBy, holder), eq(d.heldById, id))),
  );
  tx.notices.push({ topic: "deliveries", ids: [] });
}

/**
 * Makes due what waits for nothing any more: its silence has ended or is gone, its channel is not muted. The end of a silence
 * releases what it holds, but a delivery that is held by it in that very moment, on what was read before, is not there yet.
 */
export async function releaseForgotten(now: number): Promise<void> {
  if (!(await hasForgotten(now))) return;
  await transact([], function* (tx) {
    const { deliveries: d } = tx.t;
    yield* step(
      tx.orm
        .update(d)
        .set({ dueAt: now, giveUpAt: now + GIVE_UP_AFTER_MS })
        .where(isForgotten(tx, now)),
    );
    tx.notices.push({ topic: "deliveries", ids: [] });
  });
}

async function hasForgotten(now: number): Promise<boolean> {
  const { orm, t } = database();
  const rows = await orm
    .select({ id: t.deliveries.id })
    .from(t.deliveries)
    .where(isForgotten({ orm, t }, now))
    .limit(1);
  return rows.length > 0;
}

function isForgotten({ orm, t }: Pick<Tx, "orm" | "t">, now: number) {
  const { deliveries: d, silences: s, channels: c } = t;
  const silence = orm
    .select({ id: s.id })
    .from(s)
    .where(and(eq(s.id, d.heldById), lte(s.startsAt, now), or(isNull(s.endsAt), gt(s.endsAt, now))));
  const mute = orm
    .select({ id: c.id })
    .from(c)
    .where(and(eq(c.id, d.channelId), gt(c.mutedUntil, now)));
  return and(
    isOneOf(d.status, "dead", "canceled", "folded", "held"),
    eq(d.status, "held"),
    gt(d.dueAt, now),
    or(and(eq(d.heldBy, "silence"), notExists(silence)), and(eq(d.heldBy, "mute"), notExists(mute))),
  );
}

/** How alerts stand, by id. */
export function* alertStatuses(tx: Tx, ids: readonly string[]): Steps<Map<string, AlertStatus>> {
  if (ids.length === 0) return new Map();
  const { alerts: a } = tx.t;
  const rows = yield* step(
    tx.orm
      .select({ id: a.id, status: a.status })
      .from(a)
      .where(inArray(a.id, [...new Set(ids)])),
  );
  return new Map(rows.map(({ id, status }) => [id, status]));
}

/** Why a silence was made; empty when it is gone. */
export function* silenceReason(tx: Tx, id: string): Steps<string> {
  const { silences: s } = tx.t;
  const [row] = yield* step(tx.orm.select({ reason: s.reason }).from(s).where(eq(s.id, id)));
  return row?.reason ?? "";
}
