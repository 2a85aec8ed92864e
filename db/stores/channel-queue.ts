import { and, eq, inArray, isNull, lt, or, sql } from "drizzle-orm";
import type { ChannelHealth } from "../schema/shapes";
import { type Steps, step, type Tx, transact } from "../transact";
import { bumpRouting } from "./settings";

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

export interface ClaimedQueue {
  channelId: string;
  state: ChannelState;
  /** Another process had it before: what that one held is to be taken back. */
  wasTakenOver: boolean;
}

/**
 * Makes this process the one that works on a channel, so that order, rate and pauses have one keeper.
 * @returns the queues it got; those that another living process holds are left out
 */
export function claimQueues(
  channelIds: readonly string[],
  owner: string,
  until: number,
  now: number,
): Promise<ClaimedQueue[]> {
  return transact([], function* (tx) {
    const { channelStates: s, channels } = tx.t;
    const known = yield* step(
      tx.orm
        .select({ id: channels.id })
        .from(channels)
        .where(inArray(channels.id, [...channelIds])),
    );
    if (known.length === 0) return [];
    const ids = known.map((row) => row.id);
    yield* step(
      tx.orm
        .insert(s)
        .values(ids.map((channelId) => ({ channelId, health: "healthy" as const, failures: 0 })))
        .onConflictDoNothing(),
    );
    const before = yield* step(
      tx.orm.select({ channelId: s.channelId, queueOwner: s.queueOwner }).from(s).where(inArray(s.channelId, ids)),
    );
    const ownerBefore = new Map(before.map((row) => [row.channelId, row.queueOwner]));
    const rows = yield* step(
      tx.orm
        .update(s)
        .set({ queueOwner: owner, queueUntil: until })
        .where(
          and(
            inArray(s.channelId, ids),
            or(isNull(s.queueOwner), eq(s.queueOwner, owner), isNull(s.queueUntil), lt(s.queueUntil, now)),
          ),
        )
        .returning(),
    );
    return rows.map(({ channelId, queueOwner, queueUntil, ...state }) => ({
      channelId,
      state,
      wasTakenOver: ownerBefore.get(channelId) !== owner,
    }));
  });
}

/** @returns the channels that are still this process's */
export function renewQueues(channelIds: readonly string[], owner: string, until: number): Promise<string[]> {
  return transact([], function* (tx) {
    const { channelStates: s } = tx.t;
    const rows = yield* step(
      tx.orm
        .update(s)
        .set({ queueUntil: until })
        .where(and(inArray(s.channelId, [...channelIds]), eq(s.queueOwner, owner)))
        .returning({ channelId: s.channelId }),
    );
    return rows.map((row) => row.channelId);
  });
}

export function releaseQueues(channelIds: readonly string[], owner: string): Promise<void> {
  return transact([], function* (tx) {
    const { channelStates: s } = tx.t;
    yield* step(
      tx.orm
        .update(s)
        .set({ queueOwner: null, queueUntil: null })
        .where(and(inArray(s.channelId, [...channelIds]), eq(s.queueOwner, owner))),
    );
  });
}

/** Writes a channel's state. Its failing edge changes which channel mails people, so the routing version goes up. */
export function* writeChannelState(
  tx: Tx,
  channelId: string,
  state: ChannelState,
  failingChanged: boolean,
): Steps<void> {
  const { channelStates: s } = tx.t;
  yield* step(tx.orm.update(s).set(state).where(eq(s.channelId, channelId)));
  if (failingChanged) yield* bumpRouting(tx);
  tx.notices.push({ topic: "channels", ids: [channelId] });
}

export function saveChannelState(channelId: string, state: ChannelState): Promise<void> {
  return transact([], (tx) => writeChannelState(tx, channelId, state, false));
}

/** Queues that this process held when it last ended. */
export function ownedQueues(owner: string): Promise<string[]> {
  return transact([], function* (tx) {
    const { channelStates: s } = tx.t;
    const rows = yield* step(tx.orm.select({ channelId: s.channelId }).from(s).where(eq(s.queueOwner, owner)));
    return rows.map((row) => row.channelId);
  });
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
    const { channelId: _, queueOwner: __, queueUntil: ___, ...state } = row;
    return state;
  });
}

/** The service asked a Test to pause: the channel is paused for at least as long, in every process. */
export function pauseChannel(channelId: string, now: number, afterMs: number, reason: string): Promise<void> {
  return transact([], function* (tx) {
    const { channelStates: s, channels } = tx.t;
    const [channel] = yield* step(tx.orm.select({ id: channels.id }).from(channels).where(eq(channels.id, channelId)));
    if (!channel) return;
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
