import { freeLostQueues, releaseQueues, renewQueues } from "@/db/stores/channel-queue";
import { reclaimAll } from "@/db/stores/reclaim";
import { loggerOf } from "@/lib/core/logger";
import { elapsedSince, type Moment, momentNow } from "./lease-clock";
import { Membership } from "./membership";
import type { OwnQueues } from "./own-queues";

const log = loggerOf("worker");

/** A channel of another worker's share that is due for so long is taken all the same, milliseconds. */
const PATIENCE_MS = 20_000;

/** The queues of this process among those of others on the same database: who takes which, and for how long. */
export class SharedQueues {
  private readonly membership: Membership;
  /** Channels of others' shares that were due, since when. */
  private readonly leftToOthers = new Map<string, Moment>();

  constructor(
    private readonly owner: string,
    private readonly queues: OwnQueues,
  ) {
    this.membership = new Membership(owner);
  }

  /**
   * Joins the workers, and takes back what was held by those that are gone: when no other lives, everything.
   * @returns how many deliveries were taken back
   */
  async join(): Promise<number> {
    await this.membership.announce();
    const count = await freeLostQueues();
    return this.membership.isAlone ? count + (await reclaimAll(false)) : count;
  }

  /** Those of the channels that this worker should take: its share, and what others leave lying. */
  async claimable(channelIds: readonly string[]): Promise<string[]> {
    const own = new Set(await this.membership.ownOf(channelIds));
    const taken = channelIds.filter((id) => own.has(id) || this.isLeftLying(id));
    for (const id of taken) this.leftToOthers.delete(id);
    return taken;
  }

  private isLeftLying(channelId: string): boolean {
    const since = this.leftToOthers.get(channelId);
    if (!since) this.leftToOthers.set(channelId, momentNow());
    return since !== undefined && elapsedSince(since) > PATIENCE_MS;
  }

  /** Says that this worker lives and keeps its queues; those that were lost end. */
  async renew(): Promise<void> {
    const asked = momentNow();
    const ids = this.queues.channelIds;
    const renewed = ids.length > 0 ? await renewQueues(ids, this.owner) : [];
    for (const id of this.queues.markRenewed(renewed, ids, asked)) {
      log.warn("lost a channel queue to another process", { channelId: id });
      void this.queues.giveUp(id);
    }
    await this.membership.announce();
    await freeLostQueues();
  }

  /** Gives up idle queues, and those that are another worker's share now. @param idle ended already */
  async settleShares(idle: readonly string[]): Promise<void> {
    if (idle.length > 0) await releaseQueues(idle, this.owner);
    for (const id of this.leftToOthers.keys()) if (!this.membership.isOthers(id)) this.leftToOthers.delete(id);
    for (const id of this.queues.channelIds) if (this.membership.isOthers(id)) void this.moveAway(id);
  }

  private async moveAway(channelId: string): Promise<void> {
    try {
      await this.queues.giveUp(channelId);
      await releaseQueues([channelId], this.owner);
    } catch (error) {
      log.warn("failed to release a channel queue, its lease will expire", { channelId, error });
    }
  }

  /** Leaves the workers. What is still in flight is taken back when the lease of its queue ends. */
  async leave(): Promise<void> {
    const ids = this.queues.finishedIds;
    await this.membership.retire();
    if (ids.length > 0) await releaseQueues(ids, this.owner);
  }
}
