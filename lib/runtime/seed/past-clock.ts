/**
 * Sets the process back into the past: while it is installed, `Date.now()` answers with a moment that only this clock
 * advances, so that services, stores and ids write a history as they would have written it day by day.
 * For a process that does nothing else.
 */
export class PastClock {
  private readonly real = Date.now;

  /** @param at where time begins, milliseconds */
  constructor(private at: number) {
    Date.now = () => this.at;
  }

  get now(): number {
    return this.at;
  }

  pass(ms: number): void {
    this.at += Math.round(ms);
  }

  /** Time only advances: an earlier moment changes nothing. */
  moveTo(at: number): void {
    this.at = Math.max(this.at, Math.round(at));
  }

  /** Restores the real `Date.now()`. */
  restore(): void {
    Date.now = this.real;
  }
}
