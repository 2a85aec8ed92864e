import { channelsWithDue, eventsById } from "@/db/queries/dispatch";
import {
  type ChannelState,
  claimQueues,
  HEALTHY,
  type QueueLease,
  releaseQueues,
  saveChannelState,
} from "@/db/stores/channel-queue";
import { LEASE_MS } from "@/db/stores/new-delivery";
import { type ClaimedDelivery, claim, handBack, type Settlement, settle } from "@/db/stores/outbox";
import { attempt } from "@/lib/dispatch/send/attempt";
import { raiseFailing, raiseWorking } from "@/lib/dispatch/send/channel-failing";
import { foldWaiting } from "@/lib/dispatch/send/fold-storm";
import { readInstallation } from "@/lib/dispatch/send/installation";
import { type LoadedChannel, loadChannel } from "@/lib/dispatch/send/loaded-channel";
import { afterFailure, afterPause, afterSuccess, gateOf } from "@/lib/policy/channel-health";
import type { FakeNetwork } from "./fake-network";
import type { PastClock } from "./past-clock";

const OWNER = "seed";

/**
 * Sends pending deliveries on the past clock as the channel queues of the worker do: the same claim, attempt, health
 * rules and settlement, without their timers.
 */
export class DeliverySimulator {
  private readonly states = new Map<string, ChannelState>();
  private readonly leases = new Map<string, QueueLease>();

  constructor(
    private readonly clock: PastClock,
    private readonly network: FakeNetwork,
  ) {}

  /** Delivers until nothing is due any more; time advances as far as pauses and retries require. */
  async deliver(): Promise<void> {
    for (;;) {
      const ids = await channelsWithDue(this.clock.now);
      if (ids.length === 0) return;
      const open: string[] = [];
      let nextAt = Number.POSITIVE_INFINITY;
      for (const id of ids) {
        const gate = gateOf(await this.stateOf(id), this.clock.now);
        if (gate.kind === "closed") nextAt = Math.min(nextAt, gate.until);
        else open.push(id);
      }
      if (open.length === 0 && nextAt > this.clock.end) throw new Error("The demo's outages must be over by its end.");
      if (open.length === 0) this.clock.moveTo(nextAt);
      for (const id of open) await this.deliverChannel(id);
    }
  }

  private async stateOf(channelId: string): Promise<ChannelState> {
    let state = this.states.get(channelId);
    if (!state) {
      const [claimed] = await claimQueues([channelId], OWNER);
      if (claimed) this.leases.set(channelId, claimed);
      state = HEALTHY;
      this.states.set(channelId, state);
    }
    return state;
  }

  private leaseOf(channelId: string): QueueLease {
    const lease = this.leases.get(channelId);
    if (!lease) throw new Error(`The queue of the demo's channel ${channelId} is another process's.`);
    return lease;
  }

  private async deliverChannel(channelId: string): Promise<void> {
    const lease = this.leaseOf(channelId);
    const channel = await loadChannel(channelId);
    if (!channel || "broken" in channel) throw new Error(`The demo's channel cannot be used: ${channel?.broken}`);
    const { provider } = channel;
    if (provider.foldAbove !== null) await foldWaiting(lease, provider.foldAbove, this.clock.now);
    const now = this.clock.now;
    const claimed = await claim(lease, { limit: 50, now, leaseUntil: now + LEASE_MS, isProbe: false });
    while (claimed.length > 0) {
      const gate = gateOf(await this.stateOf(channelId), this.clock.now);
      if (gate.kind === "closed") break;
      await this.attemptDelivery(claimed.shift() as ClaimedDelivery, channel, gate.kind === "probe");
    }
    await handBack(claimed);
  }

  private async attemptDelivery(delivery: ClaimedDelivery, channel: LoadedChannel, isProbe: boolean): Promise<void> {
    const [event] = await eventsById([delivery.eventId]);
    if (!event) throw new Error(`The event ${delivery.eventId} is not there.`);
    const result = await attempt(delivery, event, channel, this.network, await readInstallation());
    const { outcome } = result;
    const now = this.clock.now;
    const before = await this.stateOf(channel.id);
    const rest = {
      delivery,
      dueAt: null,
      remaining: null,
      refused: null,
      receipt: null,
      payload: result.payload,
      attempt: result.record,
      now,
    };
    const write = (settlement: Pick<Settlement, "status" | "reason" | "reasonCode"> & Partial<Settlement>) =>
      settle([{ ...rest, ...settlement }]);

    if (outcome.kind === "sent") {
      await write({ status: "sent", reason: null, reasonCode: null, receipt: outcome.receipt ?? null });
      const well = { ...afterSuccess(before, now), failingSince: null };
      await this.save(channel.id, well);
      if (before.failingSince !== null) await raiseWorking(this.leaseOf(channel.id), channel.name, well);
    } else if (outcome.kind === "retry") {
      await write({ status: "pending", reason: outcome.reason, reasonCode: "retrying", dueAt: now });
      await this.save(
        channel.id,
        outcome.afterMs === undefined
          ? afterFailure(before, now, { error: outcome.reason, isProbe, isAlone: true, random: 0 })
          : afterPause(before, now, outcome.afterMs, outcome.reason),
      );
    } else {
      await write({ status: "dead", reason: outcome.reason, reasonCode: "rejected" });
      const failing = { ...before, failingSince: now, lastErrorAt: now, lastError: outcome.reason };
      await this.save(channel.id, failing);
      const { id, name, provider } = channel;
      const names = { lease: this.leaseOf(id), name, providerName: provider.label };
      await raiseFailing(names, failing, outcome.reason, outcome.advice ?? null);
    }
  }

  private async save(channelId: string, state: ChannelState): Promise<void> {
    this.states.set(channelId, state);
    await saveChannelState(this.leaseOf(channelId), state);
  }

  /** Releases the queues; the last state of the channels stays. */
  async stop(): Promise<void> {
    await releaseQueues([...this.states.keys()], OWNER);
  }
}
