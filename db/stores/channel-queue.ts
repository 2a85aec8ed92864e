import { and, eq, gt, inArray, isNotNull, isNull, lt, ne, notExists, or, type SQL, sql } from "drizzle-orm";
import { LONGEST } from "@/lib/core/longest-times";
import { SYSTEM_MAIL_ID } from "@/lib/core/system-mail";
import { databaseTime } from "../database-clock";
import { forUpdate } from "../row-lock";
import type { ChannelHealth } from "../schema/shapes";
import { type Steps, step, type Tx, transact } from "../transact";
import { reclaimFrom } from "./reclaim";
import { bumpRouting } from "./settings";
import { WORKER_KEY, WORKER_TTL_MS } from "./workers";

/** The health of a channel, as its worker keeps it. */
export interface ChannelState {
  health: ChannelHealth;
  retryingSince: number | null;
  failures: number;
  nextProbeAt: number | null;
  pausedUntil: number | null;
  pausedSince: number | null;
  failingSince: number | null;
  lastSuccessAt: number | null;
  lastErrorAt: number | null;
  lastError: string | null;
}

export const HEALTHY: ChannelState = {
  health: "healthy",
  retryingSince: null,
  failures: 0,
  nextProbeAt: null,
  pausedUntil: null,
  pausedSince: null,
  failingSince: null,
  lastSuccessAt: null,
  lastErrorAt: null,
  lastError: null,
};

/** The queue of a channel in the hands of one process: what that process writes about the channel carries the token. */
export interface QueueLease {
  channelId: string;
  /** Raised each time somebody takes the queue. */
  token: number;
}

export interface ClaimedQueue extends QueueLease {
  state: ChannelState;
}

/** A queue is held for so long without being renewed, by the database's clock, milliseconds. */
export const QUEUE_LEASE_MS = 15_000;

/**
 * Makes this process the one that works on a channel, so that order, rate and pauses have one keeper. What an owner
 * that is gone held is taken back in the same transaction, and nothing that one still writes has any effect. What one
 * that gave the queue up has in flight stays its own.
 * @returns the queues it got; those that another living process holds are left out
 */
export function claimQueues(channelIds: readonly string[], owner: string): Promise<ClaimedQueue[]> {
  return transact([], function* (tx) {
    const { channelStates: s, channels } = tx.t;
    const known = yield* step(
      tx.orm
        .select({ id: channels.id })
        .from(channels)
        .where(inArray(channels.id, [...channelIds])),
    );
    const ids = known.map((row) => row.id);
    // Once its server is removed, what is still claimed is canceled.
    if (channelIds.includes(SYSTEM_MAIL_ID)) ids.push(SYSTEM_MAIL_ID);
    if (ids.length === 0) return [];
    ids.sort();
    yield* step(
      tx.orm
        .insert(s)
        .values(ids.map((channelId) => ({ channelId, health: "healthy" as const, failures: 0 })))
        .onConflictDoNothing(),
    );
    yield* free(tx, and(inArray(s.channelId, ids), ne(s.queueOwner, owner), hasEnded(tx)));
    const rows = yield* step(
      tx.orm
        .update(s)
        .set({ queueOwner: owner, queueUntil: leaseEnd(), queueToken: sql`${s.queueToken} + 1` })
        .where(and(inArray(s.channelId, ids), or(isNull(s.queueOwner), eq(s.queueOwner, owner))))
        .returning(),
    );
    return rows.map(({ channelId, queueOwner: _, queueUntil: __, queueToken: token, ...state }) => ({
      channelId,
      token,
      state,
    }));
  });
}

const leaseEnd = () => sql`${databaseTime()} + ${QUEUE_LEASE_MS}`;

/** Its owner did not renew it in time, or it was dated by a clock that was wrong: no lease is longer than a minute. */
function hasEnded(tx: Tx) {
  const { queueUntil } = tx.t.channelStates;
  const time = databaseTime();
  return or(isNull(queueUntil), lt(queueUntil, time), gt(queueUntil, sql`${time} + ${LONGEST.queueLease}`));
}

/**
 * Locks a queue until the transaction ends, so that nobody takes it meanwhile.
 * @returns false when another process has it
 */
export function* lockQueue(tx: Tx, { channelId, token }: QueueLease): Steps<boolean> {
  const { channelStates: s } = tx.t;
  const query = tx.orm
    .select({ channelId: s.channelId })
    .from(s)
    .where(and(eq(s.channelId, channelId), eq(s.queueToken, token)));
  forUpdate(query, {});
  return (yield* step(query)).length > 0;
}

/** @returns the queues that are still this process's, with their tokens */
export function renewQueues(channelIds: readonly string[], owner: string): Promise<QueueLease[]> {
  return transact([], function* (tx) {
    const { channelStates: s } = tx.t;
    return yield* step(
      tx.orm
        .update(s)
        .set({ queueUntil: leaseEnd() })
        .where(and(inArray(s.channelId, [...channelIds]), eq(s.queueOwner, owner)))
        .returning({ channelId: s.channelId, token: s.queueToken }),
    );
  });
}

