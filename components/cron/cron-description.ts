import cronstrue from "cronstrue";
import { isKnownTimezone } from "@/components/format";
import { nextRuns } from "@/lib/core/cron/next-run";

/** Common schedules. */
export const CRON_PRESETS = [
  { label: "Hourly", cron: "0 * * * *" },
  { label: "Every 6 hours", cron: "0 */6 * * *" },
  { label: "Nightly", cron: "0 2 * * *" },
  { label: "Weekly", cron: "0 3 * * 0" },
  { label: "Monthly", cron: "0 4 1 * *" },
] as const;

export type CronReading = { ok: true; sentence: string; next: number[] } | { ok: false; reason: string };

/**
 * Describes a five-part cron expression and computes its next runs.
 * @param now milliseconds @returns `next`: up to `count` times in milliseconds
 */
export function readCron(cron: string, timezone: string, now: number, count = 3): CronReading {
  const text = cron.trim();
  if (text === "") return { ok: false, reason: "Enter five parts: minute, hour, day of month, month, day of week." };
  if (!isKnownTimezone(timezone)) return { ok: false, reason: "Choose a time zone." };
  try {
    const next = nextRuns({ cron: text, timezone }, now, count);
    if (next.length === 0) return { ok: false, reason: "This schedule never runs." };
    return { ok: true, sentence: describeCron(text), next };
  } catch {
    return {
      ok: false,
      reason: "This is not a valid schedule. Enter five parts: minute, hour, day of month, month, day of week.",
    };
  }
}

/** `At 02:00, every day`; the expression itself when it cannot be described. */
export function describeCron(cron: string): string {
  try {
    return cronstrue.toString(cron, { use24HourTimeFormat: true, verbose: true });
  } catch {
    return cron;
  }
}
