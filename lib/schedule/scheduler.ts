import { holdLease, releaseLease } from "@/db/stores/leases";
import { Loop } from "@/lib/core/loop";
import { setRuntimeValue } from "@/lib/core/runtime";
import { takeDueConfigBackup } from "./config-backup";
import { endGrace, scheduleNewJobs, takeDueSlots } from "./slots";

const TICK_MS = 1_000;
const LEASE_MS = 15_000;
const RENEW_MS = 5_000;

/**
 * Queues a run for everything that comes due, once a second and when a job was saved. One process leads at a time; the
 * others stand by. Every write is a compare-and-set, so that two leaders for a moment (a paused process, a clock that
 * jumped) do nothing twice. A background part with `start` and `stop`.
 */
export class Scheduler {
  readonly name = "scheduler";
  private readonly loop: Loop;
  private readonly owner: string;
  private readonly clock: () => number;
  private leaseCheckedAt = Number.NEGATIVE_INFINITY;
  private isLeader = false;

  constructor({ owner, clock = Date.now }: { owner: string; clock?: () => number }) {
    this.owner = owner;
    this.clock = clock;
    const options = { name: this.name, intervalMs: TICK_MS, alignsToClock: true, runsAtStart: true };
    this.loop = new Loop({ ...options, topics: ["jobs"] }, () => this.queueDueRuns());
  }

  start(): Promise<void> {
    return this.loop.start();
  }

  async stop(): Promise<void> {
    await this.loop.stop();
    setRuntimeValue("lastTickAt", null);
    if (this.isLeader) await releaseLease("scheduler", this.owner).catch(() => undefined);
    this.isLeader = false;
  }

  /** One tick. Ticks never overlap. */
  tick(): Promise<void> {
    return this.loop.run();
  }

  private async queueDueRuns(): Promise<void> {
    const now = this.clock();
    if (await this.holdsLease(now)) {
      await scheduleNewJobs(now);
      await takeDueSlots(now);
      await endGrace(now);
      await takeDueConfigBackup(now);
    }
    // Read by the health check and the scheduler's monitor: a scheduler whose ticks fail has stalled.
    setRuntimeValue("lastTickAt", Date.now());
  }

  private async holdsLease(now: number): Promise<boolean> {
    const age = now - this.leaseCheckedAt;
    if (this.isLeader && age >= 0 && age < RENEW_MS) return true;
    this.isLeader = await holdLease("scheduler", this.owner, now, LEASE_MS);
    this.leaseCheckedAt = now;
    return this.isLeader;
  }
}
