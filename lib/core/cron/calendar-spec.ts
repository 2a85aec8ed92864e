/** A part of a field: one value; a range with `stop`; every so many from `start` with `repeat`. */
export interface CalendarComponent {
  start: number;
  stop: number | null;
  /** 0: `start` alone. */
  repeat: number;
}

/** What a field may be; null for anything. */
export type CalendarField = readonly CalendarComponent[] | null;

/** One calendar expression of systemd. */
export interface CalendarSpec {
  /** Monday is 0; null for any. */
  weekdays: ReadonlySet<number> | null;
  year: CalendarField;
  month: CalendarField;
  /** Of the month, or with `~` from its end: 1 is the last one. */
  day: CalendarField;
  isFromMonthEnd: boolean;
  hour: CalendarField;
  minute: CalendarField;
  /** Seconds with their fraction. */
  microsecond: CalendarField;
  /** The zone at its end; null for that of the machine. */
  timezone: string | null;
}

interface Bounds {
  name: string;
  from: number;
  to: number;
  /** What a written 1 counts. */
  unit?: number;
  isFromEnd?: boolean;
}

export const LAST_CALENDAR_YEAR = 2199;
const SECOND_US = 1_000_000;
const YEAR: Bounds = { name: "year", from: 1970, to: LAST_CALENDAR_YEAR };
const MONTH: Bounds = { name: "month", from: 1, to: 12 };
const DAY: Bounds = { name: "day", from: 1, to: 31 };
/** No month is shorter. */
const DAY_FROM_END: Bounds = { name: "day", from: 1, to: 28, isFromEnd: true };
const HOUR: Bounds = { name: "hour", from: 0, to: 23 };
const MINUTE: Bounds = { name: "minute", from: 0, to: 59 };
const SECOND: Bounds = { name: "second", from: 0, to: 60 * SECOND_US - 1, unit: SECOND_US };

const NUMBERS = /^(\d{1,9})(?:\.\.(\d{1,9}))?(?:\/(\d{1,9}))?$/;
const DECIMALS = /^(\d{1,9}(?:\.\d{1,9})?)(?:\.\.(\d{1,9}(?:\.\d{1,9})?))?(?:\/(\d{1,9}(?:\.\d{1,9})?))?$/;
const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const YEARLY = "*-01-01 00:00:00";
const HALF_YEARLY = "*-01,07-01 00:00:00";
const SHORTHANDS: Record<string, string> = {
  minutely: "*-*-* *:*:00",
  hourly: "*-*-* *:00:00",
  daily: "*-*-* 00:00:00",
  weekly: "Mon *-*-* 00:00:00",
  monthly: "*-*-01 00:00:00",
  quarterly: "*-01,04,07,10-01 00:00:00",
  semiannually: HALF_YEARLY,
  "semi-annually": HALF_YEARLY,
  biannually: HALF_YEARLY,
  "bi-annually": HALF_YEARLY,
  yearly: YEARLY,
  annually: YEARLY,
  anually: YEARLY,
};

/**
 * Parses a calendar expression: `Mon..Fri *-*-* 02:00:00 Europe/Berlin`, `daily`.
 * @see https://www.freedesktop.org/software/systemd/man/latest/systemd.time.html#Calendar%20Events
 * @throws Error with a sentence about what is wrong
 */
export function parseCalendarSpec(expression: string): CalendarSpec {
  const words = expression.split(" ").filter(Boolean);
  const timezone = words.length > 1 && isZone(words.at(-1) ?? "") ? (words.pop() ?? null) : null;
  const [only = ""] = words;
  if (only === "") throw new Error("It is empty.");
  const shorthand = words.length === 1 && Object.hasOwn(SHORTHANDS, only.toLowerCase());
  const parts = shorthand ? (SHORTHANDS[only.toLowerCase()] ?? "").split(" ") : [...words];
  if (parts.length === 1 && only.startsWith("@")) return parseEpoch(only);
  const weekdays = /^[a-z]/i.test(parts[0] ?? "") ? parseWeekdays(parts.shift() ?? "") : null;
  const date = parts[0] !== undefined && !parts[0].includes(":") ? parseDate(parts.shift() ?? "") : ANY_DATE;
  const time = parseTime(parts.shift() ?? "00:00:00");
  if (parts.length > 0) throw new Error(`Nothing may stand behind the time, but “${parts.join(" ")}” does.`);
  return { weekdays, ...date, ...time, timezone };
}

/** The words that zones begin with are never weekdays or shorthands. */
function isZone(word: string): boolean {
  if (!/^[a-z][\w+/-]*$/i.test(word) || word.toLowerCase() in SHORTHANDS) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: word });
    return true;
  } catch {
    return false;
  }
}

type CalendarDate = Pick<CalendarSpec, "year" | "month" | "day" | "isFromMonthEnd">;
type ClockTime = Pick<CalendarSpec, "hour" | "minute" | "microsecond">;
const ANY_DATE: CalendarDate = { year: null, month: null, day: null, isFromMonthEnd: false };

