/**
 * Lets the program live through the past: while it is worn, `Date.now()` answers with a moment that only this clock
 * moves on. So services, stores and ids write a history as they would have written it day by day.
 * For a process of its own that does nothing else.
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

  /** Time goes forward only: an earlier moment leaves it where it is. */
  moveTo(at: number): void {
    this.at = Math.max(this.at, Math.round(at));
  }

  /** Gives the machine its own time back. */
  takeOff(): void {
    Date.now = this.real;
  }
}
