import { outcomesSince } from "@/db/queries/runs";
import { dayNames } from "@/lib/services/calendar-day";

export const DAYS = 30;
const DAY_MS = 86_400_000;

/** The runs that ended on one day of the reader's calendar. */
export interface JobDay {
  /** `2026-11-20` */
  day: string;
  success: number;
  warning: number;
  failure: number;
  bytes: number;
}

/** The names of the last 30 days, oldest first. @param dayOf names the day of a moment */
export function lastDays(now: number, dayOf: (at: number) => string): string[] {
  const names: string[] = [];
  // Steps of six hours never skip a day, even where a day has 23 hours.
  for (let at = now - (DAYS + 1) * DAY_MS; at <= now; at += DAY_MS / 4) {
    const name = dayOf(at);
    if (names.at(-1) !== name) names.push(name);
  }
  if (names.at(-1) !== dayOf(now)) names.push(dayOf(now));
  return names.slice(-DAYS);
}

/** The last 30 days of each job, oldest first. @param timezone IANA name of the zone whose days are counted */
export async function daysOfJobs(jobIds: string[], now: number, timezone: string): Promise<Map<string, JobDay[]>> {
  const dayOf = dayNames(timezone);
  const shown = lastDays(now, dayOf);
  const days = new Map(
    jobIds.map((id) => [id, shown.map((day): JobDay => ({ day, success: 0, warning: 0, failure: 0, bytes: 0 }))]),
  );
  const position = new Map(shown.map((day, index) => [day, index]));
  for (const run of await outcomesSince(now - (DAYS + 1) * DAY_MS, jobIds)) {
    const day = days.get(run.jobId)?.[position.get(dayOf(run.finishedAt)) ?? -1];
    if (!day || (run.status !== "success" && run.status !== "warning" && run.status !== "failure")) continue;
    day[run.status]++;
    day.bytes += run.bytes ?? 0;
  }
  return days;
}
