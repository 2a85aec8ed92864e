import { installationPause } from "@/db/queries/installation";
import { liveWorkers, mayTakeWork } from "@/db/stores/workers";
import { Loop } from "@/lib/core/loop";
import { sendDueReports } from "@/lib/reports/send-due";
import { ClockWatch } from "./clock-watch";

const TICK_MS = 15_000;

/**
 * Sends daily and weekly reports when they are due. Each process looks; a due report is taken by a compare-and-set, in the
 * transaction of its event. Not while the installation pauses, nor right after a leap of the clock. A background part with
 * `start` and `stop`.
 */
export class Reports {
  readonly name = "reports";
  private readonly loop: Loop;
  private readonly clockWatch = new ClockWatch();

  /** @param options.owner names this life of the worker among those that may take work */
  constructor({ owner, clock = Date.now }: { owner: string; clock?: () => number }) {
    const options = { name: this.name, intervalMs: TICK_MS, alignsToClock: true, gatherMs: 500 };
    this.loop = new Loop({ ...options, topics: ["users", "channels", "settings"] }, async () => {
      const now = clock();
      if (this.clockWatch.isSettling(now)) return;
      if (!mayTakeWork(owner, await liveWorkers())) return;
      if ((await installationPause()) === null) await sendDueReports(now);
    });
  }

  start(): Promise<void> {
    return this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }

  /** One look. Looks never overlap. */
  tick(): Promise<void> {
    return this.loop.run();
  }
}
