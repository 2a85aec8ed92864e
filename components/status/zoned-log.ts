import { dayKey, formatClock } from "@/components/format";

/** The times that begin lines of a log: UTC, with or without fractions of a second. */
const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)(?= |$)/gm;

/** A log with its times in the reader's zone: `2026-11-27 05:00:00 Backing up files`. */
export function zonedLog(text: string, timezone: string): string {
  return text.replace(STAMP, (stamp) => {
    const at = Date.parse(stamp);
    return Number.isNaN(at) ? stamp : `${dayKey(at, timezone)} ${formatClock(at, timezone).slice(0, 8)}`;
  });
}
