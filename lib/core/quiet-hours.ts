import { offsetAt } from "./cron/zone";

/** Hours in which a channel or a person is sent nothing; what comes meanwhile is held until their end. */
export interface QuietHours {
  /** `22:00`, local time. */
  from: string;
  /** `07:00`; earlier than `from`: of the next day. The same: the whole day. */
  to: string;
  /** Days on which they begin, 1 (Monday) to 7; every day when left out. */
  days?: number[];
  /** IANA name; for a person the zone of their profile when left out. */
  timezone?: string;
  /** Critical notifications are sent all the same. */
  criticalPasses: boolean;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Quiet hours of every day that follow each other without a gap end when they do; nobody looks further ahead. */
const MAX_SPANS = 8;

/**
 * When the span of a day's hours that a moment lies in ends, by the zone's own clock: a day that loses or repeats an
 * hour is that much shorter or longer.
 * @param days on which a span begins, 1 (Monday) to 7
 * @param now milliseconds @returns milliseconds; null when no span is on
 */
export function spanEnd(
  { from, to, days }: Pick<QuietHours, "from" | "to" | "days">,
  timezone: string,
  now: number,
): number | null {
  const [start, end] = [minutesOf(from), minutesOf(to)];
  const length = (end - start + 1_440) % 1_440 || 1_440;
  const local = now + offsetAt(timezone, now);
  const today = Math.floor(local / DAY_MS) * DAY_MS;
  for (const day of [today - DAY_MS, today]) {
    if (days && !days.includes(weekdayOf(day))) continue;
    const begins = day + start * MINUTE_MS;
    const ends = begins + length * MINUTE_MS;
    if (local >= begins && local < ends) return momentOf(timezone, ends);
  }
  return null;
}

/**
 * When quiet hours that are on end, milliseconds; null when they are not on. Stored hours that cannot be read, such as
 * those in a zone that this machine does not know, are never on.
 */
export function quietUntil(hours: QuietHours, now: number): number | null {
  try {
    return endOfSpans(hours, now);
  } catch {
    return null;
  }
}

function endOfSpans(hours: QuietHours, now: number): number | null {
  const timezone = hours.timezone ?? "UTC";
  let until = spanEnd(hours, timezone, now);
  for (let spans = 1; until !== null && spans < MAX_SPANS; spans++) {
    const next = spanEnd(hours, timezone, until);
    if (next === null) break;
    until = next;
  }
  return until;
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}

/** 1 (Monday) to 7, of a local midnight. The epoch began on a Thursday. */
function weekdayOf(day: number): number {
  return ((Math.floor(day / DAY_MS) + 3) % 7) + 1;
}

/** The moment of a local time; of one that a change of the clock leaves out, a moment beside the change. */
function momentOf(timezone: string, local: number): number {
  const guess = local - offsetAt(timezone, local);
  return local - offsetAt(timezone, guess);
}
