import { and, desc, eq, gt, inArray, lt, lte, ne, notInArray, or, sql } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import { LONGEST } from "@/lib/core/longest-times";
import { SESSION_MAX_MS, SESSIONS_PER_USER } from "@/lib/core/session";
import type { Tables } from "../client";
import { type Steps, step, type Tx, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";

export type SessionRow = Tables["sessions"]["$inferSelect"];

/** The session that stays when the others of its account end. */
export interface KeptSession {
  id: string;
  /** The hash of a new token, so that a copy of the cookie from before is none any more. */
  tokenHash?: string;
}

/** Inserts a session; beyond `SESSIONS_PER_USER` the oldest of the account end. */
export function* insertSession(tx: Tx, row: SessionRow): Steps<void> {
  const { sessions } = tx.t;
  yield* step(tx.orm.insert(sessions).values(row));
  const newest = yield* step(
    tx.orm
      .select({ id: sessions.id })
      .from(sessions)
      .where(eq(sessions.userId, row.userId))
      .orderBy(desc(sessions.createdAt), desc(sessions.id))
      .limit(SESSIONS_PER_USER),
  );
  const kept = newest.map(({ id }) => id);
  yield* step(tx.orm.delete(sessions).where(and(eq(sessions.userId, row.userId), notInArray(sessions.id, kept))));
  tx.notices.push({ topic: "sessions" });
}

/**
 * Ends the sessions of an account. A sign-in that is under way at this moment, perhaps with the password of before,
 * finds a higher `sessionVersion` and makes no session.
 * @returns how many ended
 */
export function* endSessionsOf(tx: Tx, userId: string, keep?: KeptSession): Steps<number> {
  const { sessions, users } = tx.t;
  const ofUser = eq(sessions.userId, userId);
  // First, because a sign-in waits for this row.
  yield* step(
    tx.orm
      .update(users)
      .set({ sessionVersion: sql`${users.sessionVersion} + 1` })
      .where(eq(users.id, userId)),
  );
  const isOther = keep ? ne(sessions.id, keep.id) : undefined;
  const ended = yield* step(tx.orm.delete(sessions).where(and(ofUser, isOther)).returning({ id: sessions.id }));
  if (keep?.tokenHash) {
    const { id, tokenHash } = keep;
    yield* step(
      tx.orm
        .update(sessions)
        .set({ tokenHash })
        .where(and(ofUser, eq(sessions.id, id))),
    );
  }
  tx.notices.push({ topic: "sessions" });
  return ended.length;
}

/** Ends the sessions of every account. */
export function* endAllSessions(tx: Tx): Steps<void> {
  yield* step(tx.orm.delete(tx.t.sessions));
  tx.notices.push({ topic: "sessions" });
}

/** Ends one session of an account. @throws AppError `not_found` when the account has no such session */
export function endSession(userId: string, id: string, audit: AuditInsert): Promise<void> {
  return transact([], function* (tx) {
    const { sessions } = tx.t;
    const ended = yield* step(
      tx.orm
        .delete(sessions)
        .where(and(eq(sessions.id, id), eq(sessions.userId, userId)))
        .returning({ id: sessions.id }),
    );
    if (ended.length === 0) throw new AppError("not_found", "There is no such session: it has ended already.");
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "sessions" });
  });
}

/**
 * Ends the sessions of an account that still exists.
 * @param audit gets the number of them, as `ended` @returns that number
 * @throws AppError `not_found` when the account was deleted meanwhile
 */
export function endSessions(userId: string, keep: KeptSession | undefined, audit: AuditInsert): Promise<number> {
  return transact([], function* (tx) {
    const { users } = tx.t;
    const known = yield* step(tx.orm.select({ id: users.id }).from(users).where(eq(users.id, userId)).limit(1));
    if (known.length === 0) throw new AppError("not_found", "There is no such user.");
    const ended = yield* endSessionsOf(tx, userId, keep);
    yield* writeAudit(tx, { ...audit, detail: { ...audit.detail, ended } });
    return ended;
  });
}

/** Writes when and from where a session was last used, unless the stored time is less than `since` milliseconds older. */
export function touchSession(id: string, use: { at: number; address: string | null }, since: number): Promise<void> {
  return transact([], function* (tx) {
    const { sessions } = tx.t;
    // One that lies ahead was written while the clock was wrong.
    const isDue = or(lte(sessions.lastSeenAt, use.at - since), gt(sessions.lastSeenAt, use.at + LONGEST.skew));
    yield* step(
      tx.orm
        .update(sessions)
        .set({ lastSeenAt: use.at, ...(use.address !== null && { address: use.address }) })
        .where(and(eq(sessions.id, id), isDue)),
    );
  });
}

/** Deletes at most `limit` sessions that are too old to be valid, or were dated by a clock that was ahead. @returns how many */
export function deleteExpiredSessions(now: number, limit: number): Promise<number> {
  return transact([], function* (tx) {
    const { sessions } = tx.t;
    const rows = yield* step(
      tx.orm
        .select({ id: sessions.id })
        .from(sessions)
        .where(or(lt(sessions.createdAt, now - SESSION_MAX_MS), gt(sessions.createdAt, now + LONGEST.skew)))
        .limit(limit),
    );
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) yield* step(tx.orm.delete(sessions).where(inArray(sessions.id, ids)));
    return ids.length;
  });
}
