/** Unknown addresses that one caller may ask for within a minute. */
const MISSES = 60;
const WINDOW_MS = 60_000;
/** Callers that are remembered. */
const CALLERS = 10_000;

/** Limits how often one address asks for jobs that do not exist, so that nobody searches for tokens. In memory: each process has its own. */
export class MissLimit {
  private readonly misses = new Map<string, { count: number; since: number }>();

  /** Seconds that a caller has to wait; 0: it may ask. @param now milliseconds */
  waitOf(caller: string, now: number): number {
    const known = this.misses.get(caller);
    if (!known || now - known.since >= WINDOW_MS || now < known.since || known.count < MISSES) return 0;
    return Math.ceil((known.since + WINDOW_MS - now) / 1_000);
  }

  /** Counts a miss. */
  count(caller: string, now: number): void {
    const known = this.misses.get(caller);
    if (known && now - known.since < WINDOW_MS && now >= known.since) {
      known.count++;
      return;
    }
    this.misses.delete(caller);
    this.misses.set(caller, { count: 1, since: now });
    if (this.misses.size > CALLERS) this.misses.delete(this.misses.keys().next().value ?? "");
  }
}
