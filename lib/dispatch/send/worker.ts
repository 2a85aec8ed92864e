import { channelsWithDue, hasHeldDue } from "@/db/queries/dispatch";
import { claimQueues, ownedQueues, releaseQueues, renewQueues } from "@/db/stores/channel-queue";
import { releaseHeld } from "@/db/stores/deliveries";
import { LEASE_MS } from "@/db/stores/new-delivery";
import { type ClaimedDelivery, extendLeases, reclaim } from "@/db/stores/outbox";
import { subscribe } from "@/lib/core/bus";
import { setHandoff } from "@/lib/core/handoff";
import { loggerOf } from "@/lib/core/logger";
import { Loop } from "@/lib/core/loop";
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
  /** After so long without an answer a send keeps nothing else of its channel back, milliseconds. */
  slowAfterMs?: number;
}

/** The safety net beneath the notices: how often due deliveries are looked for. */
const POLL_MS = 1_000;
const QUEUE_LEASE_MS = 15_000;
const RENEW_MS = 5_000;
const IDLE_MS = 30_000;
const STOP_LIMIT_MS = 8_000;
const SLOW_AFTER_MS = 30_000;

/** Sends deliveries: one queue per channel, each with its own rate limit. */
export class Worker {
  private readonly queues = new Map<string, ChannelQueue>();
  private readonly wantedQueues = new Set<string>();
  private readonly settler = new Settler((channelIds) => this.wake([...channelIds]));
  private readonly claiming = new Loop({ name: "channel queues", intervalMs: POLL_MS }, () => this.claimWanted());
  private readonly loops = [
    this.claiming,
    new Loop({ name: "due deliveries", intervalMs: POLL_MS, runsAtStart: true }, () => this.poll()),
    new Loop({ name: "delivery leases", intervalMs: RENEW_MS }, () => this.renew()),
  ];
  private endSubscriptions: (() => void)[] = [];
  private isStopped = false;

  constructor(private readonly options: WorkerOptions) {}

  /** Reclaims what a previous run of this process held, then begins. */
  async start(): Promise<void> {
    const { owner, isAlone } = this.options;
    const count = isAlone ? await reclaim({}) : await this.reclaimOwn(owner);
    if (count > 0) log.info("reclaimed in-flight deliveries of a previous process", { count });
    this.endSubscriptions = [
      subscribe(({ topic, ids }) => topic === "deliveries" && this.wake(ids ?? [])),
      subscribe(({ topic, ids }) => topic === "channels" && this.reread(ids ?? [...this.queues.keys()])),
    ];
    setHandoff<ClaimedDelivery>({
      reserve: (channelId) => !this.isStopped && (this.queues.get(channelId)?.reserve() ?? false),
      release: (channelId, count) => this.queues.get(channelId)?.release(count),
      push: (channelId, delivery) => this.queues.get(channelId)?.push(delivery),
    });
    for (const loop of this.loops) await loop.start();
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
    if (this.wantedQueues.size > 0) void this.claiming.run();
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
    if (this.wantedQueues.size === 0) return;
    const { owner, isAlone } = this.options;
    const ids = [...this.wantedQueues];
    this.wantedQueues.clear();
    try {
      const now = Date.now();
      for (const { channelId, state, wasTakenOver } of await claimQueues(ids, owner, now + QUEUE_LEASE_MS, now)) {
        if (wasTakenOver && !isAlone) await reclaim({ channelIds: [channelId] });
        if (this.queues.has(channelId)) continue;
        const queue = new ChannelQueue(
          channelId,
          state,
          providerIo(),
          this.settler,
          this.options.slowAfterMs ?? SLOW_AFTER_MS,
        );
        this.queues.set(channelId, queue);
        queue.wake();
      }
    } catch (error) {
      noticeStorageFault(error);
      throw error;
    }
  }

  private async poll(): Promise<void> {
    try {
      const now = Date.now();
      if (await hasHeldDue(now)) await releaseHeld(now);
      this.wake(await channelsWithDue(now));
    } catch (error) {
      noticeStorageFault(error);
      throw error;
    }
  }

  /** Renews leases of long sends and of queues, releases idle queues, and reclaims what dead processes held. */
  private async renew(): Promise<void> {
    const now = Date.now();
    try {
      const claimed = [...this.queues.values()].flatMap((queue) => queue.claimedIds);
      if (claimed.length > 0) await extendLeases(claimed, now + LEASE_MS);
      const idle = await this.stopIdle(now);
      // What could neither be sent nor handed back is free once its lease has expired.
      await reclaim({ leasesBefore: now });
      if (!this.options.isAlone) await this.renewQueues(idle, now);
    } catch (error) {
      noticeStorageFault(error);
      throw error;
    }
  }

  private async stopIdle(now: number): Promise<string[]> {
    const idle = [...this.queues]
      .filter(([, queue]) => queue.isIdle && now - queue.idleSince > IDLE_MS)
      .map(([id]) => id);
    for (const id of idle) {
      await this.queues.get(id)?.stop();
      this.queues.delete(id);
    }
    return idle;
  }

  private async renewQueues(idle: readonly string[], now: number): Promise<void> {
    const { owner } = this.options;
    if (idle.length > 0) await releaseQueues(idle, owner);
    const ids = [...this.queues.keys()];
    const kept = new Set(ids.length > 0 ? await renewQueues(ids, owner, now + QUEUE_LEASE_MS) : []);
    // Only those that were asked about: a queue may have been opened meanwhile.
    for (const id of ids) {
      const queue = this.queues.get(id);
      if (!queue || kept.has(id)) continue;
      this.queues.delete(id);
      log.warn("lost a channel queue to another process", { channelId: id });
      // Not awaited: what is in flight may last minutes, and the other queues are to be renewed meanwhile.
      void queue.stop();
    }
  }

  /** Running sends finish, claims are handed back. */
  async stop(): Promise<void> {
    this.isStopped = true;
    setHandoff(null);
    for (const end of this.endSubscriptions) end();
    const limit = new Promise((done) => setTimeout(done, STOP_LIMIT_MS).unref());
    // First the loops: a claim that is under way may still open a queue.
    await Promise.race([Promise.all(this.loops.map((loop) => loop.stop())), limit]);
    await Promise.race([Promise.all([...this.queues.values()].map((queue) => queue.stop())), limit]);
    await Promise.race([this.settler.flush(), limit]);
    if (!this.options.isAlone && this.queues.size > 0)
      await releaseQueues([...this.queues.keys()], this.options.owner).catch(() => undefined);
  }
}
