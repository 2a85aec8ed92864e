import type { Expectation } from "./expected-report";
import { longestPause } from "./longest-pause";

/** Without a setting of its own no job is overdue sooner. */
export const LEAST_OVERDUE_HOURS = 24;

const HOUR_MS = 3_600_000;
/** So many pauses of its schedule may pass. */
const PAUSES = 2;
/** Pauses of schedules are remembered for so many of them. */
const REMEMBERED = 5_000;

const pauses = new Map<string, number | null>();

/**
 * After how many hours without a backup a job is overdue: those that it has set, or twice the longest pause of its
 * schedule and a day at least.
 * @param now milliseconds
 * @returns null: never, because it has no schedule, or one that cannot be read, or a person said so
 */
export function overdueHoursOf(job: Expectation & { overdueAfterHours: number | null }, now: number): number | null {
  const { overdueAfterHours, cron, onCalendar, periodMinutes } = job;
  if (overdueAfterHours !== null) return overdueAfterHours || null;
  if (periodMinutes !== null) return Math.max(LEAST_OVERDUE_HOURS, Math.ceil((PAUSES * periodMinutes) / 60));
  if (cron === null && onCalendar === null) return null;
  const pause = rememberedPause(job, now);
  return pause === null ? null : Math.max(LEAST_OVERDUE_HOURS, Math.ceil((PAUSES * pause) / HOUR_MS));
}

function rememberedPause(job: Expectation, now: number): number | null {
  const key = `${job.timezone ?? ""}\n${job.onCalendar ?? job.cron}`;
  const known = pauses.get(key);
  if (known !== undefined) return known;
  let pause: number | null = null;
  try {
    pause = longestPause(job, now);
  } catch {
    // Saving a job refuses such a schedule; one of another version has no slots here.
  }
  if (pauses.size >= REMEMBERED) pauses.clear();
  pauses.set(key, pause);
  return pause;
}
