import { type Settlement, settle } from "@/db/stores/outbox";
import { loggerOf } from "@/lib/core/logger";
import { noticeStorageFault } from "./storage-watch";

const log = loggerOf("dispatch");

/** Settlements that arrive within this time share one transaction. */
const GATHER_MS = 5;
/** And then wait so long for a commit of others, since each commit is a write to disk. */
const PATIENCE_MS = 15;
const MAX_BATCH = 200;
const RETRY_MS = 1_000;

/**
 * Writes the settlements of deliveries in batches. What cannot be written is kept and retried: the message was sent,
 * and to forget that would send it twice.
 */
export class Settler {
  private waiting: Settlement[] = [];
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> | null = null;
  private isStuck = false;

  /** @param onOrdered called when deliveries of a channel that keep an order are written: the next of their key may go */
  constructor(private readonly onOrdered: (channelIds: Set<string>) => void = () => undefined) {}

  add(settlement: Settlement): void {
    this.waiting.push(settlement);
    if (this.isStuck) return;
    if (this.waiting.length >= MAX_BATCH) void this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), GATHER_MS);
  }

  /** True while nothing can be written: then nothing more should be sent either. */
  get isBlocked(): boolean {
    return this.isStuck;
  }

  /** Writes all that waits. Resolves when it is written, or when writing failed and was put off. */
  async flush(): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    while (this.writing) await this.writing;
    if (this.waiting.length === 0) return;
    const batch = this.waiting;
    this.waiting = [];
    this.writing = settle(batch, PATIENCE_MS)
      .then(() => {
        this.isStuck = false;
        const ordered = new Set(
          batch.flatMap(({ delivery }) => (delivery.orderKey && delivery.channelId ? [delivery.channelId] : [])),
        );
        if (ordered.size > 0) this.onOrdered(ordered);
      })
      .catch((error) => {
        log.error("failed to persist delivery settlements, retrying", {
          count: batch.length,
          error,
        });
        noticeStorageFault(error);
        this.waiting.unshift(...batch);
        this.isStuck = true;
        this.timer ??= setTimeout(() => void this.flush(), RETRY_MS);
      })
      .finally(() => {
        this.writing = null;
      });
    await this.writing;
  }
}