/** `@1700000000`: seconds since 1970. */
function parseEpoch(text: string): CalendarSpec {
  if (!/^@\d{1,10}$/.test(text)) throw new Error(`“${text}” is not a number of seconds since 1970.`);
  const iso = new Date(Number(text.slice(1)) * 1_000).toISOString();
  return { weekdays: null, ...parseDate(iso.slice(0, 10)), ...parseTime(iso.slice(11, 19)), timezone: "UTC" };
}

/** `Mon`, `Mon..Fri`, `Sat,Sun`; a range may also have one dash. */
function parseWeekdays(text: string): ReadonlySet<number> {
  const days = new Set<number>();
  // systemd takes a comma at the end.
  for (const range of text.replace(/,$/, "").split(",")) {
    const [first, last, ...more] = range.split(/\.\.|-/).map(weekdayOf);
    if (first === undefined || more.length > 0) throw new Error(`“${range}” is not a range of weekdays.`);
    if (last !== undefined && last < first) {
      throw new Error(`The weekdays “${range}” run backwards; the week begins on Monday.`);
    }
    for (let day = first; day <= (last ?? first); day++) days.add(day);
  }
  return days;
}

function weekdayOf(name: string): number {
  const lower = name.toLowerCase();
  const found = WEEKDAYS.findIndex((weekday) => lower === weekday || lower === weekday.slice(0, 3));
  if (found < 0) throw new Error(`“${name}” is neither a weekday, such as Mon, nor a shorthand, such as daily.`);
  return found;
}

/** Year, month and day, or month and day; `~` in front of the day counts from the month's end. */
function parseDate(text: string): CalendarDate {
  const parts = /^(?:([^-~]+)-)?([^-~]+)([-~])([^-~]+)$/.exec(text);
  if (!parts) throw new Error(`“${text}” is not a date, such as *-*-01.`);
  const [, year, month = "", mark, day = ""] = parts;
  const isFromMonthEnd = mark === "~" && day !== "*";
  return {
    year: parseField(year ?? "*", YEAR),
    month: parseField(month, MONTH),
    day: parseField(day, isFromMonthEnd ? DAY_FROM_END : DAY),
    isFromMonthEnd,
  };
}

function parseTime(text: string): ClockTime {
  const [hour = "", minute, second = "00", ...more] = text.split(":");
  if (minute === undefined || more.length > 0) throw new Error(`“${text}” is not a time, such as 02:00:00.`);
  return {
    hour: parseField(hour, HOUR),
    minute: parseField(minute, MINUTE),
    // Any second means every whole one.
    microsecond: parseField(second, SECOND) ?? [{ start: 0, stop: null, repeat: SECOND_US }],
  };
}

function parseField(text: string, bounds: Bounds): CalendarField {
  return text === "*" ? null : text.split(",").map((component) => parseComponent(component, bounds));
}

/** `5`, `1..5`, `0/15`, `1..9/2`. */
function parseComponent(text: string, bounds: Bounds): CalendarComponent {
  const parts = (bounds.unit ? DECIMALS : NUMBERS).exec(text);
  if (!parts) throw new Error(`“${text}” is not a ${bounds.name}.`);
  const [start = 0, stop, repeat] = parts.slice(1).map((part) => readNumber(part, bounds));
  const isYear = bounds === YEAR;
  const component = {
    start: isYear ? fullYear(start) : start,
    stop: stop === undefined ? null : isYear ? fullYear(stop) : stop,
  };
  if (repeat === 0) throw new Error(`“${text}” repeats every 0; leave the /0 out.`);
  const isRange = component.stop !== null && component.stop !== component.start;
  const step = repeat ?? (isRange ? (bounds.unit ?? 1) : 0);
  checkBounds(text, component, step, bounds);
  return { start: component.start, stop: isRange || repeat !== undefined ? component.stop : null, repeat: step };
}

function readNumber(text: string | undefined, { unit }: Bounds): number | undefined {
  if (text === undefined) return undefined;
  return unit ? Math.floor(Number(text) * unit + 0.5) : Number(text);
}

/** `26` is 2026, `99` is 1999. */
function fullYear(year: number): number {
  if (year < 70) return year + 2_000;
  return year < 100 ? year + 1_900 : year;
}

/** As systemd has it, at least one repetition must fit where no range limits them. */
function checkBounds(
  text: string,
  { start, stop }: { start: number; stop: number | null },
  repeat: number,
  bounds: Bounds,
) {
  const { name, from, to, unit, isFromEnd } = bounds;
  const isOutside = [start, stop ?? start].some((value) => value < from || value > to);
  const [least, most] = [from, to].map((value) => Math.floor(value / (unit ?? 1)));
  if (isOutside) throw new Error(`“${text}” is not a ${name} from ${least} to ${most}.`);
  if (stop !== null && stop < start) throw new Error(`The range “${text}” runs backwards.`);
  // A step beyond the end of a range leaves its start, but a range of less than a second has none.
  const isTooShort = unit !== undefined && repeat === unit && stop !== null && stop !== start && start + unit > stop;
  const fits = stop !== null ? !isTooShort : isFromEnd ? start - repeat >= from : start + repeat <= to;
  if (!fits) throw new Error(`The step of “${text}” is longer than its range.`);
}
