import { databaseNow } from "@/db/database-clock";
import { LEASE_MS, type PlannedRow } from "@/db/stores/new-delivery";
import type { ClaimedDelivery } from "@/db/stores/outbox";
import { type HandoffSlot, handoffOf } from "@/lib/core/handoff";

/**
 * The deliveries of one transaction that go straight to the channel queues of this process once it is committed:
 * they are written as `sending` and need no claim, which costs a commit of its own: an eighth of the rate one at a time.
 */
export class DirectHandoff {
  private readonly handoff = handoffOf<ClaimedDelivery>();
  private readonly reserved = new Map<PlannedRow, HandoffSlot<ClaimedDelivery>>();

  /** Marks as `sending` those that may go at once. Deliveries that keep an order are claimed in their turn. */
  reserve(rows: readonly PlannedRow[]): void {
    if (!this.handoff) return;
    for (const row of rows) {
      if (row.status !== "pending" || row.orderKey !== null || row.notBefore !== null) continue;
      const slot = this.handoff.reserve(row.channelId);
      if (!slot) continue;
      row.status = "sending";
      row.leaseUntil = databaseNow() + LEASE_MS;
      row.leaseToken = slot.token;
      this.reserved.set(row, slot);
    }
  }

  /** Of rows that were not written after all: their event is a duplicate. */
  withdraw(rows: readonly PlannedRow[]): void {
    for (const row of rows) {
      this.reserved.get(row)?.release();
      this.reserved.delete(row);
    }
  }

  /** After the commit. */
  push(): void {
    for (const [delivery, slot] of this.reserved) slot.push(delivery);
  }

  /** After a transaction that failed: nothing is reserved any more. */
  release(): void {
    for (const slot of this.reserved.values()) slot.release();
    this.reserved.clear();
  }
}
