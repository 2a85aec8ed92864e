import { channelsWithDue, hasHeldDue } from "@/db/queries/dispatch";
import { claimQueues, ownedQueues, releaseQueues, renewQueues } from "@/db/stores/channel-queue";
import { releaseHeld } from "@/db/stores/deliveries";
import { LEASE_MS } from "@/db/stores/new-delivery";
import { type ClaimedDelivery, extendLeases, reclaim } from "@/db/stores/outbox";
import { subscribe } from "@/lib/core/bus";
import { setHandoff } from "@/lib/core/handoff";
import { loggerOf } from "@/lib/core/logger";
import { ChannelQueue } from "./channel-queue";
import { providerIo } from "./provider-io";
import { Settler } from "./settler";
import { noticeStorageFault } from "./storage-watch";

const log = loggerOf("worker");

export interface WorkerOptions {
  /** Names this process; the same after a restart, so that it reclaims what it held. */
  owner: string;
  /** False when other processes share the database: then queues are held for a short time and renewed. */
  isAlone: boolean;
}

/** The safety net beneath the notices: how often due deliveries are looked for. */
const POLL_MS = 1_000;
const QUEUE_LEASE_MS = 15_000;
const RENEW_MS = 5_000;
const IDLE_MS = 30_000;
const FOREVER_MS = 10 * 365 * 86_400_000;
const STOP_LIMIT_MS = 8_000;

/** Sends deliveries: one queue per channel, each with its own rate limit. */
export class Worker {
  private readonly queues = new Map<string, ChannelQueue>();
  private readonly wantedQueues = new Set<string>();
  private readonly settler = new Settler((channelIds) => this.wake([...channelIds]));
  private isClaiming = false;
  private isPolling = false;
  private timers: NodeJS.Timeout[] = [];
  private endings: (() => void)[] = [];
  private isStopped = false;

  constructor(private readonly options: WorkerOptions) {}

  /** Reclaims what a previous run of this process held, then begins. */
  async start(): Promise<void> {
    const { owner, isAlone } = this.options;
    const taken = isAlone ? await reclaim({}) : await this.reclaimOwn(owner);
    if (taken > 0) log.info("reclaimed in-flight deliveries of a previous process", { count: taken });
    this.endings = [
      subscribe(({ topic, ids }) => topic === "deliveries" && this.wake(ids ?? [])),
      subscribe(({ topic, ids }) => topic === "channels" && this.reread(ids ?? [...this.queues.keys()])),
    ];
    setHandoff<ClaimedDelivery>({
      reserve: (channelId) => !this.isStopped && (this.queues.get(channelId)?.reserve() ?? false),
      release: (channelId, count) => this.queues.get(channelId)?.release(count),
      push: (channelId, delivery) => this.queues.get(channelId)?.push(delivery),
    });
    this.timers = [setInterval(() => void this.poll(), POLL_MS), setInterval(() => void this.renew(), RENEW_MS)];
    await this.poll();
  }

  private async reclaimOwn(owner: string): Promise<number> {
    const channelIds = await ownedQueues(owner);
    return channelIds.length ? reclaim({ channelIds }) : 0;
  }

  private wake(channelIds: readonly string[]): void {
    if (this.isStopped) return;
    for (const id of channelIds) {
      const queue = this.queues.get(id);
      if (queue) queue.wake();
      else this.wantedQueues.add(id);
    }
    if (this.wantedQueues.size > 0 && !this.isClaiming) void this.claimWanted();
  }

  private reread(channelIds: readonly string[]): void {
    for (const id of channelIds)
      this.queues
        .get(id)
        ?.reread()
        .catch((error) => log.warn("failed to read a changed channel", { channelId: id, error }));
  }

  /** Claims the queues of channels that have something to send. */
  private async claimWanted(): Promise<void> {
    const { owner, isAlone } = this.options;
    const io = providerIo();
    this.isClaiming = true;
    try {
      while (this.wantedQueues.size > 0 && !this.isStopped) {
        const ids = [...this.wantedQueues];
        this.wantedQueues.clear();
        const now = Date.now();
        for (const { channelId, state, wasTakenOver } of await claimQueues(
          ids,
          owner,
          now + (isAlone ? FOREVER_MS : QUEUE_LEASE_MS),
          now,
        )) {
          if (wasTakenOver && !isAlone) await reclaim({ channelIds: [channelId] });
          if (this.queues.has(channelId)) continue;
          const queue = new ChannelQueue(channelId, state, io, this.settler);
          this.queues.set(channelId, queue);
          queue.wake();
        }
      }
    } catch (error) {
      log.warn("failed to claim channel queues, retrying", { error });
      noticeStorageFault(error);
    } finally {
      this.isClaiming = false;
    }
  }

  private async poll(): Promise<void> {
    if (this.isPolling || this.isStopped) return;
    this.isPolling = true;
    try {
      const now = Date.now();
      if (await hasHeldDue(now)) await releaseHeld(now);
      this.wake(await channelsWithDue(now));
    } catch (error) {
      noticeStorageFault(error);
    } finally {
      this.isPolling = false;
    }
  }

  /** Renews leases of long sends and of queues, releases idle queues, and reclaims what dead processes held. */
  private async renew(): Promise<void> {
    const { owner, isAlone } = this.options;
    const now = Date.now();
    try {
      const claimed = [...this.queues.values()].flatMap((queue) => queue.claimedIds);
      if (claimed.length > 0) await extendLeases(claimed, now + LEASE_MS);
      const idle = [...this.queues]
        .filter(([, queue]) => queue.isIdle && now - queue.idleSince > IDLE_MS)
        .map(([id]) => id);
      for (const id of idle) {
        await this.queues.get(id)?.stop();
        this.queues.delete(id);
      }
      // What could neither be sent nor handed back is free once its lease has expired.
      await reclaim({ leasesBefore: now });
      if (isAlone) return;
      if (idle.length > 0) await releaseQueues(idle, owner);
      const kept = new Set(
        this.queues.size > 0 ? await renewQueues([...this.queues.keys()], owner, now + QUEUE_LEASE_MS) : [],
      );
      for (const [id, queue] of this.queues) {
        if (kept.has(id)) continue;
        this.queues.delete(id);
        log.warn("lost a channel queue to another process", { channelId: id });
        await queue.stop();
      }
    } catch (error) {
      noticeStorageFault(error);
    }
  }

  /** Running sends finish, claims are handed back. */
  async stop(): Promise<void> {
    this.isStopped = true;
    setHandoff(null);
    for (const timer of this.timers) clearInterval(timer);
    for (const end of this.endings) end();
    const limit = new Promise((done) => setTimeout(done, STOP_LIMIT_MS).unref());
    await Promise.race([Promise.all([...this.queues.values()].map((queue) => queue.stop())), limit]);
    await Promise.race([this.settler.flush(), limit]);
    if (!this.options.isAlone && this.queues.size > 0)
      await releaseQueues([...this.queues.keys()], this.options.owner).catch(() => undefined);
  }
}
