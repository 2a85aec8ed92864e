import { databaseNow } from "@/db/database-clock";
import { claimQueues, QUEUE_LEASE_MS, type QueueLease } from "@/db/stores/channel-queue";
import { LEASE_MS } from "@/db/stores/new-delivery";
import { extendLeases } from "@/db/stores/outbox";
import { loggerOf } from "@/lib/core/logger";
import { ChannelQueue } from "./channel-queue";
import { elapsedSince, type Moment, momentNow } from "./lease-clock";
import { providerIo } from "./provider-io";
import { Settler } from "./settler";

const log = loggerOf("worker");

export interface WorkerOptions {
  /** Names this life of this process among the owners of queues: see `ownerName`. */
  owner: string;
  /** False when other processes share the database: then queues are spread over them, held for a short time and renewed. */
  isAlone: boolean;
  /** After so long without an answer a send keeps nothing else of its channel back, milliseconds. */
  slowAfterMs?: number;
}

const IDLE_MS = 30_000;
const SLOW_AFTER_MS = 30_000;
/** So long before its end by our clock a lease counts as over: what is sent then could be sent by its next owner too. */
const LEASE_MARGIN_MS = 2_000;

interface OwnQueue {
  queue: ChannelQueue;
  /** When it was claimed or last renewed. */
  renewedAt: Moment;
}

/** The queues that this process owns. */
export class OwnQueues {
  private readonly queues = new Map<string, OwnQueue>();
  /** Queues that were given up or lost, while something is still in flight. */
  private readonly ending = new Set<ChannelQueue>();
  private readonly settler: Settler;

  /** @param onOrdered called with channels of which something may go now, because what was before it is settled */
  constructor(
    private readonly options: WorkerOptions,
    onOrdered: (channelIds: readonly string[]) => void,
  ) {
    this.settler = new Settler((channelIds) => onOrdered([...channelIds]));
  }

  get channelIds(): string[] {
    return [...this.queues.keys()];
  }

  /** Something was written for a channel. @returns false when its queue is not this process's */
  wake(channelId: string): boolean {
    const own = this.queues.get(channelId);
    own?.queue.wake();
    return own !== undefined;
  }

  /** The queue of a channel with a slot reserved in it; null: what is new is claimed in its turn. */
  reserve(channelId: string): ChannelQueue | null {
    const queue = this.queues.get(channelId)?.queue;
    return queue?.reserve() ? queue : null;
  }

  /** Channels were changed. @param channelIds none: all */
  reread(channelIds: readonly string[] = this.channelIds): void {
    for (const id of channelIds)
      this.queues
        .get(id)
        ?.queue.reread()
        .catch((error) => log.warn("failed to read a changed channel", { channelId: id, error }));
  }

  /** Takes those of the queues that are free. */
  async claim(channelIds: readonly string[]): Promise<void> {
    const ids = channelIds.filter((id) => !this.queues.has(id));
    if (ids.length === 0) return;
    const renewedAt = momentNow();
    const slowAfterMs = this.options.slowAfterMs ?? SLOW_AFTER_MS;
    for (const { state, ...lease } of await claimQueues(ids, this.options.owner)) {
      const own: OwnQueue = {
        queue: new ChannelQueue(lease, state, providerIo(), this.settler, () => this.isHeld(own), slowAfterMs),
        renewedAt,
      };
      this.queues.set(lease.channelId, own);
      own.queue.wake();
    }
  }

  private isHeld({ renewedAt }: OwnQueue): boolean {
    return this.options.isAlone || elapsedSince(renewedAt) < QUEUE_LEASE_MS - LEASE_MARGIN_MS;
  }

  /** Some were renewed. @param asked when @returns the channels whose queues are another process's now */
  markRenewed(renewed: readonly QueueLease[], askedFor: readonly string[], asked: Moment): string[] {
    const tokens = new Map(renewed.map(({ channelId, token }) => [channelId, token]));
    return askedFor.filter((id) => {
      const own = this.queues.get(id);
      if (!own) return false;
      if (tokens.get(id) !== own.queue.token) return true;
      own.renewedAt = asked;
      return false;
    });
  }

  /** Keeps what is in flight or next in line from being taken for dead. */
  async extendLeases(): Promise<void> {
    const all = [...[...this.queues.values()].map(({ queue }) => queue), ...this.ending];
    const claimed = all
      .map(({ claimedIds, token }) => ({ ids: claimedIds, token }))
      .filter(({ ids }) => ids.length > 0);
    if (claimed.length > 0) await extendLeases(claimed, databaseNow() + LEASE_MS);
  }

  /** Gives up queues that have had nothing to do for a while. @returns their channels */
  async giveUpIdle(): Promise<string[]> {
    // A settlement that waits belongs to a queue that looks idle.
    if (this.settler.isBlocked) return [];
    const now = databaseNow();
    const idle = [...this.queues]
      .filter(([, { queue }]) => queue.isIdle && now - queue.idleSince > IDLE_MS)
      .map(([id]) => id);
    for (const id of idle) await this.giveUp(id);
    return idle;
  }

  /** Ends a queue: what was not begun is handed back; what is in flight goes on by itself, for minutes perhaps. */
  async giveUp(channelId: string): Promise<void> {
    const queue = this.queues.get(channelId)?.queue;
    if (!queue) return;
    this.queues.delete(channelId);
    this.ending.add(queue);
    void queue.stop().finally(() => this.ending.delete(queue));
    await queue.handedBack;
  }

  /** Channels of which nothing is in flight. */
  get finishedIds(): string[] {
    return [...this.queues].flatMap(([id, { queue }]) => (queue.claimedIds.length === 0 ? [id] : []));
  }

  /** Running sends finish, claims are handed back, settlements are written. */
  async stop(): Promise<void> {
    const all = [...[...this.queues.values()].map(({ queue }) => queue), ...this.ending];
    await Promise.all(all.map((queue) => queue.stop()));
    await this.settler.flush();
  }
}
