import { databaseNow } from "@/db/database-clock";
import { installationPause } from "@/db/queries/installation";
import { holdLease, leaseSeenAt, releaseLease } from "@/db/stores/leases";
import { isGone, liveWorkers, mayTakeWork } from "@/db/stores/workers";
import { Loop } from "@/lib/core/loop";
import { setRuntimeValue } from "@/lib/core/runtime";
import { ClockWatch } from "./clock-watch";
import { endGraceOfConfigBackup, takeDueConfigBackup } from "./config-backup";
import { correctExpectedReports } from "./expected-reports";
import { TimeCorrector } from "./impossible-times";
import { correctRepositoryTimes, endGraceOfRepositoryTasks, takeDueRepositoryTasks } from "./repository-tasks";
import { endGrace, scheduleNewJobs, takeDueSlots } from "./slots";
import { correctSyncTimes, endGraceOfSyncs, takeDueSyncs } from "./syncs";

const TICK_MS = 1_000;
const LEASE_MS = 15_000;
const RENEW_MS = 5_000;
/** How often stored times are compared with what they can be. */
const CHECK_TIMES_MS = 60_000;

/**
 * Queues a run for everything that comes due, once a second and when a job was saved. One process leads at a time; the
 * others stand by, and so does one whose clock is wrong while another could lead. Every write is a compare-and-set, so
 * that two leaders for a moment (a paused process, a clock that jumped) do nothing twice. After a leap of the clock only what is on time by it is run, until it has stayed; then stored
 * times that it makes impossible are corrected. A background part with `start` and `stop`.
 */
export class Scheduler {
  readonly name = "scheduler";
  private readonly loop: Loop;
  private readonly owner: string;
  private readonly clock: () => number;
  private leaseCheckedAt = Number.NEGATIVE_INFINITY;
  private isLeader = false;
  /** When this process last did the work, by the database's clock. */
  private workedAt: number | null = null;
  private readonly clockWatch = new ClockWatch();
  private readonly timeCorrector = new TimeCorrector();
  private isCompared = false;
  private timesCheckedAt: number | null = null;
  /** Jobs whose next run was dated wrongly: slots of theirs that passed meanwhile have that reason. */
  private corrected: ReadonlySet<string> = new Set();

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
    await this.compareWithPredecessor(now);
    const isSettling = this.clockWatch.isSettling(now);
    // A copy leaves the schedule to its original until a person has decided.
    if (!(await this.holdsLease(now))) {
      setRuntimeValue("lastTickAt", null);
      return;
    }
    if ((await installationPause()) === null) {
      await scheduleNewJobs(now);
      await this.checkTimes(now, isSettling);
      await takeDueSlots(now, { holdsLate: isSettling, corrected: this.corrected });
      await takeDueSyncs(now, isSettling);
      await takeDueRepositoryTasks(now, isSettling);
      if (!isSettling) {
        await endGrace(now);
        await endGraceOfSyncs(now);
        await endGraceOfRepositoryTasks(now);
        await endGraceOfConfigBackup(now);
      }
    }
    // A scheduler whose ticks fail has stalled. The others read it where the lease is, as of its last renewal.
    this.workedAt = databaseNow();
    setRuntimeValue("lastTickAt", this.workedAt);
  }

  /** Whether the clock was set back since the scheduler before this one. */
  private async compareWithPredecessor(now: number): Promise<void> {
    if (this.isCompared) return;
    const seen = await leaseSeenAt("scheduler");
    if (seen !== null) this.clockWatch.compare(now, seen);
    this.isCompared = true;
  }

  /** Once a minute by whatever clock, and when a clock that leapt has stayed. */
  private async checkTimes(now: number, isSettling: boolean): Promise<void> {
    if (isSettling) {
      this.timesCheckedAt = Number.NEGATIVE_INFINITY;
      return;
    }
    const isConfigBackupWrong = await takeDueConfigBackup(now);
    const isDue = Math.abs(now - (this.timesCheckedAt ?? Number.NEGATIVE_INFINITY)) >= CHECK_TIMES_MS;
    if (!isDue && !isConfigBackupWrong) return;
    await correctSyncTimes(now);
    await correctRepositoryTimes(now);
    await correctExpectedReports(now);
    this.corrected = await this.timeCorrector.correct(now, {
      isConfigBackupWrong,
      seenUntil: this.clockWatch.latestSeen(now),
    });
    this.timesCheckedAt = now;
  }

  private async holdsLease(now: number): Promise<boolean> {
    const age = now - this.leaseCheckedAt;
    if (this.isLeader && age >= 0 && age < RENEW_MS) return true;
    const living = await liveWorkers();
    if (mayTakeWork(this.owner, living)) {
      this.isLeader = await holdLease("scheduler", {
        owner: this.owner,
        ttlMs: LEASE_MS,
        now,
        workedAt: this.workedAt,
        isGone: (other) => isGone(other, this.owner, living),
      });
    } else {
      if (this.isLeader) await releaseLease("scheduler", this.owner);
      this.isLeader = false;
    }
    this.leaseCheckedAt = now;
    return this.isLeader;
  }
}
