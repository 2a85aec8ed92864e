import { compareClocks, isClockRight, isClockWrong } from "@/db/database-clock";
import { channelIdsInOrder } from "@/db/queries/dispatch";
import { announceWorker, type LiveWorker, mayTakeWork, retireWorker } from "@/db/stores/workers";
import { loggerOf } from "@/lib/core/logger";
import { elapsedSince, type Moment, momentNow } from "./lease-clock";
import { spreadChannels } from "./spread";

const log = loggerOf("worker");

/** What is not known here is asked for at most so often, milliseconds. */
const REFRESH_MS = 1_000;

/** This worker among the workers that share the database: who lives, and which channels are whose. */
export class Membership {
  private living: readonly LiveWorker[] = [];
  private shares: ReadonlyMap<string, string> = new Map();
  private announcedAt: Moment | null = null;
  private isClockRight = true;

  constructor(private readonly owner: string) {}

  /** Says that this worker lives, and learns who else does. */
  async announce(): Promise<void> {
    const difference = await compareClocks();
    // An answer that was too slow changes nothing.
    const isRight = this.isClockRight ? !isClockWrong(difference) : isClockRight(difference);
    if (isRight !== this.isClockRight) {
      if (isRight) log.info("clock agrees with the database again, taking work");
      else log.warn("clock differs from the database, leaving work to other workers", { ...difference });
    }
    this.isClockRight = isRight;
    this.living = await announceWorker({ owner: this.owner, isClockRight: isRight });
    const owners = this.living.map(({ owner }) => owner).filter((owner) => mayTakeWork(owner, this.living));
    this.shares = spreadChannels(await channelIdsInOrder(), owners);
    this.announcedAt = momentNow();
  }

  /** No other worker lives. */
  get isAlone(): boolean {
    return this.living.every(({ owner }) => owner === this.owner);
  }

  /** Those of the channels that are this worker's share. */
  async ownOf(channelIds: readonly string[]): Promise<string[]> {
    const isStale = this.announcedAt === null || elapsedSince(this.announcedAt) >= REFRESH_MS;
    // A new channel, or one whose worker may be gone.
    if (isStale && channelIds.some((id) => !this.isOwn(id))) await this.announce();
    return channelIds.filter((id) => this.isOwn(id));
  }

  /** Whether a channel is this worker's share. */
  isOwn(channelId: string): boolean {
    return this.shares.get(channelId) === this.owner;
  }

  /** Whether a channel is the share of another worker that lives. */
  isOthers(channelId: string): boolean {
    const owner = this.shares.get(channelId);
    return owner !== undefined && owner !== this.owner;
  }

  async retire(): Promise<void> {
    await retireWorker(this.owner);
  }
}
