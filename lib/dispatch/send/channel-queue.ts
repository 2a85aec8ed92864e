import { databaseNow } from "@/db/database-clock";
import { eventsById } from "@/db/queries/dispatch";
import { type ChannelState, type QueueLease, readChannelState } from "@/db/stores/channel-queue";
import { LEASE_MS } from "@/db/stores/new-delivery";
import { type ClaimedDelivery, type ClaimedEvent, claim, handBack } from "@/db/stores/outbox";
import type { HandoffSlot } from "@/lib/core/handoff";
import { loggerOf } from "@/lib/core/logger";
import type { Provider, ProviderIo } from "@/lib/providers/contract";
import { attempt, postponedAttempt } from "./attempt";
import {
  decideSettlement,
  type SettlementDecision,
  settleCanceled,
  settleDead,
  settleHeld,
  settlePostponed,
} from "./decide-settlement";
import { foldStopped, foldWaiting } from "./fold-storm";
import { HealthTracker } from "./health-tracker";
import { holdNow } from "./hold-check";
import { InFlight } from "./in-flight";
import { freshInstallation, readInstallation } from "./installation";
import { JobRates } from "./job-rates";
import { type BrokenChannel, channelToSendThrough, type LoadedChannel, loadChannel } from "./loaded-channel";
import { cancellationReason } from "./precondition";
import { RateLimiter } from "./rate-limiter";
import { recallEvent } from "./recent-events";
import { RecipientTracker } from "./recipient-tracker";
import { isOneOfSeveral } from "./resolve-provider";
import type { Settler } from "./settler";
import { noticeStorageFault } from "./storage-watch";

const log = loggerOf("queue");

const CLAIM_RETRY_MS = 1_000;
/** As many fresh deliveries may be handed off without a claim; after a crash they are reclaimed. */
const HANDOFF_ROOM = 1_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

interface QueuedDelivery {
  delivery: ClaimedDelivery;
  /** None: the event is gone. */
  event: ClaimedEvent | undefined;
  isProbe: boolean;
}

/**
 * The queue of one channel. It keeps the channel's health, pauses and rate limit, and is the only sender through it,
 * so that nothing another channel does can delay it. Everything it writes carries its lease; while that may have run out,
 * nothing is sent.
 */
export class ChannelQueue implements HandoffSlot<ClaimedDelivery> {
  readonly channelId: string;
  readonly token: number;
  private buffered: QueuedDelivery[] = [];
  private readonly inFlight: InFlight;
  private isClaiming = false;
  /** Something may be due that is not claimed. */
  private hasMore = true;
  private wakeUps = 0;
  private timer: NodeJS.Timeout | null = null;
  private timerAt = 0;
  private readonly rateLimiter = new RateLimiter();
  private readonly jobRates = new JobRates();
  private readonly health: HealthTracker;
  private readonly recipients: RecipientTracker;
  private provider: Provider | null = null;
  private isStopped = false;
  /** Slots for deliveries that are being written. */
  private reserved = 0;
  /** The last claims that were handed back. */
  private returning: Promise<void> = Promise.resolve();
  private lastUsedAt = databaseNow();
  /** The channel was changed, and how is being read: nothing is claimed meanwhile. */
  private rereads = 0;
  /** The channel may have been enabled again: what that stopped is summed up before anything is claimed. */
  private mayHaveStopped = true;
  /** The version of the channel that the state belongs to. */
  private seenAt: number | null = null;

  /** @param isHeld whether the lease is certainly this process's still */
  constructor(
    private readonly lease: QueueLease,
    state: ChannelState,
    private readonly io: ProviderIo,
    private readonly settler: Settler,
    private readonly isHeld: () => boolean,
    slowAfterMs: number,
  ) {
    this.inFlight = new InFlight(slowAfterMs);
    this.channelId = lease.channelId;
    this.token = lease.token;
    this.health = new HealthTracker(lease, state);
    this.recipients = new RecipientTracker(lease.channelId);
  }

