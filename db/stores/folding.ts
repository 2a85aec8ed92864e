import { and, asc, eq, inArray, lte, sql } from "drizzle-orm";
import { isOneOf } from "../literal";
import { type Steps, step, type Tx } from "../transact";
import { SWITCH_OFF_REASONS } from "./channel-deliveries";
import { insertDeliveries } from "./deliveries";
import type { DeliveryRow } from "./new-delivery";

/** As many waiting messages as one storm takes at a time. */
const STORM_LIMIT = 5_000;

/**
 * The initial notifications and recoveries that wait for one channel, oldest first, when they are more than `foldAbove`;
 * otherwise none. Of a storm at most 5,000.
 */
export function* readStorm(tx: Tx, channelId: string, foldAbove: number, now: number): Steps<DeliveryRow[]> {
  const { deliveries: d } = tx.t;
  const waiting = and(
    eq(d.channelId, channelId),
    isOneOf(d.status, "pending"),
    inArray(d.kind, ["initial", "recovery"]),
    lte(d.dueAt, now),
    // A person had them sent one by one.
    sql`coalesce(${d.reasonCode}, '') <> 'sent_again'`,
  );
  const few = yield* step(
    tx.orm
      .select({ id: d.id })
      .from(d)
      .where(waiting)
      .limit(foldAbove + 1),
  );
  if (few.length <= foldAbove) return [];
  return yield* step(tx.orm.select().from(d).where(waiting).orderBy(asc(d.id)).limit(STORM_LIMIT));
}

/** What a channel's disabling stopped, and is over since: to be summed up, oldest first. */
export function* readStopped(tx: Tx, channelId: string): Steps<DeliveryRow[]> {
  const { deliveries: d } = tx.t;
  return yield* step(
    tx.orm
      .select()
      .from(d)
      .where(
        and(eq(d.channelId, channelId), isOneOf(d.status, "pending"), inArray(d.reasonCode, [...SWITCH_OFF_REASONS])),
      )
      .orderBy(asc(d.id))
      .limit(STORM_LIMIT),
  );
}

/** Inserts a digest, and marks the deliveries that it carries as folded into it. */
export function* insertDigest(tx: Tx, digest: DeliveryRow, carriedIds: readonly string[], now: number): Steps<void> {
  const { deliveries: d } = tx.t;
  const ids = [...carriedIds];
  yield* insertDeliveries(tx, [digest]);
  yield* step(
    tx.orm
      .update(d)
      .set({ status: "folded", reasonCode: "digest", foldedInto: digest.id, settledAt: now })
      .where(and(inArray(d.id, ids), eq(d.status, "pending"))),
  );
  yield* step(tx.orm.update(d).set({ foldedInto: digest.id }).where(inArray(d.foldedInto, ids)));
}
