import { plannedDelivery } from "@/db/stores/new-delivery";
import { type ClaimedDelivery, toClaimed } from "@/db/stores/outbox";
import { handoffOf } from "@/lib/core/handoff";
import type { DeliveryDraft } from "@/lib/core/routing";

/**
 * The deliveries of one transaction that go straight to the channel queues of this process once it is committed:
 * they are written as `sending` and need no claim, which costs a commit of its own.
 */
export class DirectHandoff {
  private readonly handoff = handoffOf<ClaimedDelivery>();
  private readonly reserved: { channelId: string; delivery: ClaimedDelivery }[] = [];

  /** Marks as `sending` those that may go at once. Deliveries that keep an order are claimed in their turn. */
  reserve(eventId: string, drafts: readonly DeliveryDraft[], now: number): void {
    if (!this.handoff) return;
    for (const draft of drafts) {
      if (draft.status !== "pending" || draft.orderKey !== null || !this.handoff.reserve(draft.channelId)) continue;
      draft.status = "sending";
      this.reserved.push({ channelId: draft.channelId, delivery: toClaimed(plannedDelivery(eventId, draft, now)) });
    }
  }

  /** After the commit. */
  push(): void {
    for (const { channelId, delivery } of this.reserved) this.handoff?.push(channelId, delivery);
  }

  /** After a transaction that failed. */
  release(): void {
    for (const { channelId } of this.reserved) this.handoff?.release(channelId, 1);
  }
}
