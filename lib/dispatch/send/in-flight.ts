/** As many slow sends may be in flight beside the others. */
const MOST_SLOW = 15;

/**
 * The sends of one channel that are in flight. One that has waited long for its service, as a mail server may take
 * minutes to answer, no longer counts, so that it keeps nothing else back.
 */
export class InFlight {
  /** When each began, milliseconds; the oldest first. */
  private readonly begun = new Map<string, number>();

  /** @param slowAfterMs after so long a send counts as slow */
  constructor(private readonly slowAfterMs: number) {}

  get size(): number {
    return this.begun.size;
  }

  get ids(): string[] {
    return [...this.begun.keys()];
  }

  add(id: string, now: number): void {
    this.begun.set(id, now);
  }

  delete(id: string): void {
    this.begun.delete(id);
  }

  /** How many count at this moment. */
  countFresh(now: number): number {
    return this.begun.size - Math.min(this.countSlow(now), MOST_SLOW);
  }

  /** Whether one more may begin where `limit` may be in flight. */
  hasRoom(limit: number, now: number): boolean {
    return this.begun.size < limit || this.countFresh(now) < limit;
  }

  /** When the next of them will count as slow, milliseconds; null while all do. */
  nextSlowAt(now: number): number | null {
    for (const at of this.begun.values()) if (at + this.slowAfterMs > now) return at + this.slowAfterMs;
    return null;
  }

  private countSlow(now: number): number {
    let count = 0;
    for (const at of this.begun.values()) {
      // They are in the order of their beginning.
      if (at + this.slowAfterMs > now) break;
      count++;
    }
    return count;
  }
}
