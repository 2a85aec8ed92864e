import { formatDuration } from "@/lib/core/format-units";
import { describeCron } from "./cron-description";

/** When a job runs or is expected to report. */
export type ShownSchedule =
  | { cron: string; timezone: string }
  | { periodMinutes: number }
  | { onCalendar: string; timezone: string };

/** When a job runs, or is expected to report, in words: `At 02:30, Europe/Berlin`, `every 24 h`. */
export function describeExpectation(schedule: ShownSchedule): string {
  if ("cron" in schedule) return `${describeCron(schedule.cron)}, ${schedule.timezone}`;
  if ("onCalendar" in schedule) return `${schedule.onCalendar.split("\n").join(", ")}, ${schedule.timezone}`;
  return `every ${formatDuration(schedule.periodMinutes * 60_000)}`;
}
