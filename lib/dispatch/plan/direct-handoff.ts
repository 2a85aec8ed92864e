import { LEASE_MS, type PlannedRow } from "@/db/stores/new-delivery";
import type { ClaimedDelivery } from "@/db/stores/outbox";
import { handoffOf } from "@/lib/core/handoff";

/**
 * The deliveries of one transaction that go straight to the channel queues of this process once it is committed:
 * they are written as `sending` and need no claim, which costs a commit of its own: an eighth of the rate one at a time.
 */
export class DirectHandoff {
  private readonly handoff = handoffOf<ClaimedDelivery>();
  private readonly reserved = new Set<PlannedRow>();

  /** Marks as `sending` those that may go at once. Deliveries that keep an order are claimed in their turn. */
  reserve(rows: readonly PlannedRow[], now: number): void {
    if (!this.handoff) return;
    for (const row of rows) {
      if (row.status !== "pending" || row.orderKey !== null || !this.handoff.reserve(row.channelId)) continue;
      row.status = "sending";
      row.leaseUntil = now + LEASE_MS;
      this.reserved.add(row);
    }
  }

  /** Of rows that were not written after all: their event is a duplicate. */
  withdraw(rows: readonly PlannedRow[]): void {
    for (const row of rows) if (this.reserved.delete(row)) this.handoff?.release(row.channelId, 1);
  }

  /** After the commit. */
  push(): void {
    for (const delivery of this.reserved) this.handoff?.push(delivery.channelId, delivery);
  }

  /** After a transaction that failed: nothing is reserved any more. */
  release(): void {
    for (const { channelId } of this.reserved) this.handoff?.release(channelId, 1);
    this.reserved.clear();
  }
}
