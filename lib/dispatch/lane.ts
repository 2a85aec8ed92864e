import { eventsById } from "@/db/queries/dispatch";
import { LEASE_MS } from "@/db/stores/deliveries";
import { type LaneState, readLaneState, saveLaneState } from "@/db/stores/lanes";
import { type ClaimedDelivery, type ClaimedEvent, claim, handBack } from "@/db/stores/outbox";
import { loggerOf } from "@/lib/core/logger";
import { afterFailure, afterPause, afterSuccess, gateOf, isInLongTrouble, ownDelay } from "@/lib/policy/lane";
import { type Bucket, fullBucket, refill, waitFor } from "@/lib/policy/rate";
import type { Provider, ProviderIo } from "@/lib/providers/contract";
import { type AttemptResult, attempt } from "./attempt";
import { raiseFailing, raiseWorking } from "./channel-failing";
import { foldWaiting } from "./fold";
import { freshInstallation, installation } from "./installation";
import { freshChannel, loadChannel } from "./loaded-channel";
import { recallEvent } from "./recent-events";
import type { Settler } from "./settler";
import { noticeStorageFault } from "./storage-watch";
import { CHANNEL_OFF, whyUnwanted } from "./wanted";

const log = loggerOf("lane");

const CLAIM_RETRY_MS = 1_000;
/** A channel that was closed or is new is met gently, so that little is under way when its service says "slow down". */
const FIRST_WINDOW = 4;
const MAX_WINDOW = 256;
/** As many fresh deliveries may be in hand without a claim; a crash finds them as in hand and takes them back. */
const HANDOFF_ROOM = 1_000;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** How stale the stored time of the last success may be. */
const SAVE_SUCCESS_MS = 30_000;

interface InHand {
  delivery: ClaimedDelivery;
  /** None: the event is gone. */
  event: ClaimedEvent | undefined;
  isProbe: boolean;
}

/**
 * One channel's way out. It keeps the channel's health, pauses and rate, and is the only one that sends through it,
 * so that nothing another channel does can delay it.
 */
export class Lane {
  private buffered: InHand[] = [];
  private readonly inFlight = new Set<ClaimedDelivery>();
  private isClaiming = false;
  /** Something may be due that is not in hand. */
  private hasMore = true;
  private rings = 0;
  private timer: NodeJS.Timeout | null = null;
  private timerAt = 0;
  private bucket: Bucket | null = null;
  private provider: Provider | null = null;
  private isStopped = false;
  /** Places kept for deliveries that are being written. */
  private reserved = 0;
  /** How many sends may be under way: small at first and after trouble, one more with each success. */
  private window = FIRST_WINDOW;
  private lastUsedAt = Date.now();
  /** The version of the channel that the state was made with. */
  private seenAt: number | null = null;
  private savedAt = 0;

  constructor(
    readonly channelId: string,
    private state: LaneState,
    private readonly io: ProviderIo,
    private readonly settler: Settler,
  ) {}

  /** Something was written for this channel. */
  ring(): void {
    this.rings++;
    this.hasMore = true;
    this.pump();
  }

  /** The channel moved: when a person changed it, what it was before counts no more. */
  async reread(): Promise<void> {
    const channel = await loadChannel(this.channelId, Date.now());
    if (!channel || this.seenAt === null || channel.updatedAt === this.seenAt) return;
    this.seenAt = channel.updatedAt;
    const stored = await readLaneState(this.channelId);
    if (!stored) return;
    this.state = stored;
    this.provider = "broken" in channel ? this.provider : channel.provider;
    this.ring();
  }

  get isIdle(): boolean {
    return (
      this.inFlight.size + this.buffered.length + this.reserved === 0 &&
      !this.hasMore &&
      this.state.health === "healthy"
    );
  }

  get idleSince(): number {
    return this.lastUsedAt;
  }

  /** What is under way or next in line: their leases are to be renewed. */
  get idsInHand(): string[] {
    return [...[...this.inFlight].map((delivery) => delivery.id), ...this.buffered.map(({ delivery }) => delivery.id)];
  }

  /** Keeps a place for a delivery that is being written, when it may go at once and nothing older waits. */
  reserve(): boolean {
    const { provider } = this;
    if (!provider || this.isStopped || this.hasMore || this.isClaiming || this.settler.isBlocked) return false;
    const room = provider.foldAbove === null ? HANDOFF_ROOM : provider.concurrency;
    if (this.buffered.length + this.reserved >= room) return false;
    const now = Date.now();
    if (gateOf(this.state, now).kind !== "open" || this.tokensAt(now) <= this.buffered.length + this.reserved)
      return false;
    this.reserved++;
    return true;
  }

