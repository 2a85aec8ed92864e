import { type Expectation, nextExpected } from "./expected-report";

const HOUR_MS = 3_600_000;
/** Pauses of a week are looked at: a schedule of working days has its longest at the end of one. */
const LOOKED_AT_MS = 8 * 24 * HOUR_MS;
/** Slots that follow each other closer than that are not looked at one by one. */
const STEP_MS = 3 * HOUR_MS;
const LEAST_SLOTS = 3;

/**
 * The longest time between two slots of a schedule from now on, milliseconds, to within three hours.
 * @returns null for one that never comes due, or not often enough to have a pause
 * @throws Error for one that cannot be read
 */
export function longestPause(schedule: Expectation, now: number): number | null {
  let at = nextExpected(schedule, now);
  let longest: number | null = null;
  for (let count = 0; at !== null && (count < LEAST_SLOTS || at - now < LOOKED_AT_MS); count++) {
    const next = nextExpected(schedule, at);
    if (next === null) break;
    longest = Math.max(longest ?? 0, next - at);
    at = next - at > STEP_MS ? next : at + STEP_MS;
  }
  return longest;
}
