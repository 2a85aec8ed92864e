import { and, eq, isNotNull, isNull, lt, lte, or, sql } from "drizzle-orm";
import type { Tables } from "../client";
import { step, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";
import type { Change } from "./change";

export type LoginGuard = Tables["loginGuards"]["$inferSelect"];

/**
 * Counts one wrong password, in one statement, so that two at once count as two.
 * @param forgetBefore a row whose last failure is older restarts at one
 * @returns the new count
 */
export function countWrongPassword(failure: {
  key: string;
  userId: string | null;
  now: number;
  forgetBefore: number;
}): Promise<number> {
  return transact([], function* (tx) {
    const { loginGuards: guards } = tx.t;
    const [row] = yield* step(
      tx.orm
        .insert(guards)
        .values({
          key: failure.key,
          userId: failure.userId,
          failures: 1,
          lastFailureAt: failure.now,
          lockedUntil: null,
        })
        .onConflictDoUpdate({
          target: guards.key,
          set: {
            userId: failure.userId,
            failures: sql`case when ${guards.lastFailureAt} < ${failure.forgetBefore} then 1 else ${guards.failures} + 1 end`,
            lastFailureAt: failure.now,
          },
        })
        .returning({ failures: guards.failures }),
    );
    return row?.failures ?? 1;
  });
}

/** Starts a lock. Does not apply while an earlier one lasts, so that each lock raises one event. */
export function lockUserChange(lock: { key: string; now: number; lockedUntil: number }): Change {
  return {
    *apply(tx) {
      const { loginGuards: guards } = tx.t;
      const rows = yield* step(
        tx.orm
          .update(guards)
          .set({ lockedUntil: lock.lockedUntil })
          .where(and(eq(guards.key, lock.key), or(isNull(guards.lockedUntil), lte(guards.lockedUntil, lock.now))))
          .returning({ key: guards.key }),
      );
      tx.notices.push({ topic: "users" });
      return rows.length > 0;
    },
  };
}

/** Ends a lock that has expired. The count stays, so that the next lock is longer. */
export function endLockChange(key: string, now: number): Change {
  return {
    *apply(tx) {
      const { loginGuards: guards } = tx.t;
      const rows = yield* step(
        tx.orm
          .update(guards)
          .set({ lockedUntil: null })
          .where(and(eq(guards.key, key), isNotNull(guards.lockedUntil), lte(guards.lockedUntil, now)))
          .returning({ key: guards.key }),
      );
      tx.notices.push({ topic: "users" });
      return rows.length > 0;
    },
  };
}

/** An administrator ends the lock and resets the count. */
export function unlockUserChange(key: string, audit: AuditInsert): Change {
  return {
    *apply(tx) {
      const { loginGuards: guards } = tx.t;
      const rows = yield* step(
        tx.orm.delete(guards).where(eq(guards.key, key)).returning({ lockedUntil: guards.lockedUntil }),
      );
      if (!rows[0]) return false;
      yield* writeAudit(tx, audit);
      tx.notices.push({ topic: "users" });
      return rows[0].lockedUntil !== null;
    },
  };
}

/** Applies a change without an event: for a guard of an address that has no account. */
export function applyWithoutEvent(change: Change): Promise<boolean> {
  return transact([], (tx) => change.apply(tx, ""));
}

/** Deletes guards whose last failure is older and that hold no lock. */
export function deleteOldGuards(before: number): Promise<void> {
  return transact([], function* (tx) {
    const { loginGuards: guards } = tx.t;
    yield* step(tx.orm.delete(guards).where(and(isNull(guards.lockedUntil), lt(guards.lastFailureAt, before))));
  });
}