  release(count: number): void {
    this.reserved -= count;
  }

  /** Takes a delivery for which a place was kept; it is written as in hand already. */
  push(delivery: ClaimedDelivery): void {
    this.reserved--;
    this.buffered.push({ delivery, event: recallEvent(delivery.eventId), isProbe: false });
    this.pump();
  }

  /** Starts what may be sent now, and asks for more. Cheap; called whenever anything changed. */
  private pump(): void {
    if (this.isStopped || this.settler.isBlocked) {
      if (!this.isStopped) this.wakeAt(Date.now() + CLAIM_RETRY_MS);
      return;
    }
    const now = Date.now();
    const gate = gateOf(this.state, now);
    if (gate.kind === "closed") {
      this.giveBack();
      this.wakeAt(gate.until);
      return;
    }
    const limit = gate.kind === "probe" ? 1 : Math.min(this.window, this.provider?.concurrency ?? 1);
    while (this.buffered.length > 0 && this.inFlight.size < limit) {
      if (!this.takeToken(now)) return;
      const next = this.buffered.shift() as InHand;
      void this.run({ ...next, isProbe: gate.kind === "probe" });
    }
    if (!this.hasMore || this.isClaiming) return;
    const wanted = this.wanted(gate.kind === "probe", limit, now);
    if (wanted > 0) void this.claim(wanted, gate.kind === "probe");
  }

  /** How many more to take in hand: twice what may be under way, so that no send waits for a claim. */
  private wanted(isProbe: boolean, limit: number, now: number): number {
    const inHand = this.inFlight.size + this.buffered.length;
    if (isProbe) return inHand === 0 ? 1 : 0;
    const wanted = limit * 2 - inHand;
    if (limit > 1 && wanted < limit / 2 && inHand > 0) return 0;
    const tokens = this.tokensAt(now) - this.buffered.length - this.reserved;
    if (tokens >= 1) return Math.min(wanted, tokens);
    const rate = this.provider?.rate;
    if (rate && this.bucket) this.wakeAt(now + Math.max(10, waitFor(this.bucket, rate)));
    return 0;
  }

  /** Requests that the provider's rate allows at this moment. */
  private tokensAt(now: number): number {
    const rate = this.provider?.rate;
    if (!rate) return Number.POSITIVE_INFINITY;
    this.bucket = refill(this.bucket ?? fullBucket(rate, now), rate, now);
    return Math.floor(this.bucket.tokens);
  }

  private takeToken(now: number): boolean {
    const rate = this.provider?.rate;
    if (!rate) return true;
    this.bucket = refill(this.bucket ?? fullBucket(rate, now), rate, now);
    if (this.bucket.tokens < 1) {
      this.wakeAt(now + waitFor(this.bucket, rate));
      return false;
    }
    this.bucket.tokens -= 1;
    return true;
  }

  private async claim(limit: number, isProbe: boolean): Promise<void> {
    this.isClaiming = true;
    const ringsBefore = this.rings;
    let claimed: ClaimedDelivery[] = [];
    try {
      const now = Date.now();
      this.lastUsedAt = now;
      if (!this.provider) await this.learnProvider(now);
      const foldAbove = this.provider?.foldAbove ?? null;
      if (foldAbove !== null && this.provider) await foldWaiting(this.channelId, this.provider, foldAbove, now);
      claimed = await claim(this.channelId, { limit, now, leaseUntil: now + LEASE_MS, isProbe });
      if (claimed.length < limit && this.rings === ringsBefore) this.hasMore = false;
      const events = await eventsOf(claimed);
      this.buffered.push(...claimed.map((delivery) => ({ delivery, event: events.get(delivery.eventId), isProbe })));
    } catch (error) {
      log.warn("due deliveries could not be claimed; tried again", { channelId: this.channelId, error });
      noticeStorageFault(error);
      this.returnUnsent(claimed.map((delivery) => delivery.id));
      this.wakeAt(Date.now() + CLAIM_RETRY_MS);
      return;
    } finally {
      this.isClaiming = false;
    }
    if (this.isStopped) this.giveBack();
    else this.pump();
  }

