/** What one body holds of the budget. */
export interface BudgetShare {
  /** Takes more bytes. @returns false when there is no room for them */
  take(bytes: number): boolean;
  /** The body has arrived whole: it is not dropped in favour of another one any more. */
  settle(): void;
  release(): void;
}

interface Entry {
  caller: string;
  bytes: number;
  isSettled: boolean;
  drop(): void;
}

/**
 * A limit on all bodies that are held in memory at the same time, shared fairly: where there is no room, the oldest unfinished
 * body of the caller that holds the most is dropped, as long as that is more than the asking caller would hold.
 */
export class BodyBudget {
  /** In the order of their arrival. */
  private readonly entries = new Set<Entry>();
  private held = 0;

  /**
   * @param limit in bytes
   * @param newcomersWin where even a single caller's oldest unfinished body is dropped for its newest: for bodies of strangers,
   * which are so small that an honest one arrives at once
   */
  constructor(
    private readonly limit: number,
    private readonly newcomersWin = false,
  ) {}

  /** Bytes that are held now. */
  get bytes(): number {
    return this.held;
  }

  /**
   * Begins to hold a body.
   * @param caller whose share it counts towards
   * @param drop called when the body loses its room; it must release the share
   */
  open(caller: string, drop: () => void): BudgetShare {
    const entry: Entry = { caller, bytes: 0, isSettled: false, drop };
    this.entries.add(entry);
    return {
      take: (bytes) => {
        while (this.held + bytes > this.limit) {
          const victim = this.victimOf(entry, bytes);
          if (!victim) return false;
          this.remove(victim);
          victim.drop();
        }
        if (this.entries.has(entry)) {
          entry.bytes += bytes;
          this.held += bytes;
        }
        return true;
      },
      settle: () => {
        entry.isSettled = true;
      },
      release: () => this.remove(entry),
    };
  }

  private remove(entry: Entry): void {
    if (this.entries.delete(entry)) this.held -= entry.bytes;
  }

  private victimOf(asking: Entry, bytes: number): Entry | undefined {
    const totals = new Map<string, number>([[asking.caller, bytes]]);
    for (const { caller, bytes: own } of this.entries) totals.set(caller, (totals.get(caller) ?? 0) + own);
    const own = totals.get(asking.caller) ?? 0;
    let victim: Entry | undefined;
    for (const entry of this.entries) {
      if (entry === asking || entry.isSettled || entry.bytes === 0) continue;
      const total = totals.get(entry.caller) ?? 0;
      if (!this.newcomersWin && total <= own) continue;
      if (!victim || total > (totals.get(victim.caller) ?? 0)) victim = entry;
    }
    return victim;
  }
}
