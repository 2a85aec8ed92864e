/**
 * Sets the process back into the past: while it is installed, `Date.now()` answers with a moment that only this clock
 * advances, so that services, stores and ids write a history as they would have written it day by day. It stops at
 * its end: what began shortly before has ended by then, and nothing is dated into the future.
 * For a process that does nothing else.
 */
export class PastClock {
  private readonly real = Date.now;

  /** @param at where time begins, milliseconds @param end where it stops */
  constructor(
    private at: number,
    readonly end: number,
  ) {
    Date.now = () => this.at;
  }

  get now(): number {
    return this.at;
  }

  pass(ms: number): void {
    this.moveTo(this.at + ms);
  }

  /** Time only advances: an earlier moment changes nothing, and a later one than the end is the end. */
  moveTo(at: number): void {
    this.at = Math.max(this.at, Math.min(Math.round(at), this.end));
  }

  /** Restores the real `Date.now()`. */
  restore(): void {
    Date.now = this.real;
  }
}
