import { networkOf } from "@/lib/core/client-address";

/** Unknown addresses that one caller may ask for within a minute. */
const MISSES = 60;
const WINDOW_MS = 60_000;
/** Callers that are remembered. */
const CALLERS = 10_000;

/**
 * Limits how often one address asks for jobs that do not exist, so that nobody searches for tokens. Who reports by a token that is known
 * is heard all the same, also from behind an address that others misuse. In memory: each process has its own.
 */
export class MissLimit {
  private readonly misses = new Map<string, { count: number; since: number }>();

  /** Seconds that a caller has to wait; 0: it may ask. @param now milliseconds */
  waitOf(caller: string | null, now: number): number {
    const known = this.misses.get(keyOf(caller));
    if (!known || now - known.since >= WINDOW_MS || now < known.since || known.count < MISSES) return 0;
    return Math.ceil((known.since + WINDOW_MS - now) / 1_000);
  }

  /** Counts a miss. */
  count(caller: string | null, now: number): void {
    const key = keyOf(caller);
    const known = this.misses.get(key);
    if (known && now - known.since < WINDOW_MS && now >= known.since) {
      known.count++;
      return;
    }
    this.misses.delete(key);
    this.misses.set(key, { count: 1, since: now });
    if (this.misses.size > CALLERS) this.misses.delete(this.misses.keys().next().value ?? "");
  }
}

function keyOf(caller: string | null): string {
  return caller === null ? "unknown" : networkOf(caller);
}
