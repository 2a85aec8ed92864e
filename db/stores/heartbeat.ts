import { transact } from "../transact";
import { putState, readState } from "./system-state";

/** Settings key: which monitor is sent heartbeats, and how often. */
export const HEARTBEAT_SETTINGS = "heartbeat";
/** In `system_state`: the last heartbeat. */
export const HEARTBEAT_STATE = "heartbeat";

/** Sooner than that nobody tries again after a heartbeat that was not taken, milliseconds. */
const RETRY_MS = 60_000;

/** The last heartbeat of the installation. Times in milliseconds. */
export interface StoredHeartbeat {
  channelId: string;
  /** The process that took it on, and when. */
  owner: string;
  at: number;
  /** What it says: everything works. */
  isHealthy: boolean;
  /** When the service last took one. */
  sentAt: number | null;
  /** Why it did not take the last one, and when that was; null: it did. */
  error: string | null;
  errorAt: number | null;
}

interface Wanted {
  channelId: string;
  owner: string;
  everyMs: number;
  isHealthy: boolean;
  now: number;
}

/**
 * Takes on the next heartbeat, when it is due: after the interval, a minute after one that was not taken, and at once when it would say
 * something else.
 * @returns whether it was, and whose the last one is now
 */
export function claimHeartbeat(wanted: Wanted): Promise<{ isClaimed: boolean; owner: string }> {
  return transact([HEARTBEAT_STATE], function* (tx) {
    const last = yield* readState<StoredHeartbeat>(tx, HEARTBEAT_STATE);
    if (last && !isDue(last, wanted)) return { isClaimed: false, owner: last.owner };
    const { channelId, owner, isHealthy, now } = wanted;
    const known = last?.channelId === channelId ? last : { sentAt: null, error: null, errorAt: null };
    yield* putState(tx, HEARTBEAT_STATE, { ...known, channelId, owner, isHealthy, at: now }, now);
    return { isClaimed: true, owner };
  });
}

function isDue(last: StoredHeartbeat, { channelId, everyMs, isHealthy, now }: Wanted): boolean {
  if (last.channelId !== channelId || last.isHealthy !== isHealthy) return true;
  const since = now - last.at;
  // A clock that was ahead must not keep it silent. Somewhat less is another process, which asked for the time a moment before.
  return since < -RETRY_MS || since >= (last.error === null ? everyMs : Math.min(everyMs, RETRY_MS));
}

/** Notes the result of a heartbeat. @param error null: the service took it */
export function recordHeartbeat(
  channelId: string,
  isHealthy: boolean,
  error: string | null,
  now: number,
): Promise<void> {
  return transact([HEARTBEAT_STATE], function* (tx) {
    const last = yield* readState<StoredHeartbeat>(tx, HEARTBEAT_STATE);
    const known = last?.channelId === channelId ? last : { owner: "", at: now, sentAt: null };
    const sent =
      error === null ? { sentAt: now, error: null, errorAt: null } : { sentAt: known.sentAt, error, errorAt: now };
    yield* putState(tx, HEARTBEAT_STATE, { channelId, owner: known.owner, at: known.at, isHealthy, ...sent }, now);
    tx.notices.push({ topic: "settings", ids: [HEARTBEAT_STATE] });
  });
}
