import type { ReportPeriod, ReportSettings } from "@/lib/core/report";
import { nextRun, type Schedule, slotsBetween } from "./next-run";

/** What a report is about: whole days of one zone, milliseconds; `to` is outside. */
export interface ReportSpan {
  from: number;
  to: number;
}

const DAY_MS = 86_400_000;
/** More days than two whole weeks and whatever a clock change adds. */
const LOOK_BACK_MS = 17 * DAY_MS;

/** Days that a report of the period is about. */
export const DAYS_OF: Readonly<Record<ReportPeriod, number>> = { daily: 1, weekly: 7 };

/** When reports of a period are due; null when none are wanted. @param timezone where the settings name none */
export function reportSchedule(settings: ReportSettings, period: ReportPeriod, timezone: string): Schedule | null {
  const { dailyHour, weeklyDay, weeklyHour } = settings;
  const zone = settings.timezone ?? timezone;
  if (period === "daily") return dailyHour === null ? null : { cron: `0 ${dailyHour} * * *`, timezone: zone };
  return weeklyDay === null ? null : { cron: `0 ${weeklyHour} * * ${weeklyDay % 7}`, timezone: zone };
}

/**
 * The day before a moment, or the seven days before, from midnight to midnight of the zone; and as many days before
 * those, to compare with. Days on which the clock is set are shorter or longer.
 */
export function reportSpans(
  period: ReportPeriod,
  at: number,
  timezone: string,
): { span: ReportSpan; before: ReportSpan } {
  const starts = dayStarts(at, timezone);
  const days = DAYS_OF[period];
  const [to, from, earlier] = [1, days + 1, 2 * days + 1].map((back) => starts.at(-back) ?? at);
  return { span: { from: from as number, to: to as number }, before: { from: earlier as number, to: from as number } };
}

/** The latest slot up to now of a schedule that was due at `dueAt`. */
export function latestDue(schedule: Schedule, dueAt: number, now: number): number {
  return slotsBetween(schedule, dueAt, now).last;
}

/** Whether a moment is one of the schedule's. */
export function isOnSchedule(schedule: Schedule, at: number): boolean {
  return nextRun(schedule, at - 1) === at;
}

/** The beginnings of the last days up to a moment, the newest last: midnight, or where a clock change leaves that out the moment after it. */
function dayStarts(at: number, timezone: string): number[] {
  const midnight: Schedule = { cron: "0 0 * * *", timezone };
  const starts: number[] = [];
  let next = nextRun(midnight, at - LOOK_BACK_MS);
  while (next !== null && next <= at) {
    starts.push(next);
    next = nextRun(midnight, next);
  }
  return starts;
}
