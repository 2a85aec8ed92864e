import { parseWallTime } from "@/components/zoned-time";

/** A span of days as an address has it, and as the lists take it. */
export interface DateSpan {
  /** ISO 8601; `until` is the end of the last day. */
  times: { from?: string; until?: string };
  /** For the links to other pages of the list. */
  params: { from?: string; to?: string };
}

const DAY_MS = 86_400_000;

/** Reads `from=2026-11-20&to=2026-11-22`, days of the reader's calendar; what is no day narrows nothing. */
export function readDateSpan(search: Record<string, string | undefined>, timezone: string): DateSpan {
  const from = startOf(search.from, timezone);
  const until = startOf(dayAfter(search.to), timezone);
  return {
    times: { ...(from && { from }), ...(until && { until }) },
    params: { ...(from && { from: search.from }), ...(until && { to: search.to }) },
  };
}

function startOf(day: string | undefined, timezone: string): string | undefined {
  const at = day ? parseWallTime(`${day}T00:00`, timezone) : null;
  return at === null || Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

/** By the calendar: a day may have 23 or 25 hours. */
function dayAfter(day: string | undefined): string | undefined {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(day ?? "") ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  return Number.isNaN(at) ? undefined : new Date(at + DAY_MS).toISOString().slice(0, 10);
}
