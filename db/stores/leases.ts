import { eq } from "drizzle-orm";
import { LONGEST } from "@/lib/core/longest-times";
import { databaseTime } from "../database-clock";
import { type Steps, step, type Tx, transact } from "../transact";
import { putState, readState } from "./system-state";

/** A lease that one process holds at a time, as it is stored. Times by the database's clock, milliseconds. */
interface Lease {
  /** Null: released. */
  owner: string | null;
  until: number;
  /** The owner's own clock when it renewed. */
  seenAt: number;
  /** When the work that the lease is for was last done. */
  workedAt: number | null;
}

export interface LeaseRequest {
  owner: string;
  ttlMs: number;
  /** This process's own clock, milliseconds. */
  now: number;
  /** When the work was last done, by the database's clock; null: not yet by this process. */
  workedAt: number | null;
  /** Owners that are gone: theirs is taken at once. */
  isGone?(owner: string): boolean;
}

const keyOf = (name: string) => `${name}-lease`;

/**
 * Acquires or renews a lease that one process holds at a time, by the database's clock. One that lasts longer than a
 * lease can was written by a clock that was wrong, and counts for nothing.
 * @returns whether `owner` holds it now
 */
export function holdLease(name: string, request: LeaseRequest): Promise<boolean> {
  const { owner, ttlMs, now, workedAt, isGone } = request;
  const key = keyOf(name);
  return transact([key], function* (tx) {
    const held = yield* readState<Lease>(tx, key);
    const time = yield* readDatabaseTime(tx);
    const isHeld = held !== null && held.until > time && held.until <= time + ttlMs + LONGEST.skew;
    const other = isHeld && held.owner !== owner ? held.owner : null;
    if (other !== null && !isGone?.(other)) return false;
    const lease: Lease = { owner, until: time + ttlMs, seenAt: now, workedAt: workedAt ?? held?.workedAt ?? null };
    yield* putState(tx, key, lease, now);
    return true;
  });
}

/** What the database's clock says, milliseconds. */
export function* readDatabaseTime(tx: Tx): Steps<number> {
  const { systemState } = tx.t;
  // Any row will do; without one there is nobody to share a clock with.
  const [row] = yield* step(tx.orm.select({ time: databaseTime() }).from(systemState).limit(1));
  return row ? Number(row.time) : Date.now();
}

/** When the owner of a lease that is held last renewed it, by its own clock; null when nobody holds it. */
export function leaseSeenAt(name: string): Promise<number | null> {
  return transact([], function* (tx) {
    const held = yield* readState<Lease>(tx, keyOf(name));
    return held?.owner ? (held.seenAt ?? null) : null;
  });
}

/** Releases a lease, so that another process need not wait for its expiry. */
export function releaseLease(name: string, owner: string): Promise<void> {
  const key = keyOf(name);
  return transact([key], function* (tx) {
    const { systemState } = tx.t;
    const held = yield* readState<Lease>(tx, key);
    if (held?.owner !== owner) return;
    const value: Lease = { ...held, owner: null, until: 0 };
    yield* step(tx.orm.update(systemState).set({ value }).where(eq(systemState.key, key)));
  });
}
