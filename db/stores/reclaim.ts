import { and, eq, gt, inArray, lt, ne, or, type SQL, sql } from "drizzle-orm";
import { LONGEST } from "@/lib/core/longest-times";
import { databaseTime } from "../database-clock";
import { isOneOf } from "../literal";
import { type Steps, step, type Tx, transact } from "../transact";

/**
 * Takes back everything that is under way: the process that held it is gone, and no other one can hold any.
 * @param endsTests no other process can be making a Test either
 */
export function reclaimAll(endsTests: boolean): Promise<number> {
  return transact([], function* (tx) {
    yield* endTests(tx, endsTests ? undefined : hasExpired(tx));
    return yield* takeBack(tx, undefined);
  });
}

/** Takes back what could neither be settled nor handed back: its lease has run out, or is longer than any can be. */
export function reclaimExpired(): Promise<number> {
  return transact([], function* (tx) {
    yield* endTests(tx, hasExpired(tx));
    return yield* takeBack(tx, hasExpired(tx));
  });
}

/**
 * Takes back everything under way through these channels, whose queues change hands. A Test is nobody's queue's: another
 * process may be making it now, so its own lease decides.
 * @returns how many deliveries
 */
export function* reclaimFrom(tx: Tx, channelIds: readonly string[]): Steps<number> {
  if (channelIds.length === 0) return 0;
  const isOfThese = inArray(tx.t.deliveries.channelId, [...channelIds]);
  yield* endTests(tx, and(isOfThese, hasExpired(tx)));
  return yield* takeBack(tx, isOfThese);
}

function hasExpired(tx: Tx) {
  const { leaseUntil } = tx.t.deliveries;
  const time = databaseTime();
  return or(lt(leaseUntil, time), gt(leaseUntil, sql`${time} + ${LONGEST.deliveryLease + LONGEST.skew}`));
}

/** What is `sending`, in the words of the partial index. */
const isSending = (tx: Tx) =>
  and(isOneOf(tx.t.deliveries.status, "pending", "sending"), eq(tx.t.deliveries.status, "sending"));

/** A Test is not repeated: it ends as interrupted. */
function* endTests(tx: Tx, which: SQL | undefined): Steps<void> {
  const { deliveries: d } = tx.t;
  yield* step(
    tx.orm
      .update(d)
      .set({
        status: "dead",
        reason: "Interrupted: Belfry was stopped while it was sent.",
        reasonCode: "test_failed",
        settledAt: Date.now(),
        leaseUntil: null,
      })
      .where(and(isSending(tx), eq(d.kind, "test"), which)),
  );
}

function* takeBack(tx: Tx, which: SQL | undefined): Steps<number> {
  const { deliveries: d } = tx.t;
  const rows = yield* step(
    tx.orm
      .update(d)
      .set({ status: "pending", leaseUntil: null, leaseToken: null })
      .where(and(isSending(tx), ne(d.kind, "test"), which))
      .returning({ channelId: d.channelId }),
  );
  const ids = [...new Set(rows.flatMap(({ channelId }) => (channelId ? [channelId] : [])))];
  if (ids.length > 0) tx.notices.push({ topic: "deliveries", ids });
  return rows.length;
}
