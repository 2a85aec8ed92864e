import { dayKey, formatBytes, pluralize } from "@/components/format";
import type { RunStatus } from "@/lib/core/run";

/** Runs that finished on one day of the viewer's calendar. */
export interface StripDay {
  /** `2026-11-20` */
  day: string;
  success: number;
  warning: number;
  failure: number;
  bytes?: number;
}

export interface StripRun {
  status: RunStatus;
  finishedAt: number | null;
  bytes?: number | null;
}

const DAY_MS = 24 * 3_600_000;

/**
 * The last days of a job, oldest first. Canceled runs do not count.
 * @param now milliseconds @param timezone IANA zone whose days are counted
 */
export function buildStrip(runs: readonly StripRun[], now: number, timezone: string, days = 30): StripDay[] {
  const byDay = new Map(
    listLastDays(now, timezone, days).map((day) => [day, { day, success: 0, warning: 0, failure: 0, bytes: 0 }]),
  );
  for (const run of runs) {
    if (run.finishedAt === null) continue;
    const counted = byDay.get(dayKey(run.finishedAt, timezone));
    if (!counted) continue;
    if (run.status === "success" || run.status === "warning" || run.status === "failure") {
      counted[run.status]++;
      counted.bytes += run.bytes ?? 0;
    }
  }
  return [...byDay.values()];
}

/** Calendar days up to today. Counted on the calendar, because a day may have 23 or 25 hours. */
function listLastDays(now: number, timezone: string, count: number): string[] {
  const today = Date.parse(`${dayKey(now, timezone)}T00:00:00Z`);
  return Array.from({ length: count }, (_, index) =>
    new Date(today - (count - 1 - index) * DAY_MS).toISOString().slice(0, 10),
  );
}

export type DayResult = "failure" | "warning" | "success" | "none";

/** The worst result of a day. */
export function worstResult(day: StripDay): DayResult {
  if (day.failure > 0) return "failure";
  if (day.warning > 0) return "warning";
  return day.success > 0 ? "success" : "none";
}

/** The strip in words, for screen readers: `last 30 days: 28 succeeded, 1 with warnings, 1 failed`. */
export function describeTotals(days: readonly StripDay[]): string {
  const runs = { success: 0, warning: 0, failure: 0 };
  for (const day of days) {
    runs.success += day.success;
    runs.warning += day.warning;
    runs.failure += day.failure;
  }
  return `last ${days.length} days: ${runs.success} succeeded, ${runs.warning} with warnings, ${runs.failure} failed`;
}

/** A day in words: `2026-11-20: 2 succeeded, 1 failed`. */
export function describeDay(day: StripDay): string {
  const parts = [
    day.success > 0 && `${day.success.toLocaleString("en")} succeeded`,
    day.warning > 0 && pluralize(day.warning, "warning"),
    day.failure > 0 && `${day.failure.toLocaleString("en")} failed`,
    day.bytes && formatBytes(day.bytes),
  ].filter(Boolean);
  return `${day.day}: ${parts.length > 0 ? parts.join(", ") : "no run"}`;
}
