import { channelsWithDue, hasHeldDue } from "@/db/queries/dispatch";
import { claimQueues, ownedQueues, releaseQueues, renewQueues } from "@/db/stores/channel-queue";
import { LEASE_MS, releaseHeld } from "@/db/stores/deliveries";
import { type ClaimedDelivery, extendLeases, reclaim } from "@/db/stores/outbox";
import { subscribe } from "@/lib/core/bus";
import { setHandoff } from "@/lib/core/handoff";
import { loggerOf } from "@/lib/core/logger";
import { ChannelQueue } from "./channel-queue";
import { watchInstallation } from "./installation";
import { watchChannels } from "./loaded-channel";
import { providerIo } from "./provider-io";
import { Settler } from "./settler";
import { noticeStorageFault } from "./storage-watch";

const log = loggerOf("worker");

export interface WorkerOptions {
  /** Names this process; the same after a restart, so that it takes up what it left. */
  owner: string;
  /** False when other processes share the database: then queues are held for a short time and renewed. */
  isAlone: boolean;
}

/** The safety net beneath the bell: how often due deliveries are looked for. */
const POLL_MS = 1_000;
const QUEUE_LEASE_MS = 15_000;
const RENEW_MS = 5_000;
const IDLE_MS = 30_000;
const FOREVER_MS = 10 * 365 * 86_400_000;
const STOP_LIMIT_MS = 8_000;

/** Brings deliveries out: one queue per channel, each with its own pace. */
export class Worker {
  private readonly queues = new Map<string, ChannelQueue>();
  private readonly wantedQueues = new Set<string>();
  private readonly settler = new Settler((channelIds) => this.ring([...channelIds]));
  private isTaking = false;
  private isPolling = false;
  private timers: NodeJS.Timeout[] = [];
  private endings: (() => void)[] = [];
  private isStopped = false;

  constructor(private readonly options: WorkerOptions) {}

  /** Takes back what an earlier life of this process held, then begins. */
  async start(): Promise<void> {
    const { owner, isAlone } = this.options;
    const taken = isAlone ? await reclaim({}) : await this.takeUp(owner);
    if (taken > 0) log.info("deliveries of an earlier life were taken back", { count: taken });
    this.endings = [
      watchChannels(),
      watchInstallation(),
      subscribe(({ topic, ids }) => topic === "deliveries" && this.ring(ids ?? [])),
      subscribe(({ topic, ids }) => topic === "channels" && this.reread(ids ?? [...this.queues.keys()])),
    ];
    setHandoff<ClaimedDelivery>({
      reserve: (channelId) => !this.isStopped && (this.queues.get(channelId)?.reserve() ?? false),
      release: (channelId, count) => this.queues.get(channelId)?.release(count),
      push: (channelId, delivery) => this.queues.get(channelId)?.push(delivery),
    });
    this.timers = [setInterval(() => void this.poll(), POLL_MS), setInterval(() => void this.keep(), RENEW_MS)];
    await this.poll();
  }

  private async takeUp(owner: string): Promise<number> {
    const channelIds = await ownedQueues(owner);
    return channelIds.length ? reclaim({ channelIds }) : 0;
  }

  private ring(channelIds: readonly string[]): void {
    if (this.isStopped) return;
    for (const id of channelIds) {
      const queue = this.queues.get(id);
      if (queue) queue.ring();
      else this.wantedQueues.add(id);
    }
    if (this.wantedQueues.size > 0 && !this.isTaking) void this.take();
  }

  private reread(channelIds: readonly string[]): void {
    for (const id of channelIds)
      this.queues
        .get(id)
        ?.reread()
        .catch((error) => log.warn("a changed channel could not be read", { channelId: id, error }));
  }

  /** Asks for the queues of channels that have something to send. */
  private async take(): Promise<void> {
    const { owner, isAlone } = this.options;
    const io = providerIo();
    this.isTaking = true;
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
          queue.ring();
        }
      }
    } catch (error) {
      log.warn("queues could not be taken; tried again", { error });
      noticeStorageFault(error);
    } finally {
      this.isTaking = false;
    }
  }

  private async poll(): Promise<void> {
    if (this.isPolling || this.isStopped) return;
    this.isPolling = true;
    try {
      const now = Date.now();
      if (await hasHeldDue(now)) await releaseHeld(now);
      this.ring(await channelsWithDue(now));
    } catch (error) {
      noticeStorageFault(error);
    } finally {
      this.isPolling = false;
    }
  }

  /** Renews leases of long sends and of queues, lets idle queues go, and takes back what dead processes held. */
  private async keep(): Promise<void> {
    const { owner, isAlone } = this.options;
    const now = Date.now();
    try {
      const inHand = [...this.queues.values()].flatMap((queue) => queue.idsInHand);
      if (inHand.length > 0) await extendLeases(inHand, now + LEASE_MS);
      const idle = [...this.queues]
        .filter(([, queue]) => queue.isIdle && now - queue.idleSince > IDLE_MS)
        .map(([id]) => id);
      for (const id of idle) {
        await this.queues.get(id)?.stop();
        this.queues.delete(id);
      }
      // What could neither be sent nor handed back is nobody's once its lease has run out.
      await reclaim({ leasesBefore: now });
      if (isAlone) return;
      if (idle.length > 0) await releaseQueues(idle, owner);
      const kept = new Set(
        this.queues.size > 0 ? await renewQueues([...this.queues.keys()], owner, now + QUEUE_LEASE_MS) : [],
      );
      for (const [id, queue] of this.queues) {
        if (kept.has(id)) continue;
        this.queues.delete(id);
        log.warn("another process took over a channel", { channelId: id });
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
