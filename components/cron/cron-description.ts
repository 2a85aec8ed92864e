import { Cron } from "croner";
import cronstrue from "cronstrue";
import { isTimezone } from "@/components/format";

/** Usual schedules, one click away. */
export const CRON_PRESETS = [
  { label: "Hourly", cron: "0 * * * *" },
  { label: "Every 6 hours", cron: "0 */6 * * *" },
  { label: "Nightly", cron: "0 2 * * *" },
  { label: "Weekly", cron: "0 3 * * 0" },
  { label: "Monthly", cron: "0 4 1 * *" },
] as const;

export type CronReading = { ok: true; sentence: string; next: number[] } | { ok: false; reason: string };

/**
 * What a cron text of five parts means, and when it comes next.
 * @param now milliseconds @returns `next`: up to `count` times in milliseconds
 */
export function readCron(cron: string, timezone: string, now: number, count = 3): CronReading {
  const text = cron.trim();
  if (text === "") return { ok: false, reason: "Enter five parts: minute, hour, day of month, month, day of week." };
  if (!isTimezone(timezone)) return { ok: false, reason: "Choose a time zone." };
  try {
    const next = new Cron(text, { timezone, mode: "5-part" }).nextRuns(count, new Date(now));
    if (next.length === 0) return { ok: false, reason: "This time never comes." };
    return { ok: true, sentence: sentenceOf(text), next: next.map((date) => date.getTime()) };
  } catch {
    return { ok: false, reason: "This is no schedule yet: minute, hour, day of month, month, day of week." };
  }
}

/** `At 02:00, every day`; the cron text itself where no sentence can be made. */
export function sentenceOf(cron: string): string {
  try {
    return cronstrue.toString(cron, { use24HourTimeFormat: true, verbose: true });
  } catch {
    return cron;
  }
}