  /** Something was written for this channel. */
  wake(): void {
    this.wakeUps++;
    this.hasMore = true;
    this.pump();
  }

  /** The channel changed: when a person changed it, its earlier state does not count any more. */
  async reread(): Promise<void> {
    this.rereads++;
    try {
      await this.followChange();
    } finally {
      this.rereads--;
      this.pump();
    }
  }

  private async followChange(): Promise<void> {
    const channel = await loadChannel(this.channelId);
    if (!channel || this.seenAt === null) return;
    const stored = await readChannelState(this.channelId);
    if (!stored) return;
    if (channel.updatedAt === this.seenAt) {
      // The service asked a Test, in any process, to pause.
      this.health.learnPause(stored);
      return;
    }
    this.seenAt = channel.updatedAt;
    this.mayHaveStopped = true;
    this.health.replace(stored);
    this.follow(channel, databaseNow());
    this.wake();
  }

  get isIdle(): boolean {
    return this.inFlight.size + this.buffered.length + this.reserved === 0 && !this.hasMore && this.health.isHealthy;
  }

  get idleSince(): number {
    return this.lastUsedAt;
  }

  /** What is in flight or next in line: their leases are to be renewed. */
  get claimedIds(): string[] {
    return [...this.inFlight.ids, ...this.buffered.map(({ delivery }) => delivery.id)];
  }

  /** Reserves a slot for a delivery that is being written, when it may go at once and nothing older waits. */
  reserve(): boolean {
    const { provider } = this;
    if (!provider || this.isStopped || this.hasMore || this.isClaiming || this.settler.isBlocked) return false;
    if (!this.isHeld()) return false;
    const room = provider.foldAbove === null ? HANDOFF_ROOM : provider.concurrency;
    if (this.buffered.length + this.reserved >= room) return false;
    const now = databaseNow();
    if (this.health.gate(now).kind !== "open") return false;
    if (this.rateLimiter.allowed(now) <= this.buffered.length + this.reserved) return false;
    this.reserved++;
    return true;
  }

  release(): void {
    this.reserved--;
  }

  /** Takes a delivery that a slot was reserved for; it is written as `sending` already. */
  push(delivery: ClaimedDelivery): void {
    this.reserved--;
    this.buffered.push({ delivery, event: recallEvent(delivery.eventId), isProbe: false });
    this.pump();
  }

  /** Starts what may be sent now, and claims more. Cheap; called whenever anything changed. */
  private pump(): void {
    if (this.isStopped || this.settler.isBlocked || !this.isHeld()) {
      if (!this.isStopped) this.wakeAt(databaseNow() + CLAIM_RETRY_MS);
      return;
    }
    const now = databaseNow();
    const gate = this.health.gate(now);
    if (gate.kind === "closed") {
      this.giveBack();
      this.wakeAt(gate.until);
      return;
    }
    const limit = gate.kind === "probe" ? 1 : Math.min(this.health.window, this.provider?.concurrency ?? 1);
    while (this.buffered.length > 0 && this.inFlight.hasRoom(limit, now)) {
      const wait = this.rateLimiter.take(now);
      if (wait > 0) {
        this.wakeAt(now + wait);
        return;
      }
      const next = this.buffered.shift() as QueuedDelivery;
      void this.run({ ...next, isProbe: gate.kind === "probe" });
    }
    // Those in flight may turn out to be slow, and then keep nothing back.
    const nextSlowAt = this.inFlight.hasRoom(limit, now) ? null : this.inFlight.nextSlowAt(now);
    if (nextSlowAt !== null) this.wakeAt(nextSlowAt);
    if (!this.hasMore || this.isClaiming || this.rereads > 0) return;
    const wanted = this.wantedClaims(gate.kind === "probe", limit, now);
    if (wanted > 0) void this.claim(wanted, gate.kind === "probe");
  }

