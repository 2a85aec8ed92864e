import { type CalendarField, type CalendarSpec, LAST_CALENDAR_YEAR, parseCalendarSpec } from "./calendar-spec";
import { nextChange, offsetAt } from "./zone";

const DAY_MS = 86_400_000;
const MINUTE_US = 60_000_000;
const HOUR_US = 60 * MINUTE_US;
/** A clock is set back by a day at most: where a date line moved. */
const LONGEST_FOLD_MS = 25 * 3_600_000;

/**
 * When a timer of systemd elapses next by its `OnCalendar=`; of several lines any counts. Local times that a clock change leaves out
 * are left out, as systemd does it; those that come twice count once, the first time, as for a timer that was waiting for it.
 * @param timezone of the machine, for lines without a zone of their own
 * @param after milliseconds @returns milliseconds, or null when it never does
 * @throws Error for an invalid expression
 */
export function nextElapse(expression: string, timezone: string, after: number): number | null {
  let next: number | null = null;
  for (const line of linesOf(expression)) {
    const at = nextOfSpec(parseCalendarSpec(line), timezone, after);
    if (at !== null && (next === null || at < next)) next = at;
  }
  return next;
}

/** The problem of an expression in a sentence; null when it is valid. */
export function onCalendarProblem(expression: string, timezone: string): string | null {
  const lines = linesOf(expression);
  if (lines.length === 0) return "Enter a calendar expression, such as daily or Mon..Fri 02:00.";
  for (const line of lines) {
    try {
      parseCalendarSpec(line);
    } catch (error) {
      return `“${line}” is not a calendar expression of systemd: ${error instanceof Error ? error.message : ""}`;
    }
  }
  return nextElapse(expression, timezone, Date.now()) === null ? "This expression never elapses." : null;
}

/** As people copy them out of a unit: with the option's name, spaces and empty lines. */
function linesOf(expression: string): string[] {
  return expression
    .split(/[\r\n]/)
    .map((line) => line.trim().replace(/^OnCalendar\s?=\s?/i, ""))
    .filter((line) => line !== "" && !line.startsWith("#"));
}

function nextOfSpec(spec: CalendarSpec, machineZone: string, after: number): number | null {
  const timezone = spec.timezone ?? machineZone;
  let at = after;
  let offset = offsetAt(timezone, after);
  let local = after + offset;
  for (;;) {
    const next = localAfter(spec, local);
    if (next === null) return null;
    const change = nextChange(timezone, at, next - offset);
    if (change) {
      at = change.at;
      offset = change.after;
      local = change.at + change.after - 1;
      continue;
    }
    at = next - offset;
    if (!isSecondTime(timezone, at, next)) return at;
    local = next;
  }
}

/** Whether the clock was set back a while before, and showed this local time already. */
function isSecondTime(timezone: string, at: number, local: number): boolean {
  const change = nextChange(timezone, at - LONGEST_FOLD_MS, at);
  return change !== null && local < change.at + change.before;
}

/** The first match after a local time, written as if it were UTC; fractions of a millisecond are cut off. */
function localAfter(spec: CalendarSpec, local: number): number | null {
  const from = Math.max(0, local + 1);
  let day = Math.floor(from / DAY_MS) * DAY_MS;
  let time = (from - day) * 1_000;
  for (;;) {
    const date = nextDate(spec, day);
    if (date === null) return null;
    const clock = nextClock(spec, date === day ? time : 0);
    if (clock !== null) return date + Math.floor(clock / 1_000);
    day = date + DAY_MS;
    time = 0;
  }
}

/** The first matching day from one on, both as its midnight in UTC. */
function nextDate(spec: CalendarSpec, from: number): number | null {
  const first = new Date(from);
  let [year, month, day] = [first.getUTCFullYear(), first.getUTCMonth() + 1, first.getUTCDate()];
  for (;;) {
    const nextYear = firstMatch(spec.year, year, LAST_CALENDAR_YEAR);
    if (nextYear === null) return null;
    if (nextYear > year) [year, month, day] = [nextYear, 1, 1];
    const nextMonth = firstMatch(spec.month, month, 12);
    if (nextMonth === null) {
      [year, month, day] = [year + 1, 1, 1];
      continue;
    }
    if (nextMonth > month) [month, day] = [nextMonth, 1];
    const found = nextDayOfMonth(spec, year, month, day);
    if (found !== null) return found;
    [month, day] = [month + 1, 1];
  }
}

function nextDayOfMonth(spec: CalendarSpec, year: number, month: number, from: number): number | null {
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const days = spec.isFromMonthEnd ? fromMonthEnd(spec.day, length) : spec.day;
  for (let day = firstMatch(days, from, length); day !== null; day = firstMatch(days, day + 1, length)) {
    const at = Date.UTC(year, month - 1, day);
    if (!spec.weekdays || spec.weekdays.has((new Date(at).getUTCDay() + 6) % 7)) return at;
  }
  return null;
}

/** `~1..7` are the last seven days: its stop comes first. */
function fromMonthEnd(field: CalendarField, length: number): CalendarField {
  return (
    field?.map(({ start, stop, repeat }) => ({
      start: length + 1 - (stop ?? start),
      stop: stop === null ? null : length + 1 - start,
      repeat,
    })) ?? null
  );
}

/** The first matching time of a day from one on, in microseconds; null for none on this day. */
function nextClock(spec: CalendarSpec, from: number): number | null {
  let [hour, minute] = [Math.floor(from / HOUR_US), Math.floor((from % HOUR_US) / MINUTE_US)];
  let microsecond = from % MINUTE_US;
  for (;;) {
    const nextHour = firstMatch(spec.hour, hour, 23);
    if (nextHour === null) return null;
    if (nextHour > hour) [hour, minute, microsecond] = [nextHour, 0, 0];
    const nextMinute = firstMatch(spec.minute, minute, 59);
    if (nextMinute === null) {
      [hour, minute, microsecond] = [hour + 1, 0, 0];
      continue;
    }
    if (nextMinute > minute) [minute, microsecond] = [nextMinute, 0];
    const found = firstMatch(spec.microsecond, microsecond, MINUTE_US - 1);
    if (found !== null) return hour * HOUR_US + minute * MINUTE_US + found;
    [minute, microsecond] = [minute + 1, 0];
  }
}

/** The least value of a field from one on, up to the most that it may be; null for none. */
function firstMatch(field: CalendarField, from: number, most: number): number | null {
  if (!field) return from <= most ? from : null;
  const matches = field.flatMap(({ start, stop, repeat }) => {
    if (start >= from) return start <= most ? [start] : [];
    if (repeat === 0) return [];
    const value = start + Math.ceil((from - start) / repeat) * repeat;
    return value <= Math.min(stop ?? most, most) ? [value] : [];
  });
  return matches.length === 0 ? null : Math.min(...matches);
}
