import { routingNow } from "@/db/queries/dispatch";
import { layFollowUps } from "@/db/stores/follow-ups";
import { subscribe } from "@/lib/core/bus";
import { loggerOf } from "@/lib/core/logger";
import { composeUpdate } from "@/lib/policy/compose";
import { snapshotOf } from "./decider";
import { noticeStorageFault } from "./storage-watch";

const log = loggerOf("follow-ups");

/** Several alerts that move together make one look. */
const SOON_MS = 500;
/** The safety net beneath the notices. */
const LOOK_MS = 60_000;

/**
 * Tells services that keep problems open what became of them here when no event says it: a person acknowledged or
 * closed an alert, or its subject is gone. It only compares what stands in the database, so a crash loses nothing.
 */
export class FollowUps {
  private timer: NodeJS.Timeout | null = null;
  private interval: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private end: () => void = () => undefined;
  /** The channels that keep problems open; null: to be looked up. */
  private closing: string[] | null = null;

  start(): void {
    this.end = subscribe(({ topic }) => {
      if (topic === "channels" || topic === "settings") this.closing = null;
      if (topic === "alerts") this.soon();
    });
    this.interval = setInterval(() => this.look(), LOOK_MS);
    this.look();
  }

  private soon(): void {
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.look();
    }, SOON_MS);
  }

  private look(): void {
    this.running = this.running
      .then(() => this.layNow())
      .catch((error) => {
        log.warn("updates of problems could not be laid down; tried again", { error });
        noticeStorageFault(error);
      });
  }

  async stop(): Promise<void> {
    this.end();
    if (this.timer) clearTimeout(this.timer);
    if (this.interval) clearInterval(this.interval);
    await this.running;
  }

  private async layNow(): Promise<void> {
    this.closing ??= await closingChannels();
    if (this.closing.length > 0) await layNow(this.closing);
  }
}

async function closingChannels(): Promise<string[]> {
  const { channels } = snapshotOf(await routingNow());
  return [...channels.values()].filter((channel) => channel.enabled && channel.closesAlerts).map(({ id }) => id);
}

async function layNow(channelIds: readonly string[]): Promise<void> {
  const now = Date.now();
  const laid = await layFollowUps(
    channelIds,
    (alert) =>
      composeUpdate(
        alert,
        alert.status,
        (alert.status === "resolved" ? alert.resolvedBy : alert.acknowledgedBy) ?? "",
        now,
      ),
    now,
  );
  if (laid > 0) log.info("services are told what became of problems", { count: laid });
}