  /** How many more to claim: twice what may be in flight, so that no send waits for a claim. */
  private wantedClaims(isProbe: boolean, limit: number, now: number): number {
    const claimed = this.inFlight.countFresh(now) + this.buffered.length;
    if (isProbe) return claimed === 0 ? 1 : 0;
    const wanted = limit * 2 - claimed;
    if (limit > 1 && wanted < limit / 2 && claimed > 0) return 0;
    const allowed = this.rateLimiter.allowed(now) - this.buffered.length - this.reserved;
    if (allowed >= 1) return Math.min(wanted, allowed);
    if (this.rateLimiter.isLimited) this.wakeAt(now + Math.max(10, this.rateLimiter.wait(now)));
    return 0;
  }

  private async claim(limit: number, isProbe: boolean): Promise<void> {
    this.isClaiming = true;
    const wakeUpsBefore = this.wakeUps;
    let claimed: ClaimedDelivery[] = [];
    try {
      const now = databaseNow();
      this.lastUsedAt = now;
      if (!this.provider) await this.learnProvider(now);
      if (this.mayHaveStopped) {
        this.mayHaveStopped = false;
        await foldStopped(this.lease, now);
      }
      const foldAbove = this.provider?.foldAbove ?? null;
      if (foldAbove !== null) await foldWaiting(this.lease, foldAbove, now);
      claimed = await claim(this.lease, { limit, now, leaseUntil: databaseNow() + LEASE_MS, isProbe });
      if (claimed.length < limit && this.wakeUps === wakeUpsBefore) this.hasMore = false;
      const events = await eventsOf(claimed);
      this.buffered.push(...claimed.map((delivery) => ({ delivery, event: events.get(delivery.eventId), isProbe })));
    } catch (error) {
      log.warn("failed to claim due deliveries, retrying", { channelId: this.channelId, error });
      noticeStorageFault(error);
      this.returnUnsent(claimed);
      this.wakeAt(databaseNow() + CLAIM_RETRY_MS);
      return;
    } finally {
      this.isClaiming = false;
    }
    if (this.isStopped) this.giveBack();
    else this.pump();
  }

  private async learnProvider(now: number): Promise<void> {
    const channel = await loadChannel(this.channelId);
    this.seenAt ??= channel?.updatedAt ?? null;
    if (channel) this.follow(channel, now);
  }

  private follow(channel: LoadedChannel | BrokenChannel, now: number): void {
    if ("broken" in channel) return;
    this.provider = channel.provider;
    const { rate } = channel.provider;
    this.rateLimiter.follow([rate?.per === "job" ? null : rate, channel.rateLimit], now);
  }

  private async run({ delivery, event, isProbe }: QueuedDelivery): Promise<void> {
    this.inFlight.add(delivery.id, databaseNow());
    try {
      const { settlement, again } = await this.tryOne(delivery, event, isProbe);
      this.settler.add(settlement);
      if (again !== null) {
        this.hasMore = true;
        this.wakeAt(again);
      }
    } catch (error) {
      log.error("failed to process a delivery, its lease will expire", { deliveryId: delivery.id, error });
      noticeStorageFault(error);
    } finally {
      this.inFlight.delete(delivery.id);
      this.lastUsedAt = databaseNow();
      this.pump();
    }
  }

