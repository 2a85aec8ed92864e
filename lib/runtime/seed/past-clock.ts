/**
 * Replaces the clock of the process: while it is installed, `Date.now()` returns a time that only this clock moves.
 * So services, stores and ids write a history as if day by day. Only for a process that does nothing else.
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

  /** Moves forward only: an earlier moment has no effect. */
  moveTo(at: number): void {
    this.at = Math.max(this.at, Math.round(at));
  }

  /** Restores the clock of the machine. */
  takeOff(): void {
    Date.now = this.real;
  }
}
