import { nextRun } from "./next-run";
import { nextElapse } from "./on-calendar";

/** When an external job is expected to report: after a time without a report, or by a schedule. As it is stored. */
export interface Expectation {
  cron: string | null;
  timezone: string | null;
  periodMinutes: number | null;
  /** Lines of systemd's OnCalendar. */
  onCalendar: string | null;
}

/** A run that begins this little before its slot is the slot's: clocks of two machines differ. Milliseconds. */
const EARLY_MS = 10 * 60_000;
const MINUTE_MS = 60_000;

/**
 * When the next report is expected after a moment at which there was one, or none was missing.
 * @param after milliseconds @returns null: never
 * @throws Error for a schedule that cannot be read
 */
export function nextExpected({ cron, timezone, periodMinutes, onCalendar }: Expectation, after: number): number | null {
  if (periodMinutes !== null) return after + periodMinutes * MINUTE_MS;
  if (onCalendar !== null) return nextElapse(onCalendar, timezone ?? "UTC", after);
  return cron === null ? null : nextRun({ cron, timezone }, after);
}

/**
 * When a job is expected to report after a run: a run that began a little before its slot counts for that slot.
 * @param run milliseconds @throws as `nextExpected`
 */
export function expectedAfterRun(
  expectation: Expectation,
  run: { startedAt: number | null; finishedAt: number },
  graceMinutes: number,
): number | null {
  const { startedAt, finishedAt } = run;
  if (expectation.periodMinutes !== null) return nextExpected(expectation, finishedAt);
  const begin = Math.min(startedAt ?? finishedAt, finishedAt);
  const slot = nextExpected(expectation, begin);
  const following = slot === null ? null : nextExpected(expectation, slot);
  if (slot === null || following === null) return slot;
  const isEarly = slot - begin <= Math.min(EARLY_MS, graceMinutes * MINUTE_MS, (following - slot) / 4);
  return nextExpected(expectation, Math.max(finishedAt, isEarly ? slot : begin));
}

/**
 * Reports that were expected from one moment up to another, both included.
 * @returns how many (beyond a thousand no longer exact), and the last of them
 */
export function expectedBetween(
  expectation: Expectation,
  first: number,
  until: number,
): { count: number; last: number } {
  const { periodMinutes } = expectation;
  if (periodMinutes !== null) {
    const more = Math.max(0, Math.floor((until - first) / (periodMinutes * MINUTE_MS)));
    return { count: more + 1, last: first + more * periodMinutes * MINUTE_MS };
  }
  let last = first;
  let count = 1;
  for (; count < 1_000; count++) {
    const next = nextExpected(expectation, last);
    if (next === null || next > until) break;
    last = next;
  }
  return { count, last };
}
