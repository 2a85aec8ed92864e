import { Cron } from "croner";

/** Five fields, in an IANA zone: `30 2 * * *` in `Europe/Berlin`. */
export interface Schedule {
  cron: string;
  /** None: UTC. */
  timezone: string | null;
}

/** How many slots are counted one by one; beyond that only the last is looked up. */
const COUNT_LIMIT = 5_000;

const parsed = new Map<string, Cron>();

function cronOf({ cron, timezone }: Schedule): Cron {
  const key = `${timezone ?? ""}\n${cron}`;
  let known = parsed.get(key);
  if (!known) {
    if (cron.trim().split(/\s+/).length !== 5)
      throw new Error("A schedule has five fields: minute, hour, day, month, weekday.");
    known = new Cron(cron, { timezone: timezone ?? "UTC", mode: "5-part", paused: true });
    if (parsed.size > 5_000) parsed.clear();
    parsed.set(key, known);
  }
  return known;
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
 * The next slot after a moment. A local time that a clock change leaves out runs right after the gap;
 * one that comes twice runs once.
 * @param after milliseconds @returns milliseconds, or null when none follows
 * @throws Error for an invalid pattern
 */
export function nextRun(schedule: Schedule, after: number): number | null {
  return cronOf(schedule).nextRun(new Date(after))?.getTime() ?? null;
}

/** The next `count` slots, for display. */
export function nextRuns(schedule: Schedule, after: number, count: number): number[] {
  return cronOf(schedule)
    .nextRuns(count, new Date(after))
    .map((date) => date.getTime());
}

/**
 * Slots from one known slot up to a moment, both included.
 * @returns how many (beyond 5,000 no longer exact), and the last of them
 */
export function slotsBetween(schedule: Schedule, first: number, until: number): { count: number; last: number } {
  const cron = cronOf(schedule);
  let last = first;
  let count = 1;
  for (; count < COUNT_LIMIT; count++) {
    const next = cron.nextRun(new Date(last))?.getTime() ?? null;
    if (next === null || next > until || next <= last) return { count, last };
    last = next;
  }
  const [latest] = cron.previousRuns(1, new Date(until + 1));
  return { count, last: Math.max(last, latest?.getTime() ?? last) };
}
