export const REPORT_PERIODS = ["daily", "weekly"] as const;
export type ReportPeriod = (typeof REPORT_PERIODS)[number];

export const REPORT_OWNERS = ["user", "channel"] as const;
export type ReportOwner = (typeof REPORT_OWNERS)[number];

/** Which reports a user or channel gets, at which hour of their zone. */
export interface ReportSettings {
  /** Hour of the day, 0 to 23; null: no daily report. */
  dailyHour: number | null;
  /** Day of the week, 1 (Monday) to 7; null: no weekly report. */
  weeklyDay: number | null;
  weeklyHour: number;
  /** IANA name; for a user their own zone when left out. */
  timezone?: string;
}
