/** How far the clock may differ from the time that passes before it counts as set, milliseconds. */
const LEAP_MS = 2_000;

/**
 * Since when somebody has looked regularly, by a clock that nobody set. A process that was down, suspended or stopped, and a
 * clock that leapt, begin anew: what nobody listened to did not keep silent.
 */
export class GaplessWatch {
  private last: { now: number; passed: number } | null = null;
  private watchedSince = 0;
  private wasLate = false;
  private leapt: number | null = null;

  /** @param everyMs how often it is asked */
  constructor(private readonly everyMs: number) {}

  /** Nobody looks: the next look begins anew. */
  interrupt(): void {
    this.last = null;
  }

  /** Asked at every look. @param now milliseconds @returns since when it has looked without a gap */
  since(now: number): number {
    const passed = performance.now();
    const last = this.last;
    const elapsed = last ? passed - last.passed : 0;
    const hasLeapt = last !== null && Math.abs(now - last.now - elapsed) > LEAP_MS;
    const isLate = elapsed > this.everyMs * 2 + LEAP_MS;
    // Looks that are always late are slow, not interrupted: otherwise nobody would ever be notified.
    if (last === null || hasLeapt || (isLate && !this.wasLate)) this.watchedSince = now;
    if (hasLeapt) this.leapt = now;
    this.wasLate = isLate;
    this.last = { now, passed };
    return this.watchedSince;
  }

  /** When the clock was last seen to have leapt, by what it has shown since; null: never. */
  get leaptAt(): number | null {
    return this.leapt;
  }
}
