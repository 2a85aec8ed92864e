import { and, desc, eq, isNotNull, isNull, lt, lte, or, sql } from "drizzle-orm";
import type { Tables } from "../client";
import { type Steps, step, type Tx, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";
import type { Change } from "./change";

export type LoginGuard = Tables["loginGuards"]["$inferSelect"];

/** One count that a try to sign in takes part in. */
export interface Guarded {
  key: string;
  userId: string | null;
  /** A row whose last failure is older restarts at one, milliseconds. */
  forgetBefore: number;
  /** How long the next try waits after so many failures, milliseconds; null: not at all. */
  lockMs(failures: number): number | null;
  /** What a right password does: `reset` forgets the failures, `undo` only takes back this try. */
  onSuccess: "reset" | "undo";
}

/** A count after a try was taken. */
export interface TakenCount extends Pick<Guarded, "key" | "onSuccess"> {
  failures: number;
  /** Set by this try. */
  lockedUntil: number | null;
  /** An earlier lock that is over and was not ended yet. */
  lockedBefore: number | null;
}

/** A count that lets no try through now. */
export class GuardLocked extends Error {
  readonly lockedUntil: number;
  constructor(lockedUntil: number) {
    super("locked");
    this.lockedUntil = lockedUntil;
  }
}

/**
 * Takes one try in all counts, as a failure, before the password is looked at: however many try at once, in however many
 * processes, no more get through than the rules allow. `releaseTry` takes it back when the password was right.
 * @throws GuardLocked when one of the counts lets none through; then none has changed
 */
export function takeTry(guards: readonly Guarded[], now: number): Promise<TakenCount[]> {
  return transact([], function* (tx) {
    const taken: TakenCount[] = [];
    for (const guard of guards) taken.push(yield* takeOne(tx, guard, now));
    return taken;
  });
}

function* takeOne(tx: Tx, { key, userId, forgetBefore, lockMs, onSuccess }: Guarded, now: number): Steps<TakenCount> {
  const { loginGuards: guards } = tx.t;
  const ofKey = eq(guards.key, key);
  const [before] = yield* step(tx.orm.select({ lockedUntil: guards.lockedUntil }).from(guards).where(ofKey));
  const [row] = yield* step(
    tx.orm
      .insert(guards)
      .values({ key, userId, failures: 1, lastFailureAt: now, lockedUntil: null })
      .onConflictDoUpdate({
        target: guards.key,
        set: {
          userId,
          failures: sql`case when ${guards.lastFailureAt} < ${forgetBefore} then 1 else ${guards.failures} + 1 end`,
          lastFailureAt: now,
        },
        setWhere: or(isNull(guards.lockedUntil), lte(guards.lockedUntil, now)),
      })
      .returning({ failures: guards.failures }),
  );
  if (!row) {
    const [locked] = yield* step(tx.orm.select({ lockedUntil: guards.lockedUntil }).from(guards).where(ofKey));
    throw new GuardLocked(locked?.lockedUntil ?? now);
  }
  const duration = lockMs(row.failures);
  const lockedUntil = duration === null ? null : now + duration;
  if (lockedUntil !== null) {
    yield* step(tx.orm.update(guards).set({ lockedUntil }).where(ofKey));
    tx.notices.push({ topic: "users" });
  }
  return { key, onSuccess, failures: row.failures, lockedUntil, lockedBefore: before?.lockedUntil ?? null };
}

/** Takes back a try whose password was right. */
export function releaseTry(taken: readonly TakenCount[]): Promise<void> {
  return transact([], function* (tx) {
    const { loginGuards: guards } = tx.t;
    for (const { key, onSuccess, lockedUntil, lockedBefore } of taken) {
      const ofKey = eq(guards.key, key);
      if (onSuccess === "undo") {
        const failures = sql`case when ${guards.failures} > 0 then ${guards.failures} - 1 else 0 end`;
        yield* step(tx.orm.update(guards).set({ failures }).where(ofKey));
        if (lockedUntil !== null) {
          const isOwn = and(ofKey, eq(guards.lockedUntil, lockedUntil));
          yield* step(tx.orm.update(guards).set({ lockedUntil: lockedBefore }).where(isOwn));
        }
        yield* step(tx.orm.delete(guards).where(and(ofKey, eq(guards.failures, 0), isNull(guards.lockedUntil))));
      } else if (lockedBefore === null) yield* step(tx.orm.delete(guards).where(ofKey));
      // A lock that was not ended yet stays, as one that is long over, until it is ended, so that its alert resolves.
      else yield* step(tx.orm.update(guards).set({ failures: 0, lockedUntil: 0 }).where(ofKey));
      if (lockedUntil !== null) tx.notices.push({ topic: "users" });
    }
  });
}

/** Ends a lock that was over by then. The count stays, so that the next lock is longer. */
export function endLockChange(key: string, overBy: number): Change {
  return {
    *apply(tx) {
      const { loginGuards: guards } = tx.t;
      const rows = yield* step(
        tx.orm
          .update(guards)
          .set({ lockedUntil: null })
          .where(and(eq(guards.key, key), isNotNull(guards.lockedUntil), lte(guards.lockedUntil, overBy)))
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

/** Deletes guards that hold no lock: those whose last failure is older, and the oldest beyond so many. */
export function deleteOldGuards(before: number, kept: number): Promise<void> {
  return transact([], function* (tx) {
    const { loginGuards: guards } = tx.t;
    const isOpen = isNull(guards.lockedUntil);
    yield* step(tx.orm.delete(guards).where(and(isOpen, lt(guards.lastFailureAt, before))));
    const [first] = yield* step(
      tx.orm
        .select({ at: guards.lastFailureAt })
        .from(guards)
        .where(isOpen)
        .orderBy(desc(guards.lastFailureAt))
        .limit(1)
        .offset(kept),
    );
    if (first) yield* step(tx.orm.delete(guards).where(and(isOpen, lte(guards.lastFailureAt, first.at))));
  });
}
