import { settingValue } from "@/db/queries/dispatch";
import { cleanUp } from "@/db/stores/clean-up";
import { loggerOf } from "@/lib/core/logger";
import { Loop } from "@/lib/core/loop";

const log = loggerOf("clean-up");

const EVERY_MS = 3_600_000;
const FIRST_AFTER_MS = 60_000;
const DEFAULT_DAYS = 30;

/** Between two looks the clock may differ by this much from the time that passed, milliseconds. */
const LEAP_MS = 600_000;

/** The wall clock and the time since the process began, milliseconds. */
interface Clocks {
  wall(): number;
  passed(): number;
}

const REAL: Clocks = { wall: () => Date.now(), passed: () => performance.now() };

/**
 * Removes what is older than the retention of Settings → General, every hour. Open alerts are never removed. Nothing is
 * removed in an hour in which the clock leapt: one that is years ahead for a moment would make everything old.
 */
export function cleanUpLoop(clocks: Clocks = REAL): Loop {
  let before = { wall: clocks.wall(), passed: clocks.passed() };
  return new Loop({ name: "clean-up", intervalMs: EVERY_MS, firstAfterMs: FIRST_AFTER_MS }, async () => {
    const now = { wall: clocks.wall(), passed: clocks.passed() };
    const leapMs = now.wall - before.wall - (now.passed - before.passed);
    before = now;
    if (Math.abs(leapMs) > LEAP_MS) {
      log.warn("skipped the removal of old entries because the clock leapt", { leapMs: Math.round(leapMs) });
      return;
    }
    const general = await settingValue<{ retentionDays?: number }>("general");
    const removed = await cleanUp(now.wall - (general?.retentionDays ?? DEFAULT_DAYS) * 86_400_000);
    if (removed > 0) log.info("removed old entries", { removed });
  });
}
