/** A clock that goes back by more was set. */
const BACK_MS = 60_000;
/** A clock that leaps ahead by more between two looks was probably set; a machine seldom sleeps for so long. */
const AHEAD_MS = 7 * 86_400_000;
/** After a leap the clock may leap back: a machine that starts with a wrong time, a time server that corrects itself. */
const SETTLE_MS = 30_000;

/** As many leaps are remembered. */
const STRETCHES = 100;

/**
 * Notices when the clock leaps. One that is wrong looks like a machine that slept at that moment, but it is
 * usually set right within seconds: so nothing that rests on the new time alone is decided before it has stayed.
 */
export class ClockWatch {
  private settlesAt = Number.NEGATIVE_INFINITY;
  /** The stretches of time that passed under its eyes, the newest last. */
  private readonly seen: { from: number; to: number }[] = [];

  /** Whether the clock leapt a moment ago. @param now milliseconds; called about once a second */
  isSettling(now: number): boolean {
    const current = this.seen.at(-1);
    const passed = current ? now - current.to : 0;
    const hasLeapt = passed > AHEAD_MS || passed < -BACK_MS;
    if (hasLeapt) this.settlesAt = now + SETTLE_MS;
    if (current && !hasLeapt) current.to = Math.max(current.to, now);
    else this.seen.push({ from: now, to: now });
    if (this.seen.length > STRETCHES) this.seen.shift();
    return now < this.settlesAt;
  }

  /**
   * The latest moment up to now that was looked at before the last leap: what came due until then was seen to.
   * Null when there was none.
   */
  latestSeen(now: number): number | null {
    const past = this.seen.slice(0, -1).filter(({ from }) => from <= now);
    return past.length > 0 ? Math.max(...past.map(({ to }) => Math.min(to, now))) : null;
  }

  /** Compares with a time that an earlier process stored. */
  compare(now: number, stored: number): void {
    if (stored - now > BACK_MS) this.settlesAt = now + SETTLE_MS;
  }
}
