import { z } from "zod";
import { toIso } from "@/lib/core/clock";
import type { ReportSettings } from "@/lib/core/report";
import { nextReports } from "@/lib/reports/slots";

/** The reports that a user or a channel gets. */
export const reportsView = z.object({
  /** Hour of the day, 0 to 23; null: no daily report. */
  dailyHour: z.int().nullable(),
  /** Day of the week, 1 (Monday) to 7; null: no weekly report. */
  weeklyDay: z.int().nullable(),
  weeklyHour: z.int(),
  /** IANA name; null: the user's own, or the installation's. */
  timezone: z.string().nullable(),
  /** The zone that counts. */
  zone: z.string(),
  /** When the next ones are due; null while there is none. */
  nextDailyAt: z.iso.datetime().nullable(),
  nextWeeklyAt: z.iso.datetime().nullable(),
});
export type ReportsView = z.infer<typeof reportsView>;

/** @param fallback the zone where the settings name none @param now milliseconds; null: the owner gets none at the moment */
export function viewOfReports(
  settings: ReportSettings | null,
  fallback: string,
  now: number | null,
): ReportsView | null {
  if (!settings) return null;
  const { dailyHour, weeklyDay, weeklyHour, timezone } = settings;
  const next = now === null ? {} : nextReports(settings, fallback, now);
  return {
    dailyHour,
    weeklyDay,
    weeklyHour,
    timezone: timezone ?? null,
    zone: timezone ?? fallback,
    nextDailyAt: toIso(next.daily ?? null),
    nextWeeklyAt: toIso(next.weekly ?? null),
  };
}