  private async learnProvider(now: number): Promise<void> {
    const channel = await loadChannel(this.channelId, now);
    this.seenAt ??= channel?.updatedAt ?? null;
    if (channel && !("broken" in channel)) this.provider = channel.provider;
  }

  private async run({ delivery, event, isProbe }: InHand): Promise<void> {
    this.inFlight.add(delivery);
    try {
      await this.tryOne(delivery, event, isProbe);
    } catch (error) {
      log.error("a delivery could not be worked on; its lease will run out", { deliveryId: delivery.id, error });
      noticeStorageFault(error);
    } finally {
      this.inFlight.delete(delivery);
      this.lastUsedAt = Date.now();
      this.pump();
    }
  }

  private async tryOne(delivery: ClaimedDelivery, event: ClaimedEvent | undefined, isProbe: boolean): Promise<void> {
    const now = Date.now();
    const channel = freshChannel(this.channelId, now) ?? (await loadChannel(this.channelId, now));
    this.seenAt ??= channel?.updatedAt ?? null;
    if (!channel || !event) return this.cancel(delivery, channel ? "Its event is gone." : "The channel was removed.");
    const unwanted = channel.enabled ? delivery.kind === "reminder" && (await whyUnwanted(delivery)) : CHANNEL_OFF;
    if (unwanted) return this.cancel(delivery, unwanted);
    if ("broken" in channel) return this.bury(delivery, channel.broken, null, channel.name, "");
    const result = await attempt(
      delivery,
      event,
      channel,
      this.io,
      freshInstallation(now) ?? (await installation(now)),
    );
    this.conclude(delivery, result, isProbe, channel.name, channel.provider.label);
  }

  /** What an attempt means for the delivery and for the channel. */
  private conclude(
    delivery: ClaimedDelivery,
    result: AttemptResult,
    isProbe: boolean,
    name: string,
    label: string,
  ): void {
    const { outcome } = result;
    const now = Date.now();
    if (outcome.kind === "sent") {
      this.succeed(delivery, result, now, name);
    } else if (outcome.kind === "retry") {
      if (now >= delivery.giveUpAt) {
        this.moveTo(this.failed(now, outcome.reason, isProbe));
        this.bury(delivery, `Given up after 24 h. ${outcome.reason}`, result, name, label);
        return;
      }
      this.moveTo(
        outcome.afterMs === undefined
          ? this.failed(now, outcome.reason, isProbe)
          : afterPause(this.state, now, outcome.afterMs, outcome.reason),
      );
      const isChannels = this.state.troubleSince !== null || outcome.afterMs !== undefined;
      const dueAt = isChannels ? now : now + ownDelay(delivery.attemptCount + 1, Math.random());
      this.settler.add(this.settlement(delivery, "pending", { reason: outcome.reason, dueAt, result, now }));
      this.hasMore = true;
      if (!isChannels) this.wakeAt(dueAt);
      this.tellLongTrouble(now, name, label);
    } else {
      this.moveTo({ ...this.state, lastErrorAt: now, lastError: outcome.reason });
      this.bury(delivery, outcome.reason, result, name, label);
    }
  }

  private succeed(delivery: ClaimedDelivery, result: AttemptResult, now: number, name: string): void {
    if (result.outcome.kind !== "sent") return;
    const { refused = [], receipt } = result.outcome;
    const wasWell = this.state.health === "healthy" && this.state.failures === 0 && this.state.failingSince === null;
    this.state = afterSuccess(this.state, now);
    this.window = Math.min(this.window + 1, MAX_WINDOW);
    if (!wasWell || now - this.savedAt > SAVE_SUCCESS_MS) {
      this.save();
      if (this.state.failingSince !== null) this.becomeWorking(name);
    }
    const again = refused.filter((one) => one.retryable).map((one) => one.recipient);
    const words = refused.map((one) => `${one.recipient}: ${one.reason}`).join("; ");
    if (again.length > 0 && now < delivery.giveUpAt) {
      const dueAt = now + ownDelay(delivery.attemptCount + 3, Math.random());
      this.settler.add(
        this.settlement(delivery, "pending", {
          reason: `Refused for now: ${words}`,
          dueAt,
          result,
          now,
          remaining: again,
        }),
      );
      this.wakeAt(dueAt);
      return;
    }
    this.settler.add(
      this.settlement(delivery, "sent", {
        reason: words ? `Some were refused: ${words}` : null,
        result,
        now,
        receipt: receipt ?? null,
      }),
    );
  }

