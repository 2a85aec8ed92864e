import { LONGEST } from "@/lib/core/longest-times";

/** The health of a channel. Times in milliseconds. */
export interface ChannelHealthState {
  health: "healthy" | "retrying" | "paused";
  retryingSince: number | null;
  /** Failed attempts since the last success; while retrying, failed probes. */
  failures: number;
  nextProbeAt: number | null;
  pausedUntil: number | null;
  pausedSince: number | null;
  lastSuccessAt: number | null;
  lastErrorAt: number | null;
  lastError: string | null;
}

/** Retrying or a pause of this length is reported to the other channels. */
export const LONG_RETRYING_MS = 15 * 60_000;
/** This many failures in a row close a channel that was busy until then. */
const FAILURES_TO_RETRYING = 3;
/** A channel that succeeded this recently is taken to be healthy, and a failure to be the delivery's own. */
const RECENT_MS = 5_000;
const MIN_PAUSE_MS = 1_000;
const MAX_PAUSE_MS = LONGEST.pause;
/** Our clock and the service's count a pause from different moments. */
const PAUSE_MARGIN_MS = 25;

export type Gate = { kind: "open" } | { kind: "probe" } | { kind: "closed"; until: number };

/**
 * The state without times that lie further ahead than they can: a clock that was wrong wrote them. A pause or a probe
 * of that kind is over, and what happened in the future happens now.
 */
export function withoutImpossibleTimes<L extends ChannelHealthState>(queue: L, now: number): L {
  const { nextProbeAt, pausedUntil, retryingSince, pausedSince, lastSuccessAt, lastErrorAt } = queue;
  const past = { retryingSince, pausedSince, lastSuccessAt, lastErrorAt };
  const isPossible =
    (nextProbeAt ?? 0) <= now + LONGEST.probe &&
    (pausedUntil ?? 0) <= now + LONGEST.pause + LONGEST.skew &&
    Object.values(past).every((at) => (at ?? 0) <= now + LONGEST.skew);
  if (isPossible) return queue;
  const bounded = (at: number | null, ahead: number) => (at !== null && at > now + ahead ? now : at);
  return {
    ...queue,
    nextProbeAt: bounded(nextProbeAt, LONGEST.probe),
    pausedUntil: bounded(pausedUntil, LONGEST.pause + LONGEST.skew),
    retryingSince: bounded(retryingSince, LONGEST.skew),
    pausedSince: bounded(pausedSince, LONGEST.skew),
    lastSuccessAt: bounded(lastSuccessAt, LONGEST.skew),
    lastErrorAt: bounded(lastErrorAt, LONGEST.skew),
  };
}

/** May the channel be used now, fully or with one probe? */
export function gateOf(queue: ChannelHealthState, now: number): Gate {
  if (queue.pausedUntil !== null && queue.pausedUntil > now) return { kind: "closed", until: queue.pausedUntil };
  if (queue.retryingSince === null) return { kind: "open" };
  if (queue.nextProbeAt !== null && queue.nextProbeAt > now) return { kind: "closed", until: queue.nextProbeAt };
  return { kind: "probe" };
}

/** A success opens the channel fully. A pause that another answer asked for stays. */
export function afterSuccess<L extends ChannelHealthState>(queue: L, now: number): L {
  const isPaused = queue.pausedUntil !== null && queue.pausedUntil > now;
  return {
    ...queue,
    health: isPaused ? "paused" : "healthy",
    retryingSince: null,
    failures: 0,
    nextProbeAt: null,
    pausedUntil: isPaused ? queue.pausedUntil : null,
    pausedSince: isPaused ? queue.pausedSince : null,
    lastSuccessAt: now,
  };
}

/** The service asked to pause: the whole channel waits, at least 1 s and at most 24 h. A pause only grows. */
export function afterPause<L extends ChannelHealthState>(queue: L, now: number, afterMs: number, error: string): L {
  const until = now + Math.min(Math.max(afterMs, MIN_PAUSE_MS), MAX_PAUSE_MS) + PAUSE_MARGIN_MS;
  return {
    ...queue,
    health: "paused",
    pausedUntil: Math.max(until, queue.pausedUntil ?? 0),
    pausedSince: queue.pausedSince ?? now,
    lastErrorAt: now,
    lastError: error,
  };
}

/**
 * A transient failure. It is the delivery's own as long as others get through, and then the channel stays open;
 * otherwise the channel retries, and is probed ever more rarely.
 * @param isProbe the attempt was the one probe that was allowed
 * @param isAlone nothing else is in flight on the channel
 * @param random 0..1, for jitter
 */
export function afterFailure<L extends ChannelHealthState>(
  queue: L,
  now: number,
  facts: { error: string; isProbe: boolean; isAlone: boolean; random: number },
): L {
  const seen = { ...queue, lastErrorAt: now, lastError: facts.error };
  if (queue.retryingSince !== null) {
    // Late answers of what was sent before the channel closed are no new evidence.
    if (!facts.isProbe) return seen;
    const failures = queue.failures + 1;
    return {
      ...seen,
      failures,
      nextProbeAt: now + jitter(probeDelay(failures, now - queue.retryingSince), facts.random),
    };
  }
  const failures = queue.failures + 1;
  const wasWell = queue.lastSuccessAt !== null && now - queue.lastSuccessAt < RECENT_MS;
  if (failures < FAILURES_TO_RETRYING && (wasWell || !facts.isAlone)) return { ...seen, failures };
  return {
    ...seen,
    health: "retrying",
    retryingSince: now,
    failures: 1,
    nextProbeAt: now + jitter(probeDelay(1, 0), facts.random),
  };
}

/** 1, 2, 4, 8 s; then every 10 s for 10 min, every minute for an hour, every 5 min. */
export function probeDelay(failures: number, retryingMs: number): number {
  if (failures <= 4) return 1000 * 2 ** (failures - 1);
  if (retryingMs < 10 * 60_000) return 10_000;
  if (retryingMs < 70 * 60_000) return 60_000;
  return LONGEST.probe;
}

/** When a delivery that fails although others succeed may go again: 1 s doubling to 5 min. */
export function ownDelay(attempts: number, random: number): number {
  return jitter(Math.min(1000 * 2 ** Math.max(0, attempts - 1), LONGEST.retry), random);
}

/** Up to a tenth earlier, never later: what is promised as "at most every 10 s" holds. */
function jitter(ms: number, random: number): number {
  return Math.round(ms * (1 - random / 10));
}

/** True when a channel has delivered nothing for so long that the others are notified. */
export function isRetryingLong(queue: ChannelHealthState, now: number): boolean {
  if (queue.retryingSince !== null && now - queue.retryingSince > LONG_RETRYING_MS) return true;
  if (queue.pausedUntil === null || queue.pausedUntil <= now) return false;
  return queue.pausedUntil - (queue.pausedSince ?? now) > LONG_RETRYING_MS;
}