/** Gives queues up. What still waits for them is announced, so that another process takes them at once. */
export function releaseQueues(channelIds: readonly string[], owner: string): Promise<void> {
  return transact([], function* (tx) {
    const { channelStates: s } = tx.t;
    yield* step(
      tx.orm
        .update(s)
        .set({ queueOwner: null, queueUntil: null })
        .where(and(inArray(s.channelId, [...channelIds]), eq(s.queueOwner, owner))),
    );
    if (channelIds.length > 0) tx.notices.push({ topic: "deliveries", ids: [...channelIds] });
  });
}

/**
 * Frees the queues of owners that are gone or did not renew them, and takes back what was under way through them.
 * @returns how many deliveries were taken back
 */
export function freeLostQueues(): Promise<number> {
  return transact([], function* (tx) {
    const { channelStates: s, systemState: w } = tx.t;
    const announcement = tx.orm
      .select({ one: sql`1` })
      .from(w)
      .where(
        and(
          sql`${w.key} = ${WORKER_KEY} || ${s.queueOwner}`,
          gt(w.updatedAt, sql`${databaseTime()} - ${WORKER_TTL_MS}`),
        ),
      );
    return yield* free(tx, or(hasEnded(tx), notExists(announcement)));
  });
}

/** Frees queues and takes back what was under way through them. @returns how many deliveries */
function* free(tx: Tx, which: SQL | undefined): Steps<number> {
  const { channelStates: s } = tx.t;
  const rows = yield* step(
    tx.orm
      .update(s)
      .set({ queueOwner: null, queueUntil: null, queueToken: sql`${s.queueToken} + 1` })
      .where(and(isNotNull(s.queueOwner), which))
      .returning({ channelId: s.channelId }),
  );
  return yield* reclaimFrom(
    tx,
    rows.map((row) => row.channelId),
  );
}

/**
 * Writes a channel's state, as the owner of its queue. Its failing edge changes which channel mails people, so the
 * routing version goes up.
 * @returns false when another process owns the queue now: then nothing is written
 */
export function* writeChannelState(
  tx: Tx,
  { channelId, token }: QueueLease,
  state: ChannelState,
  failingChanged: boolean,
): Steps<boolean> {
  const { channelStates: s } = tx.t;
  const rows = yield* step(
    tx.orm
      .update(s)
      .set(state)
      .where(and(eq(s.channelId, channelId), eq(s.queueToken, token)))
      .returning({ channelId: s.channelId }),
  );
  if (rows.length === 0) return false;
  if (failingChanged) yield* bumpRouting(tx);
  tx.notices.push({ topic: "channels", ids: [channelId] });
  return true;
}

export function saveChannelState(lease: QueueLease, state: ChannelState): Promise<boolean> {
  return transact([], (tx) => writeChannelState(tx, lease, state, false));
}

/**
 * A channel that was changed counts as healthy: its state before says nothing about what it is now.
 * @param isDisabled it was disabled, and its alert closed: its next failure is a new one
 */
export function* resetChannelState(tx: Tx, channelId: string, isDisabled: boolean): Steps<void> {
  const { channelStates: s } = tx.t;
  const { health, retryingSince, failures, nextProbeAt, pausedUntil, pausedSince } = HEALTHY;
  yield* step(
    tx.orm
      .update(s)
      .set({
        health,
        retryingSince,
        failures,
        nextProbeAt,
        pausedUntil,
        pausedSince,
        ...(isDisabled ? { failingSince: null } : {}),
      })
      .where(eq(s.channelId, channelId)),
  );
}

export function readChannelState(channelId: string): Promise<ChannelState | null> {
  return transact([], function* (tx) {
    const { channelStates: s } = tx.t;
    const [row] = yield* step(tx.orm.select().from(s).where(eq(s.channelId, channelId)));
    if (!row) return null;
    const { channelId: _, queueOwner: __, queueUntil: ___, queueToken: ____, ...state } = row;
    return state;
  });
}

/** The service asked a Test to pause: the channel is paused for at least as long, in every process. */
export function pauseChannel(channelId: string, now: number, afterMs: number, reason: string): Promise<void> {
  return transact([], function* (tx) {
    const { channelStates: s, channels } = tx.t;
    const [channel] = yield* step(tx.orm.select({ id: channels.id }).from(channels).where(eq(channels.id, channelId)));
    if (!channel && channelId !== SYSTEM_MAIL_ID) return;
    yield* step(
      tx.orm
        .insert(s)
        .values({ channelId, health: "healthy" as const, failures: 0 })
        .onConflictDoNothing(),
    );
    const pausedUntil = now + afterMs;
    yield* step(
      tx.orm
        .update(s)
        .set({
          health: "paused",
          pausedUntil,
          pausedSince: sql`coalesce(${s.pausedSince}, ${now})`,
          lastErrorAt: now,
          lastError: reason,
        })
        .where(and(eq(s.channelId, channelId), or(isNull(s.pausedUntil), lt(s.pausedUntil, pausedUntil)))),
    );
    tx.notices.push({ topic: "channels", ids: [channelId] });
  });
}
