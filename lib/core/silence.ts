import { nextRun } from "./cron/next-run";

/** `hold`: what matches is sent when the silence ends. `drop`: it is never sent. */
export const SILENCE_EFFECTS = ["hold", "drop"] as const;
export type SilenceEffect = (typeof SILENCE_EFFECTS)[number];

/** A silence that comes again: from each time of the schedule, for so many minutes. */
export interface SilenceRecurrence {
  cron: string;
  /** IANA name. */
  timezone: string;
  minutes: number;
}

export interface SilenceSpan {
  /** Milliseconds. */
  startsAt: number;
  /** None: until a person ends it. */
  endsAt: number | null;
  recurring: SilenceRecurrence | null;
}

/** Stands for the end of a silence that only a person ends: so late that it is never seen. */
export const UNTIL_ENDED = Date.UTC(2069, 0, 1);

const MINUTE_MS = 60_000;
/** Recurrences that follow each other without a gap; nobody looks further ahead. */
const MAX_SPANS = 50;

/** When a silence that is on at a moment ends, milliseconds; null when it is not on. */
export function silenceEnd({ startsAt, endsAt, recurring }: SilenceSpan, now: number): number | null {
  if (now < startsAt || (endsAt !== null && now >= endsAt)) return null;
  const last = endsAt ?? UNTIL_ENDED;
  if (!recurring) return last;
  const length = recurring.minutes * MINUTE_MS;
  let slot = slotAfter(recurring, now - length);
  if (slot === null || slot > now) return null;
  let end = slot + length;
  for (let spans = 1; spans < MAX_SPANS && end < last; spans++) {
    slot = slotAfter(recurring, slot);
    if (slot === null || slot > end) break;
    end = slot + length;
  }
  return Math.min(end, last);
}

/** When a silence is on next, milliseconds; null when it is on now, or never again. */
export function nextSilence(span: SilenceSpan, now: number): number | null {
  if (silenceEnd(span, now) !== null || (span.endsAt !== null && now >= span.endsAt)) return null;
  if (!span.recurring) return span.startsAt;
  const slot = slotAfter(span.recurring, Math.max(now, span.startsAt - 1));
  return slot === null || (span.endsAt !== null && slot >= span.endsAt) ? null : slot;
}

/** A stored schedule that cannot be read, such as one in a zone that this machine does not know, never comes: it silences nobody. */
function slotAfter(recurring: SilenceRecurrence, at: number): number | null {
  try {
    return nextRun(recurring, at);
  } catch {
    return null;
  }
}
