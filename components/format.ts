export { formatBytes, formatDuration, pluralize } from "@/lib/core/format-units";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** `38 ms`, `2.1 s`, `1 min 4 s`: how long one request took. @param ms milliseconds */
export function formatLatency(ms: number): string {
  if (ms < SECOND) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60 * SECOND) return `${(ms / SECOND).toFixed(ms < 10 * SECOND ? 1 : 0)} s`;
  return `${Math.floor(ms / MINUTE)} min ${Math.floor((ms % MINUTE) / SECOND)} s`;
}

/** `12,300`. */
export function formatNumber(value: number): string {
  return value.toLocaleString("en-US");
}

/** `a, b and c`. */
export function formatList(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? "";
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1)}`;
}

interface Wall {
  year: number;
  month: number;
  day: number;
  hour: string;
  minute: string;
  second: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();
/** There are some 600 zones; a caller with more names is hostile. */
const MAX_ZONES = 1_000;

/** The wall clock of a zone, in numbers: server and browser may know different month names. */
function wallOf(at: number, timezone: string): Wall {
  const parts = new Map(
    formatIn(timezone)
      .formatToParts(at)
      .map((part) => [part.type, part.value]),
  );
  return {
    year: Number(parts.get("year")),
    month: Number(parts.get("month")),
    day: Number(parts.get("day")),
    hour: parts.get("hour") ?? "00",
    minute: parts.get("minute") ?? "00",
    second: parts.get("second") ?? "00",
  };
}

function formatIn(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-US", {
    timeZone: isKnownTimezone(timezone) ? timezone : "UTC",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  formats.set(timezone, made);
  return made;
}

// Creating a format costs more than using it for a whole page.
const zoneNames = new Map<string, Intl.DateTimeFormat | null>();

/** The format that names a zone; null for an unknown zone. */
function zoneFormat(name: string): Intl.DateTimeFormat | null {
  let known = zoneNames.get(name);
  if (known === undefined) {
    try {
      known = new Intl.DateTimeFormat("en-GB", { timeZone: name, timeZoneName: "short" });
    } catch {
      known = null;
    }
    if (zoneNames.size > MAX_ZONES) zoneNames.clear();
    zoneNames.set(name, known);
  }
  return known;
}

/** Whether this machine knows the IANA zone. */
export function isKnownTimezone(name: string): boolean {
  return zoneFormat(name) !== null;
}

/** `20 Nov 2026, 03:10:04 CET`. @param at milliseconds */
export function formatDateTime(at: number, timezone: string): string {
  const wall = wallOf(at, timezone);
  return `${dayOf(wall)} ${wall.year}, ${wall.hour}:${wall.minute}:${wall.second} ${formatZone(at, timezone)}`;
}

/** `Sun 22 Nov, 02:00`: a day and a time of the near future. @param at milliseconds */
export function formatDayTime(at: number, timezone: string): string {
  const wall = wallOf(at, timezone);
  return `${weekdayOf(wall)} ${dayOf(wall)}, ${wall.hour}:${wall.minute}`;
}

/** `20 Nov 2026`. @param at milliseconds */
export function formatDay(at: number, timezone: string): string {
  const wall = wallOf(at, timezone);
  return `${dayOf(wall)} ${wall.year}`;
}

/** `CET`, `GMT+5:30`: the short name of the zone at that moment. */
export function formatZone(at: number, timezone: string): string {
  const parts = (zoneFormat(timezone) ?? zoneFormat("UTC"))?.formatToParts(at) ?? [];
  return parts.find((part) => part.type === "timeZoneName")?.value ?? timezone;
}

/** `03:10:04.112`: when something happened within a day. @param at milliseconds */
export function formatClock(at: number, timezone: string): string {
  const wall = wallOf(at, timezone);
  return `${wall.hour}:${wall.minute}:${wall.second}.${String(Math.floor(at) % SECOND).padStart(3, "0")}`;
}

/** `03:10`: a time of the night or the day at hand. @param at milliseconds */
export function formatTimeOfDay(at: number, timezone: string): string {
  const { hour, minute } = wallOf(at, timezone);
  return `${hour}:${minute}`;
}

/** The calendar day in the zone, `2026-11-20`. @param at milliseconds */
export function dayKey(at: number, timezone: string): string {
  const { year, month, day } = wallOf(at, timezone);
  return `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
}

/**
 * A time relative to now: `just now`, `12 min ago`, `in 3 h`, `yesterday 03:14`, `tomorrow 02:00`, `Tue 14:20`,
 * `20 Nov 14:20`, `20 Nov 2025`. Days are those of the viewer's calendar.
 * @param at milliseconds @param now milliseconds
 */
export function formatRelativeTime(at: number, now: number, timezone: string): string {
  const distance = at - now;
  const away = Math.abs(distance);
  if (away < 45 * SECOND) return distance > 5 * SECOND ? "in under a minute" : "just now";
  if (away < HOUR) return formatDistance(`${Math.max(1, Math.round(away / MINUTE))} min`, distance);
  const wall = wallOf(at, timezone);
  const days = calendarDay(wall) - calendarDay(wallOf(now, timezone));
  const clock = `${wall.hour}:${wall.minute}`;
  if (days === 0 || away < 6 * HOUR) return formatDistance(`${Math.round(away / HOUR)} h`, distance);
  if (days === -1) return `yesterday ${clock}`;
  if (days === 1) return `tomorrow ${clock}`;
  if (Math.abs(days) < 7) return `${weekdayOf(wall)} ${clock}`;
  if (Math.abs(days) < 180) return `${dayOf(wall)} ${clock}`;
  return `${dayOf(wall)} ${wall.year}`;
}

function formatDistance(amount: string, distance: number): string {
  return distance > 0 ? `in ${amount}` : `${amount} ago`;
}

function dayOf(wall: Wall): string {
  return `${wall.day} ${MONTHS[wall.month - 1]}`;
}

function weekdayOf(wall: Wall): string {
  return WEEKDAYS[new Date(calendarDay(wall) * DAY).getUTCDay()] ?? "";
}

/** Days since the epoch, of the calendar. */
function calendarDay(wall: Wall): number {
  return Math.round(Date.UTC(wall.year, wall.month - 1, wall.day) / DAY);
}
