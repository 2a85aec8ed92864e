import { channelsWithDue, hasHeldDue } from "@/db/queries/dispatch";
import { LEASE_MS, releaseHeld } from "@/db/stores/deliveries";
import { ownedLanes, releaseLanes, renewLanes, takeLanes } from "@/db/stores/lanes";
import { type ClaimedDelivery, extendLeases, reclaim } from "@/db/stores/outbox";
import { subscribe } from "@/lib/core/bus";
import { setHandoff } from "@/lib/core/handoff";
import { loggerOf } from "@/lib/core/logger";
import { watchInstallation } from "./installation";
import { Lane } from "./lane";
import { watchChannels } from "./loaded-channel";
import { outgoing } from "./outgoing";
import { Settler } from "./settler";
import { noticeStorageFault } from "./storage-watch";

const log = loggerOf("worker");

export interface WorkerOptions {
  /** Names this process; the same after a restart, so that it takes up what it left. */
  owner: string;
  /** False when other processes share the database: then lanes are held for a short time and renewed. */
  isAlone: boolean;
}

/** The safety net beneath the bell: how often due deliveries are looked for. */
const POLL_MS = 1_000;
const LANE_MS = 15_000;
const RENEW_MS = 5_000;
const IDLE_MS = 30_000;
const FOREVER_MS = 10 * 365 * 86_400_000;
const STOP_LIMIT_MS = 8_000;

/** Brings deliveries out: one lane per channel, each with its own pace. */
export class Worker {
  private readonly lanes = new Map<string, Lane>();
  private readonly wantedLanes = new Set<string>();
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
      subscribe(({ topic, ids }) => topic === "channels" && this.reread(ids ?? [...this.lanes.keys()])),
    ];
    setHandoff<ClaimedDelivery>({
      reserve: (channelId) => !this.isStopped && (this.lanes.get(channelId)?.reserve() ?? false),
      release: (channelId, count) => this.lanes.get(channelId)?.release(count),
      push: (channelId, delivery) => this.lanes.get(channelId)?.push(delivery),
    });
    this.timers = [setInterval(() => void this.poll(), POLL_MS), setInterval(() => void this.keep(), RENEW_MS)];
    await this.poll();
  }

  private async takeUp(owner: string): Promise<number> {
    const channelIds = await ownedLanes(owner);
    return channelIds.length ? reclaim({ channelIds }) : 0;
  }

  private ring(channelIds: readonly string[]): void {
    if (this.isStopped) return;
    for (const id of channelIds) {
      const lane = this.lanes.get(id);
      if (lane) lane.ring();
      else this.wantedLanes.add(id);
    }
    if (this.wantedLanes.size > 0 && !this.isTaking) void this.take();
  }

  private reread(channelIds: readonly string[]): void {
    for (const id of channelIds)
      this.lanes
        .get(id)
        ?.reread()
        .catch((error) => log.warn("a changed channel could not be read", { channelId: id, error }));
  }

  /** Asks for the lanes of channels that have something to send. */
  private async take(): Promise<void> {
    const { owner, isAlone } = this.options;
    const io = outgoing();
    this.isTaking = true;
    try {
      while (this.wantedLanes.size > 0 && !this.isStopped) {
        const ids = [...this.wantedLanes];
        this.wantedLanes.clear();
        const now = Date.now();
        for (const { channelId, state, wasTakenOver } of await takeLanes(
          ids,
          owner,
          now + (isAlone ? FOREVER_MS : LANE_MS),
          now,
        )) {
          if (wasTakenOver && !isAlone) await reclaim({ channelIds: [channelId] });
          if (this.lanes.has(channelId)) continue;
          const lane = new Lane(channelId, state, io, this.settler);
          this.lanes.set(channelId, lane);
          lane.ring();
        }
      }
    } catch (error) {
      log.warn("lanes could not be taken; tried again", { error });
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

  /** Renews leases of long sends and of lanes, lets idle lanes go, and takes back what dead processes held. */
  private async keep(): Promise<void> {
    const { owner, isAlone } = this.options;
    const now = Date.now();
    try {
      const inHand = [...this.lanes.values()].flatMap((lane) => lane.idsInHand);
      if (inHand.length > 0) await extendLeases(inHand, now + LEASE_MS);
      const idle = [...this.lanes]
        .filter(([, lane]) => lane.isIdle && now - lane.idleSince > IDLE_MS)
        .map(([id]) => id);
      for (const id of idle) {
        await this.lanes.get(id)?.stop();
        this.lanes.delete(id);
      }
      // What could neither be sent nor handed back is nobody's once its lease has run out.
      await reclaim({ leasesBefore: now });
      if (isAlone) return;
      if (idle.length > 0) await releaseLanes(idle, owner);
      const kept = new Set(this.lanes.size > 0 ? await renewLanes([...this.lanes.keys()], owner, now + LANE_MS) : []);
      for (const [id, lane] of this.lanes) {
        if (kept.has(id)) continue;
        this.lanes.delete(id);
        log.warn("another process took over a channel", { channelId: id });
        await lane.stop();
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
    await Promise.race([Promise.all([...this.lanes.values()].map((lane) => lane.stop())), limit]);
    await Promise.race([this.settler.flush(), limit]);
    if (!this.options.isAlone && this.lanes.size > 0)
      await releaseLanes([...this.lanes.keys()], this.options.owner).catch(() => undefined);
  }
}