  private failed(now: number, error: string, isProbe: boolean): LaneState {
    return afterFailure(this.state, now, { error, isProbe, isAlone: this.inFlight.size <= 1, random: Math.random() });
  }

  /** Takes a new state; the edges are written, so that every process and every page knows them. */
  private moveTo(next: LaneState): void {
    const before = this.state;
    this.state = next;
    if (next.health !== "healthy") this.window = FIRST_WINDOW;
    const isEdge =
      before.health !== next.health ||
      before.nextProbeAt !== next.nextProbeAt ||
      before.pausedUntil !== next.pausedUntil ||
      before.lastError !== next.lastError;
    if (isEdge) this.save();
  }

  private save(): void {
    this.savedAt = Date.now();
    saveLaneState(this.channelId, this.state).catch((error) => noticeStorageFault(error));
  }

  private bury(
    delivery: ClaimedDelivery,
    reason: string,
    result: AttemptResult | null,
    name: string,
    label: string,
  ): void {
    const now = Date.now();
    this.settler.add(this.settlement(delivery, "dead", { reason, result, now }));
    if (this.state.failingSince === null) this.becomeFailing(reason, result?.record.advice ?? null, name, label, now);
  }

  private tellLongTrouble(now: number, name: string, label: string): void {
    if (this.state.failingSince !== null || !isInLongTrouble(this.state, now)) return;
    this.becomeFailing(
      `${this.state.lastError ?? "It does not answer."} This has lasted for more than 15 minutes.`,
      null,
      name,
      label,
      now,
    );
  }

  private becomeFailing(error: string, advice: string | null, name: string, label: string, now: number): void {
    this.state = { ...this.state, failingSince: now, lastError: error, lastErrorAt: now };
    raiseFailing({ id: this.channelId, name, providerName: label }, this.state, error, advice).catch((failure) => {
      this.state = { ...this.state, failingSince: null };
      log.error("a failing channel could not be reported", { channelId: this.channelId, error: failure });
    });
  }

  private becomeWorking(name: string): void {
    this.state = { ...this.state, failingSince: null };
    raiseWorking(this.channelId, name, this.state).catch((error) =>
      log.error("a recovered channel could not be reported", { channelId: this.channelId, error }),
    );
  }

  private cancel(delivery: ClaimedDelivery, reason: string): void {
    this.settler.add(this.settlement(delivery, "canceled", { reason, result: null, now: Date.now() }));
  }

  private settlement(
    delivery: ClaimedDelivery,
    status: "pending" | "sent" | "dead" | "canceled",
    facts: {
      reason: string | null;
      result: AttemptResult | null;
      now: number;
      dueAt?: number;
      receipt?: string | null;
      remaining?: string[];
    },
  ) {
    const { reason, result, now } = facts;
    return {
      delivery,
      status,
      dueAt: facts.dueAt ?? null,
      reason,
      receipt: facts.receipt ?? null,
      payload: result?.payload ?? null,
      remaining: facts.remaining ?? null,
      attempt: result?.record ?? null,
      now,
    };
  }

  private giveBack(): void {
    if (this.buffered.length === 0) return;
    const ids = this.buffered.map(({ delivery }) => delivery.id);
    this.buffered = [];
    this.hasMore = true;
    this.returnUnsent(ids);
  }

  private returnUnsent(ids: string[]): void {
    if (ids.length === 0) return;
    handBack(ids).catch((error) => {
      log.warn("claims could not be handed back; their lease will run out", { error });
      noticeStorageFault(error);
    });
  }

  /** Looks again at that moment, or earlier when that was asked for already. */
  private wakeAt(at: number): void {
    if (this.timer && this.timerAt <= at) return;
    if (this.timer) clearTimeout(this.timer);
    this.timerAt = at;
    const wait = Math.min(Math.max(1, at - Date.now()), LONGEST_TIMER_MS);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.hasMore = true;
      this.pump();
    }, wait);
  }

  /** Stops taking, hands back what was not begun, and waits for what is under way. */
  async stop(): Promise<void> {
    this.isStopped = true;
    if (this.timer) clearTimeout(this.timer);
    this.giveBack();
    while (this.inFlight.size > 0 || this.isClaiming || this.reserved > 0)
      await new Promise((done) => setTimeout(done, 20));
    this.giveBack();
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
