import { holdLease, releaseLease } from "@/db/stores/leases";
import { subscribe } from "@/lib/core/bus";
import { messageOf } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import { setRuntimeValue } from "@/lib/core/runtime";
import { takeDueConfigBackup } from "./config-backup";
import { endGrace, scheduleNewJobs, takeDueSlots } from "./slots";

const log = loggerOf("scheduler");

const TICK_MS = 1_000;
const LEASE_MS = 15_000;
const RENEW_MS = 5_000;

/**
 * Looks every second for what is due. One process leads at a time; the others stand by. Everything it writes is a
 * compare-and-set, so that two leaders for a moment (a paused process, a clock that jumped) do nothing twice.
 * A background part with `start` and `stop`.
 */
export function createScheduler(options: { owner: string; tickMs?: number; clock?: () => number }) {
  const { owner, tickMs = TICK_MS, clock = Date.now } = options;
  let timer: NodeJS.Timeout | undefined;
  let unsubscribe = () => {};
  let isStopping = false;
  let ticking: Promise<void> | null = null;
  let leaseCheckedAt = Number.NEGATIVE_INFINITY;
  let leads = false;

  /** Looks once. Ticks never overlap; a tick that is asked for during another joins it. */
  function tick(): Promise<void> {
    ticking ??= look().finally(() => {
      ticking = null;
    });
    return ticking;
  }

  async function look(): Promise<void> {
    const now = clock();
    try {
      if (await isLeader(now)) {
        await scheduleNewJobs(now);
        await takeDueSlots(now);
        await endGrace(now);
        await takeDueConfigBackup(now);
      }
      // Health and the self-check read it: a scheduler that cannot look stands still.
      setRuntimeValue("lastTickAt", Date.now());
    } catch (error) {
      log.warn("the scheduler could not look for due work; it tries again", { error: messageOf(error) });
    }
  }

  async function isLeader(now: number): Promise<boolean> {
    const age = now - leaseCheckedAt;
    if (leads && age >= 0 && age < RENEW_MS) return true;
    leads = await holdLease("scheduler", owner, now, LEASE_MS);
    leaseCheckedAt = now;
    return leads;
  }

  function plan(): void {
    if (isStopping) return;
    timer = setTimeout(
      () => {
        void tick().then(plan);
      },
      tickMs - (Date.now() % tickMs),
    );
  }

  return {
    name: "scheduler",

    async start(): Promise<void> {
      isStopping = false;
      unsubscribe = subscribe((notice) => {
        // A job that was just saved gets its next time at once.
        if (notice.topic === "jobs" && leads && !isStopping) {
          scheduleNewJobs(clock()).catch(() => undefined);
        }
      });
      await tick();
      plan();
    },

    async stop(): Promise<void> {
      isStopping = true;
      unsubscribe();
      clearTimeout(timer);
      await ticking;
      setRuntimeValue("lastTickAt", null);
      if (leads) await releaseLease("scheduler", owner).catch(() => undefined);
      leads = false;
    },

    tick,
  };
}
