/** How many may be busy with one server, and after how long one that is still waiting no longer counts. */
export interface SlotLimits {
  /** Busy at once, without the slow ones. */
  most: number;
  /** Milliseconds after which a holder counts as slow. */
  slowAfterMs: number;
  /** Busy at once, with the slow ones. */
  mostWithSlow: number;
}

/**
 * Slots for the exchanges with one server. An exchange that takes long, as a mail server may before it answers, does
 * not keep others from theirs.
 */
export class ServerSlots {
  private fresh = 0;
  private all = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly limits: SlotLimits) {}

  /** Runs once there is a slot, in the order of asking. */
  async hold<T>(exchange: () => Promise<T>): Promise<T> {
    await this.take();
    let isSlow = false;
    const timer = setTimeout(() => {
      isSlow = true;
      this.fresh--;
      this.admit();
    }, this.limits.slowAfterMs);
    try {
      return await exchange();
    } finally {
      clearTimeout(timer);
      if (!isSlow) this.fresh--;
      this.all--;
      this.admit();
    }
  }

  private get hasRoom(): boolean {
    return this.fresh < this.limits.most && this.all < this.limits.mostWithSlow;
  }

  private take(): Promise<void> | undefined {
    if (this.hasRoom && this.waiting.length === 0) {
      this.count();
      return undefined;
    }
    // Counted when it is admitted, so that nobody else gets the same slot.
    return new Promise((begin) =>
      this.waiting.push(() => {
        this.count();
        begin();
      }),
    );
  }

  private count(): void {
    this.fresh++;
    this.all++;
  }

  private admit(): void {
    while (this.hasRoom && this.waiting.length > 0) this.waiting.shift()?.();
  }
}
