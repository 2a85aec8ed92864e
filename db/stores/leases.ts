import { eq } from "drizzle-orm";
import { LONGEST } from "@/lib/core/longest-times";
import { step, transact } from "../transact";
import { readState } from "./system-state";

interface Lease {
  owner: string;
  until: number;
}

/**
 * Acquires or renews a lease that one process holds at a time. One that lasts longer than a lease can was written by a
 * clock that was wrong, and counts for nothing.
 * @returns whether `owner` holds it now
 */
export function holdLease(name: string, owner: string, now: number, ttlMs: number): Promise<boolean> {
  const key = `${name}-lease`;
  return transact([key], function* (tx) {
    const { systemState } = tx.t;
    const [row] = yield* step(
      tx.orm.select({ value: systemState.value }).from(systemState).where(eq(systemState.key, key)),
    );
    const held = row?.value as Lease | undefined;
    if (held && held.owner !== owner && held.until > now && held.until <= now + ttlMs + LONGEST.skew) return false;
    const value: Lease = { owner, until: now + ttlMs };
    yield* step(
      tx.orm
        .insert(systemState)
        .values({ key, value, updatedAt: now })
        .onConflictDoUpdate({ target: systemState.key, set: { value, updatedAt: now } }),
    );
    return true;
  });
}

/** When a lease that is held was last renewed; null when nobody holds it. */
export function leaseRenewedAt(name: string, ttlMs: number): Promise<number | null> {
  return transact([], function* (tx) {
    const held = yield* readState<Lease>(tx, `${name}-lease`);
    return held ? held.until - ttlMs : null;
  });
}

/** Releases a lease, so that another process need not wait for its expiry. */
export function releaseLease(name: string, owner: string): Promise<void> {
  const key = `${name}-lease`;
  return transact([key], function* (tx) {
    const { systemState } = tx.t;
    const [row] = yield* step(
      tx.orm.select({ value: systemState.value }).from(systemState).where(eq(systemState.key, key)),
    );
    if ((row?.value as Lease | undefined)?.owner === owner)
      yield* step(tx.orm.delete(systemState).where(eq(systemState.key, key)));
  });
}
