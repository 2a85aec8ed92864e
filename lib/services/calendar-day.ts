import { QUARTER_MS } from "@/lib/core/quarter";
import { isIanaTimezone } from "@/lib/services/users/fields";

/** Longer than any day: 25 hours where clocks are set back, and a margin. */
const LONGEST_QUARTERS = 104;

/** Makes the function that names the calendar day of a moment, `2026-11-20`. @param timezone IANA zone; UTC for an unknown one */
export function dayNames(timezone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: isIanaTimezone(timezone) ? timezone : "UTC",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  const known = new Map<number, string>();
  return (at) => {
    const quarter = Math.floor(at / QUARTER_MS);
    let name = known.get(quarter);
    if (name === undefined) {
      name = format.format(quarter * QUARTER_MS);
      known.set(quarter, name);
    }
    return name;
  };
}

/** When the calendar day of `now` began, milliseconds; also where midnight itself was skipped. */
export function startOfDay(now: number, timezone: string): number {
  const dayOf = dayNames(timezone);
  const today = dayOf(now);
  let first = Math.floor(now / QUARTER_MS);
  let before = first - LONGEST_QUARTERS;
  while (first - before > 1) {
    const middle = Math.floor((first + before) / 2);
    if (dayOf(middle * QUARTER_MS) === today) first = middle;
    else before = middle;
  }
  return first * QUARTER_MS;
}
