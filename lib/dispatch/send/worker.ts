import { databaseNow } from "@/db/database-clock";
import { channelsWithDue, hasHeldDue } from "@/db/queries/dispatch";
import { freeLostQueues } from "@/db/stores/channel-queue";
import { releaseForgotten } from "@/db/stores/held-deliveries";
import type { ClaimedDelivery } from "@/db/stores/outbox";
import { reclaimAll, reclaimExpired } from "@/db/stores/reclaim";
import { endSnoozes, hasSnoozeEnded } from "@/db/stores/snooze";
import { announceWorker } from "@/db/stores/workers";
import { subscribe } from "@/lib/core/bus";
import { setHandoff } from "@/lib/core/handoff";
import { loggerOf } from "@/lib/core/logger";
import { Loop } from "@/lib/core/loop";
import { OwnQueues, type WorkerOptions } from "./own-queues";
import { releaseHeldDeliveries } from "./release-held";
import { SharedQueues } from "./shared-queues";
import { noticeStorageFault } from "./storage-watch";

const log = loggerOf("worker");

/** The safety net beneath the notices: how often due deliveries are looked for. */
const POLL_MS = 1_000;
const RENEW_MS = 5_000;
const STOP_LIMIT_MS = 8_000;

/** Sends deliveries: one queue per channel, each with its own rate limit. */
export class Worker {
  private readonly wantedQueues = new Set<string>();
  private readonly queues: OwnQueues;
  /** Null where no other process uses the database. */
  private readonly shared: SharedQueues | null;
  private readonly claiming = new Loop({ name: "channel queues", intervalMs: POLL_MS }, () => this.claimWanted());
  private readonly loops = [
    this.claiming,
    new Loop({ name: "due deliveries", intervalMs: POLL_MS, runsAtStart: true }, () => this.poll()),
    new Loop({ name: "delivery leases", intervalMs: RENEW_MS }, () => this.renew()),
  ];
  private endSubscriptions: (() => void)[] = [];
  private isStopped = false;

  constructor(private readonly options: WorkerOptions) {
    this.queues = new OwnQueues(options, (channelIds) => this.wake(channelIds));
    this.shared = options.isAlone ? null : new SharedQueues(options.owner, this.queues);
  }

  /** Takes back what previous processes held, then begins. */
  async start(): Promise<void> {
    const count = this.shared ? await this.shared.join() : await this.takeEverything();
    if (count > 0) log.info("reclaimed in-flight deliveries of a previous process", { count });
    this.endSubscriptions = [
      subscribe(({ topic, ids }) => topic === "deliveries" && this.wake(ids ?? [])),
      subscribe(({ topic, ids }) => topic === "channels" && this.queues.reread(ids)),
    ];
    setHandoff<ClaimedDelivery>({
      reserve: (channelId) => (this.isStopped ? null : this.queues.reserve(channelId)),
    });
    for (const loop of this.loops) await loop.start();
  }

  /** No other process uses the database: whatever is held, a process that is gone held it. */
  private async takeEverything(): Promise<number> {
    await announceWorker({ owner: this.options.owner, isClockRight: true });
    return (await freeLostQueues()) + (await reclaimAll(true));
  }

  private wake(channelIds: readonly string[]): void {
    if (this.isStopped) return;
    for (const id of channelIds) if (!this.queues.wake(id)) this.wantedQueues.add(id);
    if (this.wantedQueues.size > 0) void this.claiming.run();
  }

  /** Claims the queues of channels that have something to send. */
  private async claimWanted(): Promise<void> {
    if (this.wantedQueues.size === 0) return;
    const ids = [...this.wantedQueues];
    this.wantedQueues.clear();
    await this.guarded(async () => {
      await this.queues.claim(this.shared ? await this.shared.claimable(ids) : ids);
    });
  }

  private async poll(): Promise<void> {
    await this.guarded(async () => {
      const now = databaseNow();
      if (await hasSnoozeEnded(now)) await endSnoozes(now);
      if (await hasHeldDue(now)) await releaseHeldDeliveries(now);
      this.wake(await channelsWithDue(now));
    });
  }

  /** Renews leases of queues and of long sends, stops idle queues, and reclaims what dead processes or nothing any more holds. */
  private async renew(): Promise<void> {
    await this.guarded(async () => {
      if (this.shared) await this.shared.renew();
      await this.queues.extendLeases();
      const idle = await this.queues.giveUpIdle();
      if (this.shared) await this.shared.settleShares(idle);
      await releaseForgotten(databaseNow());
      // What could neither be sent nor handed back is free once its lease has expired.
      await reclaimExpired();
    });
  }

  private async guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      noticeStorageFault(error);
      throw error;
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
    await Promise.race([this.queues.stop(), limit]);
    await this.shared?.leave().catch(() => undefined);
  }
}
