import { Cron } from "croner";
import { nextChange, offsetAt, type ZoneChange } from "./zone";

/** Five fields, in an IANA zone: `30 2 * * *` in `Europe/Berlin`. */
export interface Schedule {
  cron: string;
  /** None: UTC. */
  timezone: string | null;
}

/** How many slots are counted one by one; beyond that only the last is looked up. */
const COUNT_LIMIT = 5_000;
const HOUR_MS = 3_600_000;
/** A clock is set back by a day at most: where a date line moved. */
const LONGEST_FOLD_MS = 25 * HOUR_MS;

/** A parsed line. Local times are written as if they were UTC, so that the pattern meets no clock changes. */
interface Line {
  cron: Cron;
  timezone: string;
  /** Its hour is `*`: it runs by the time that passes. */
  isHourly: boolean;
}

const parsed = new Map<string, Line>();

function lineOf({ cron, timezone }: Schedule): Line {
  const key = `${timezone ?? ""}\n${cron}`;
  let known = parsed.get(key);
  if (!known) {
    const fields = cron.trim().split(/\s+/);
    if (fields.length !== 5) throw new Error("A schedule has five fields: minute, hour, day, month, weekday.");
    known = { cron: patternOf(cron), timezone: timezone ?? "UTC", isHourly: isEveryHour(fields[1] ?? "") };
    if (parsed.size > 5_000) parsed.clear();
    parsed.set(key, known);
  }
  return known;
}

const patternOf = (cron: string) => new Cron(cron, { utcOffset: 0, mode: "5-part", paused: true });

/** However it is written: `*`, `0-23`, `*\/1`. */
function isEveryHour(hours: string): boolean {
  const start = Date.UTC(2026, 0, 1) - 1;
  return (patternOf(`0 ${hours} * * *`).nextRuns(24, new Date(start)).at(-1)?.getTime() ?? 0) - start <= 24 * HOUR_MS;
}

function localAfter({ cron }: Line, local: number): number | null {
  return cron.nextRun(new Date(local))?.getTime() ?? null;
}

/** The problem of a schedule in a sentence; null when it is valid. */
export function scheduleProblem(schedule: Schedule): { field: "cron" | "timezone"; message: string } | null {
  try {
    new Intl.DateTimeFormat("en", { timeZone: schedule.timezone ?? "UTC" });
  } catch {
    return { field: "timezone", message: "This time zone is not known. Use a name such as Europe/Berlin." };
  }
  try {
    if (nextRun(schedule, Date.now()) === null) return { field: "cron", message: "This schedule never comes due." };
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Cron\w*:\s*/, "") : "";
    return { field: "cron", message: `This is not a schedule that cron understands: ${reason}` };
  }
}

/**
 * The next slot after a moment. Slots at local times that a clock change leaves out are one run, right after the gap,
 * where the line has no slot anyway. Local times that come twice run once, the first time. A line whose hour is `*` runs
 * by the time that passes, as in cron: both times, and nothing after a gap that its next slot follows within the hour.
 * @param after milliseconds @returns milliseconds, or null when none follows
 * @throws Error for an invalid pattern
 */
export function nextRun(schedule: Schedule, after: number): number | null {
  const line = lineOf(schedule);
  let at = after;
  let offset = offsetAt(line.timezone, after);
  let local = after + offset;
  for (;;) {
    const next = localAfter(line, local);
    if (next === null) return null;
    const change = nextChange(line.timezone, at, next - offset);
    if (change) {
      if (isGapDue(line, change)) return change.at;
      at = change.at;
      offset = change.after;
      local = change.at + change.after - 1;
      continue;
    }
    at = next - offset;
    if (line.isHourly || !isSecondTime(line.timezone, at, next)) return at;
    local = next;
  }
}

/** Whether a change of the clock leaves out slots that nothing makes up for. */
function isGapDue(line: Line, { at, before, after }: ZoneChange): boolean {
  if (after <= before) return false;
  const leftOut = localAfter(line, at + before - 1);
  if (leftOut === null || leftOut >= at + after) return false;
  if (!line.isHourly) return true;
  const following = localAfter(line, at + after - 1);
  return following === null || following >= at + after + HOUR_MS;
}

/** Whether the clock was set back a while before, and showed this local time already. */
function isSecondTime(timezone: string, at: number, local: number): boolean {
  const change = nextChange(timezone, at - LONGEST_FOLD_MS, at);
  return change !== null && local < change.at + change.before;
}

/** The next `count` slots, for display. */
export function nextRuns(schedule: Schedule, after: number, count: number): number[] {
  const slots: number[] = [];
  for (let next = nextRun(schedule, after); next !== null; next = nextRun(schedule, next)) {
    slots.push(next);
    if (slots.length >= count) break;
  }
  return slots;
}

/**
 * Slots from one known slot up to a moment, both included.
 * @returns how many (beyond 5,000 no longer exact), and the last of them
 */
export function slotsBetween(schedule: Schedule, first: number, until: number): { count: number; last: number } {
  let last = first;
  let count = 1;
  for (; count < COUNT_LIMIT; count++) {
    const next = nextRun(schedule, last);
    if (next === null || next > until) return { count, last };
    last = next;
  }
  return { count, last: lastRun(schedule, last, until) };
}

/** The last slot up to a moment. @param known a slot before it */
function lastRun(schedule: Schedule, known: number, until: number): number {
  const { cron, timezone } = lineOf(schedule);
  const offset = offsetAt(timezone, until);
  const [latest] = cron.previousRuns(1, new Date(until + offset + 1));
  const guess = (latest?.getTime() ?? 0) - offset;
  if (guess <= known) return known;
  if (nextChange(timezone, guess - LONGEST_FOLD_MS, until) === null) return guess;
  // Around a change of the clock: step by step from a day before.
  let last = known;
  for (let next = nextRun(schedule, Math.max(known, guess - LONGEST_FOLD_MS)); next !== null && next <= until; ) {
    last = next;
    next = nextRun(schedule, last);
  }
  return last;
}
