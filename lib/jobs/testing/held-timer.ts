import type { LimitTimer } from "../time-limit";

/** A timer whose time passes when the test says so, however busy the machine is. */
export class HeldTimer {
  private readonly waiting = new Set<{ ms: number; onEnd: () => void }>();

  readonly timer: LimitTimer = (ms, onEnd) => {
    const entry = { ms, onEnd };
    this.waiting.add(entry);
    return () => this.waiting.delete(entry);
  };

  /** Ends every wait of at most so many milliseconds. */
  pass(ms: number): void {
    for (const entry of [...this.waiting].filter((one) => one.ms <= ms)) {
      this.waiting.delete(entry);
      entry.onEnd();
    }
  }
}
