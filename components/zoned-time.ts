const DAY_MS = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** How far a zone's clocks are ahead of UTC at a moment, milliseconds. */
function offsetAt(at: number, timezone: string): number {
  const parts = new Map(
    formatIn(timezone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const wall = Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second"));
  return wall - Math.floor(at / 1000) * 1000;
}

function formatIn(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known) return known;
  const options: Intl.DateTimeFormatOptions = {
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  };
  let made: Intl.DateTimeFormat;
  try {
    made = new Intl.DateTimeFormat("en-US", { ...options, timeZone: timezone });
  } catch {
    made = new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" });
  }
  formats.set(timezone, made);
  return made;
}

/**
 * The moment at which the clocks of a zone show a time. An ambiguous time is its first occurrence; a skipped one moves
 * forward by the gap.
 * @param wall `2026-11-22T08:00`, the value of a date-time field @returns milliseconds; null for an invalid text
 */
export function parseWallTime(wall: string, timezone: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::\d{2})?$/.exec(wall);
  if (!match) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = match.slice(1).map(Number);
  const asUtc = Date.UTC(year, month - 1, day, hour, minute);
  // Only the offsets of the day before and after can apply at that moment.
  const candidates = [asUtc - DAY_MS, asUtc + DAY_MS].map((near) => asUtc - offsetAt(near, timezone));
  const exact = candidates.filter((at) => at + offsetAt(at, timezone) === asUtc);
  return exact.length > 0 ? Math.min(...exact) : Math.max(...candidates);
}

/** The value of a date-time field for a moment in a zone: `2026-11-22T08:00`. */
export function formatWallTime(at: number, timezone: string): string {
  return new Date(at + offsetAt(at, timezone)).toISOString().slice(0, 16);
}

/** Tomorrow at an hour, by the calendar of a zone. @param hour `08:00` @returns milliseconds */
export function tomorrowAt(hour: string, timezone: string, now: number): number {
  const today = new Date(now + offsetAt(now, timezone));
  const tomorrow = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate() + 1));
  return parseWallTime(`${tomorrow.toISOString().slice(0, 10)}T${hour}`, timezone) ?? now + DAY_MS;
}
