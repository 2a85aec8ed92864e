import { handoffOf } from "@/lib/core/handoff";
import type { DeliveryDraft } from "@/lib/core/routing";
import { GIVE_UP_AFTER_MS } from "./deliveries";
import type { ClaimedDelivery } from "./outbox";

/** The deliveries of one transaction that go straight to the worker of this process once it is committed. */
export class DirectHandoff {
  private readonly handoff = handoffOf<ClaimedDelivery>();
  private readonly kept: { channelId: string; delivery: ClaimedDelivery }[] = [];

  /** Marks those as `sending` that may go at once. Deliveries that keep an order are claimed in their turn. */
  take(eventId: string, drafts: readonly DeliveryDraft[], now: number): void {
    if (!this.handoff) return;
    for (const draft of drafts) {
      if (draft.status !== "pending" || draft.orderKey !== null || !this.handoff.reserve(draft.channelId)) continue;
      draft.status = "sending";
      this.kept.push({ channelId: draft.channelId, delivery: claimedOf(eventId, draft, now) });
    }
  }

  push(): void {
    for (const { channelId, delivery } of this.kept) this.handoff?.push(channelId, delivery);
  }

  release(): void {
    for (const { channelId } of this.kept) this.handoff?.release(channelId, 1);
  }
}

function claimedOf(eventId: string, draft: DeliveryDraft, now: number): ClaimedDelivery {
  const {
    id,
    channelId,
    recipient,
    userId,
    kind,
    route,
    alertId,
    orderKey,
    ruleId,
    notifyOnRecovery,
    remindHours,
    notification,
    text,
    foldedCount,
  } = draft;
  return {
    id,
    eventId,
    channelId,
    recipient,
    userId,
    kind,
    route,
    step: 0,
    alertId,
    orderKey,
    ruleId,
    notifyOnRecovery,
    remindHours,
    notification,
    text,
    createdAt: now,
    giveUpAt: now + GIVE_UP_AFTER_MS,
    attemptCount: 0,
    lastAttemptAt: null,
    foldedCount,
    remaining: null,
  };
}
