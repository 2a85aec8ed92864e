import { and, eq, gte, inArray, lt, lte, notExists, type SQL, sql } from "drizzle-orm";
import { idsSince } from "@/lib/core/id";
import { LONGEST } from "@/lib/core/longest-times";
import { firstUnread, isEntryEvent, PREFIX } from "../queries/inbox-entries";
import { type Steps, step, type Tx, transact } from "../transact";

/**
 * What is being committed at the moment, with an id from a moment ago, may be seen only after it: the watermark stays so
 * far behind, and what is newer is marked one by one.
 */
const BEHIND_MS = LONGEST.skew;

/** Marks one entry as read. */
export function markRead(readerId: string, itemId: string, now: number): Promise<void> {
  return transact([], function* (tx) {
    const { inboxReads } = tx.t;
    yield* step(tx.orm.insert(inboxReads).values({ readerId, itemId, at: now }).onConflictDoNothing());
    tx.notices.push({ topic: "inbox", ids: [readerId] });
  });
}

/**
 * Marks as read what a reader can have seen: everything that is stored now, and nothing that is being stored.
 * @param seenAt leaves unread what was created later, milliseconds; null: nothing
 */
export function markAllRead(readerId: string, seenAt: number | null, now: number): Promise<void> {
  return transact([], function* (tx) {
    const { alerts, events } = tx.t;
    const readUpTo = Math.min(now - BEHIND_MS, seenAt ?? now);
    yield* insertReads(tx, "alerts", undefined, { readerId, readUpTo, seenAt, now });
    yield* insertReads(tx, "events", isEntryEvent(tx.t.events), { readerId, readUpTo, seenAt, now });
    yield* raiseWatermark(tx, readerId, readUpTo);
    for (const part of ["alerts", "events"] as const) yield* deleteCovered(tx, readerId, part, readUpTo);
    tx.notices.push({ topic: "inbox", ids: [readerId] });

    function* insertReads(
      { orm, t }: Tx,
      part: keyof typeof PREFIX,
      isEntry: SQL | undefined,
      mark: { readerId: string; readUpTo: number; seenAt: number | null; now: number },
    ): Steps<void> {
      const item = part === "alerts" ? alerts : events;
      const isSeen = mark.seenAt === null ? undefined : lt(item.id, idsSince(PREFIX[part], mark.seenAt + 1));
      yield* step(
        orm
          .insert(t.inboxReads)
          .select(
            orm
              .select({
                readerId: sql<string>`${mark.readerId}`.as("reader_id"),
                itemId: item.id,
                at: sql<number>`cast(${mark.now} as bigint)`.as("at"),
              })
              .from(item)
              .where(and(gte(item.id, firstUnread(part, mark.readUpTo)), isSeen, isEntry)),
          )
          .onConflictDoNothing(),
      );
    }
  });
}

/** It never falls: who marks from an older page takes nothing back. */
function* raiseWatermark(tx: Tx, readerId: string, readUpTo: number): Steps<void> {
  const { inboxWatermarks: w } = tx.t;
  const raised = sql`case when ${w.readUpTo} > ${readUpTo} then ${w.readUpTo} else ${readUpTo} end`;
  yield* step(
    tx.orm
      .insert(w)
      .values({ readerId, readUpTo })
      .onConflictDoUpdate({ target: w.readerId, set: { readUpTo: raised } }),
  );
}

/** The watermark says it of them. */
function* deleteCovered(tx: Tx, readerId: string, part: keyof typeof PREFIX, readUpTo: number): Steps<void> {
  const { inboxReads: r } = tx.t;
  const first = idsSince(PREFIX[part], 0);
  yield* step(
    tx.orm
      .delete(r)
      .where(and(eq(r.readerId, readerId), gte(r.itemId, first), lt(r.itemId, firstUnread(part, readUpTo)))),
  );
}

/** Forgets what a reader has read: the account is deleted. */
export function* deleteReader(tx: Tx, readerId: string): Steps<void> {
  const { inboxReads: r, inboxWatermarks: w } = tx.t;
  yield* step(tx.orm.delete(r).where(eq(r.readerId, readerId)));
  yield* step(tx.orm.delete(w).where(eq(w.readerId, readerId)));
}

/** Deletes what was read before a time and is no longer stored. @returns how many rows, at most `batch` */
export function deleteOldReads(before: number, batch: number): Promise<number> {
  return transact([], function* (tx) {
    const { inboxReads: r, alerts, events } = tx.t;
    const rows = yield* step(
      tx.orm
        .select({ readerId: r.readerId, itemId: r.itemId })
        .from(r)
        .where(
          and(
            lte(r.at, before),
            notExists(tx.orm.select({ id: alerts.id }).from(alerts).where(eq(alerts.id, r.itemId))),
            notExists(tx.orm.select({ id: events.id }).from(events).where(eq(events.id, r.itemId))),
          ),
        )
        .limit(batch),
    );
    const ids = [...new Set(rows.map(({ itemId }) => itemId))];
    // An entry that is gone is gone for every reader.
    if (ids.length > 0) yield* step(tx.orm.delete(r).where(inArray(r.itemId, ids)));
    return rows.length;
  });
}