  private async tryOne(
    delivery: ClaimedDelivery,
    event: ClaimedEvent | undefined,
    isProbe: boolean,
  ): Promise<SettlementDecision> {
    const now = databaseNow();
    const channel = await channelToSendThrough(this.channelId);
    this.seenAt ??= channel?.updatedAt ?? null;
    const canceled = await cancellationReason(delivery, event, channel, now);
    if (canceled || !channel || !event) return settleCanceled(delivery, canceled ?? "event_missing", now);
    // What held it was ended early: its own time is still to come.
    if (delivery.notBefore !== null && delivery.notBefore > now)
      return settlePostponed(delivery, delivery.notBefore, now);
    if ("broken" in channel) {
      const names = { name: channel.name, providerName: "" };
      if (channel.isTemporary) {
        const facts = { names, isProbe, isAlone: this.inFlight.size <= 1, isOneOfSeveral: false, now };
        return decideSettlement(delivery, postponedAttempt(channel.broken), this.health, this.recipients, facts);
      }
      return settleDead(delivery, "channel_invalid", channel.broken, null, this.health, { names, now });
    }
    const kept = await holdNow(delivery, event, now);
    if (kept)
      return "hold" in kept ? settleHeld(delivery, kept.hold, now) : settleCanceled(delivery, kept.dropped, now);
    const { rate } = channel.provider;
    const jobRate = rate?.per === "job" ? rate : null;
    const key = delivery.orderKey ?? delivery.eventId;
    const wait = jobRate ? this.jobRates.wait(key, jobRate, now) : 0;
    if (wait > 0) return settlePostponed(delivery, now + wait, now);
    const installation = freshInstallation() ?? (await readInstallation());
    // This process may have stood still meanwhile: another one may have the queue by now.
    if (!this.isHeld()) return settlePostponed(delivery, now, now);
    // The service may have asked to pause, or failed, while this was prepared.
    const gate = this.health.gate(databaseNow());
    if (gate.kind === "closed") return settlePostponed(delivery, gate.until, now);
    const result = await attempt(delivery, event, channel, this.io, installation);
    const { kind, status } = result.outcome;
    // Without an answer it may have arrived; a refusal was not counted by the service.
    if (jobRate && (kind === "sent" || status === undefined)) this.jobRates.add(key, jobRate, Date.now());
    return decideSettlement(delivery, result, this.health, this.recipients, {
      names: { name: channel.name, providerName: channel.provider.label },
      isProbe,
      isAlone: this.inFlight.size <= 1,
      isOneOfSeveral: isOneOfSeveral(channel, delivery.recipient),
      now: databaseNow(),
    });
  }

  private giveBack(): void {
    if (this.buffered.length === 0) return;
    const unsent = this.buffered.map(({ delivery }) => delivery);
    this.buffered = [];
    this.hasMore = true;
    this.returnUnsent(unsent);
  }

  private returnUnsent(unsent: readonly ClaimedDelivery[]): void {
    if (unsent.length === 0) return;
    this.returning = handBack(unsent).catch((error) => {
      log.warn("failed to hand back claimed deliveries, their leases will expire", { error });
      noticeStorageFault(error);
    });
  }

  /** Resolves when what was handed back last is written, or could not be. */
  get handedBack(): Promise<void> {
    return this.returning;
  }

  /** Pumps at that moment, or earlier when an earlier one is set already. */
  private wakeAt(at: number): void {
    if (this.timer && this.timerAt <= at) return;
    if (this.timer) clearTimeout(this.timer);
    this.timerAt = at;
    const wait = Math.min(Math.max(1, at - databaseNow()), LONGEST_TIMER_MS);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.hasMore = true;
      this.pump();
    }, wait);
  }

  /** Stops claiming, hands back what was not begun, and waits for what is in flight. */
  async stop(): Promise<void> {
    this.isStopped = true;
    if (this.timer) clearTimeout(this.timer);
    this.giveBack();
    while (this.inFlight.size > 0 || this.isClaiming || this.reserved > 0)
      await new Promise((done) => setTimeout(done, 20));
    this.giveBack();
    await Promise.all([this.returning, this.health.flush(), this.recipients.flush()]);
  }
}

/** The events of what was claimed: from memory, the others in one query. */
async function eventsOf(claimed: readonly ClaimedDelivery[]): Promise<Map<string, ClaimedEvent>> {
  const events = new Map<string, ClaimedEvent>();
  const missing: string[] = [];
  for (const { eventId } of claimed) {
    const known = recallEvent(eventId);
    if (known) events.set(eventId, known);
    else missing.push(eventId);
  }
  if (missing.length > 0) for (const event of await eventsById(missing)) events.set(event.id, event);
  return events;
}
