import { describe, expect, test } from "vitest";
import { nextRun, nextRuns, type Schedule, slotsBetween } from "./next-run";
import { nextChange, offsetAt } from "./zone";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FROM = Date.UTC(2026, 0, 1);
const UNTIL = Date.UTC(2029, 0, 1);

/** Lines that people use, and lines made to meet clock changes. */
const LINES = [
  "0 2 * * *",
  "30 2 * * *",
  "0,30 2 * * *",
  "*/15 * * * *",
  "0 * * * *",
  "7 * * * *",
  "7 0-23 * * *",
  "0 */6 * * *",
  "0 */2 * * *",
  "30 */4 * * *",
  "15 1-3 * * 1-5",
  "15 1-3 * * *",
  "*/20 2 * * *",
  "*/10 1-3 * * *",
  "0 0 1 * *",
  "0 0 * * 0",
  "0 0 * * *",
  "5,35 0 * * *",
  "30 23 * * *",
  "45 23 * * 6",
  "0 3 * * *",
  "30 2 29 2 *",
  "0 4 1 * *",
  "0 3 * * 0",
  "0 12 * * 1-5",
  "30 1,2,3 * * SUN",
  "0 0 1 4 1",
  "15 * * * 6",
];

/** The reference: a local time, minute by minute, from Intl alone. */
interface Minute {
  at: number;
  /** The local time, as if it were UTC. */
  local: number;
}

/** What Intl says of each zone, asked once for all tests. */
const keptTimes = new Map<string, (at: number) => number>();
const keptChanges = new Map<string, { at: number; jump: number }[]>();

function localTimes(timezone: string): (at: number) => number {
  const kept = keptTimes.get(timezone) ?? readLocalTimes(timezone);
  keptTimes.set(timezone, kept);
  return kept;
}

function readLocalTimes(timezone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: timezone,
    dateStyle: "short",
    timeStyle: "medium",
    hourCycle: "h23",
  });
  return (at) => {
    const found = /^(\d+)\/(\d+)\/(\d+), (\d+):(\d+):(\d+)$/.exec(format.format(at));
    const [day, month, year, hour, minute, second] = (found?.slice(1) ?? []).map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    return Date.UTC(year, month - 1, day, hour, minute, second);
  };
}

function changesOf(timezone: string): { at: number; jump: number }[] {
  const kept = keptChanges.get(timezone) ?? changesBetween(timezone, FROM, UNTIL);
  keptChanges.set(timezone, kept);
  return kept;
}

function changesBetween(timezone: string, from: number, until: number): { at: number; jump: number }[] {
  const local = localTimes(timezone);
  const offset = (at: number) => local(at) - at;
  const found: { at: number; jump: number }[] = [];
  let before = offset(from);
  for (let at = from; at < until; at += 5 * DAY) {
    let [low, high] = [at, Math.min(at + 5 * DAY, until)];
    const after = offset(high);
    if (before === after) continue;
    while (high - low > MINUTE) {
      const middle = low + Math.floor((high - low) / 2 / MINUTE) * MINUTE;
      if (offset(middle) === before) low = middle;
      else high = middle;
    }
    found.push({ at: high, jump: offset(high) - before });
    before = after;
  }
  return found;
}

function values(field: string, first: number, last: number): Set<number> {
  const names = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
  const found = new Set<number>();
  for (const part of field.split(",")) {
    const [range = "", step = "1"] = part.split("/");
    const [low = "", high] = range.split("-");
    const number = (text: string) => (names.includes(text) ? names.indexOf(text) : Number(text));
    const start = low === "*" ? first : number(low);
    const end = low === "*" ? last : high === undefined ? start : number(high);
    for (let value = start; value <= end; value += Number(step)) found.add(value);
  }
  return found;
}

function matcher(cron: string): { matches: (local: number) => boolean; isHourly: boolean } {
  const [minute = "", hour = "", day = "", month = "", weekday = ""] = cron.split(" ");
  const [minutes, hours, months] = [values(minute, 0, 59), values(hour, 0, 23), values(month, 1, 12)];
  const [days, weekdays] = [values(day, 1, 31), values(weekday, 0, 6)];
  const matches = (local: number) => {
    if (!minutes.has((local / MINUTE) % 60)) return false;
    const date = new Date(local);
    if (!hours.has(date.getUTCHours())) return false;
    if (!months.has(date.getUTCMonth() + 1)) return false;
    const [byDay, byWeekday] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay())];
    return day !== "*" && weekday !== "*" ? byDay || byWeekday : byDay && byWeekday;
  };
  return { matches, isHourly: hours.size === 24 };
}

/** Walks over the minutes: what is left out is due at the next one, what comes again is over. */
function slotsByWalking(cron: string, minutes: readonly Minute[]): number[] {
  const { matches, isHourly } = matcher(cron);
  const slots: number[] = [];
  let latest = Number.NEGATIVE_INFINITY;
  let previous: Minute | undefined;
  for (const minute of minutes) {
    let isDue = matches(minute.local) && (isHourly || minute.local > latest);
    if (!isDue && previous && minute.local - previous.local > MINUTE) {
      for (let local = previous.local + MINUTE; local < minute.local; local += MINUTE) isDue ||= matches(local);
      for (let local = minute.local; isHourly && local < minute.local + HOUR; local += MINUTE)
        isDue &&= !matches(local);
    }
    if (isDue) slots.push(minute.at);
    latest = Math.max(latest, minute.local);
    previous = minute;
  }
  return slots;
}

function minutesOf(timezone: string, from: number, until: number): Minute[] {
  const local = localTimes(timezone);
  return Array.from({ length: (until - from) / MINUTE }, (_, n) => ({
    at: from + n * MINUTE,
    local: local(from + n * MINUTE),
  }));
}

function expectSameSlots(schedule: Schedule, minutes: readonly Minute[], expected: readonly number[]): void {
  const [first, last] = [minutes[0] as Minute, minutes.at(-1) as Minute];
  const slots: number[] = [];
  for (let next = nextRun(schedule, first.at - 1); next !== null && next <= last.at; next = nextRun(schedule, next)) {
    if (next <= (slots.at(-1) ?? 0)) throw new Error(`${schedule.cron} in ${schedule.timezone} is stuck at ${next}`);
    slots.push(next);
  }
  const name = `${schedule.cron} in ${schedule.timezone}`;
  expect([name, ...slots.map(iso)]).toEqual([name, ...expected.map(iso)]);
  const [one, end] = [slots[0], slots.at(-1)];
  if (one === undefined || end === undefined) return;
  expect(slotsBetween(schedule, one, last.at)).toEqual({ count: slots.length, last: end });
  // From any moment, not only from slot to slot.
  for (let at = first.at; at < end; at += 97 * MINUTE + 1_234) {
    const next = nextRun(schedule, at);
    if (next !== slots.find((slot) => slot > at)) throw new Error(`${name}: after ${iso(at)} comes ${iso(next ?? 0)}`);
  }
}

const iso = (at: number) => new Date(at).toISOString();

/** Zones whose clocks change at the same moments by as much, and that show the same time, have the same slots. */
function distinctZones(): Map<string, { timezone: string; changes: { at: number; jump: number }[] }> {
  const distinct = new Map<string, { timezone: string; changes: { at: number; jump: number }[] }>();
  for (const timezone of Intl.supportedValuesOf("timeZone")) {
    const changes = changesOf(timezone);
    const key = `${localTimes(timezone)(FROM) - FROM} ${changes.map(({ at, jump }) => `${at}+${jump}`).join()}`;
    if (changes.length > 0 && !distinct.has(key)) distinct.set(key, { timezone, changes });
  }
  return distinct;
}

describe("fault A19: slots across clock changes", () => {
  test("fault A19: 0,30 2 * * * in Berlin runs once at the end of the gap", () => {
    const schedule = { cron: "0,30 2 * * *", timezone: "Europe/Berlin" };
    expect(nextRuns(schedule, Date.parse("2027-03-27T12:00:00Z"), 3).map(iso)).toEqual([
      "2027-03-28T01:00:00.000Z",
      "2027-03-29T00:00:00.000Z",
      "2027-03-29T00:30:00.000Z",
    ]);
  });

  test("fault A19: no run of its own at the end of a gap where the line has a slot, or runs every hour", () => {
    const after = Date.parse("2027-03-28T00:10:00Z");
    const first = (cron: string) => iso(nextRun({ cron, timezone: "Europe/Berlin" }, after) ?? 0);
    expect(nextRuns({ cron: "0 2,3 * * *", timezone: "Europe/Berlin" }, after, 2).map(iso)).toEqual([
      "2027-03-28T01:00:00.000Z",
      "2027-03-29T00:00:00.000Z",
    ]);
    expect(first("7 * * * *")).toBe("2027-03-28T01:07:00.000Z");
    // Every second hour is no longer every hour: 02:07 would be lost.
    expect(first("7 */2 * * *")).toBe("2027-03-28T01:00:00.000Z");
  });

  test("fault A19: a line of every hour runs in both hours of a fold, one of fixed hours in the first", () => {
    const after = Date.parse("2026-10-24T23:59:00Z");
    const slots = (cron: string) => nextRuns({ cron, timezone: "Europe/Berlin" }, after, 3).map(iso);
    expect(slots("0 * * * *")).toEqual([
      "2026-10-25T00:00:00.000Z",
      "2026-10-25T01:00:00.000Z",
      "2026-10-25T02:00:00.000Z",
    ]);
    expect(slots("0 2,3 * * *")).toEqual([
      "2026-10-25T00:00:00.000Z",
      "2026-10-25T02:00:00.000Z",
      "2026-10-26T01:00:00.000Z",
    ]);
  });

  test("fault A19: the clock changes of every zone are found", () => {
    const zones = Intl.supportedValuesOf("timeZone");
    expect(zones.length).toBeGreaterThan(400);
    for (const timezone of zones) {
      const found: { at: number; jump: number }[] = [];
      for (let at = FROM; ; ) {
        const change = nextChange(timezone, at, UNTIL);
        if (!change) break;
        found.push({ at: change.at, jump: change.after - change.before });
        at = change.at;
      }
      expect({ timezone, found }).toEqual({ timezone, found: changesOf(timezone) });
      expect(offsetAt(timezone, UNTIL)).toBe(localTimes(timezone)(UNTIL) - UNTIL);
    }
  });

  // It computes for seconds without a pause, which is minutes on a machine that is busy.
  test("fault A19: every line is what walking over the minutes finds, at every clock change of 2026 to 2028", () => {
    const distinct = [...distinctZones().values()];
    expect(distinct.length).toBeGreaterThan(25);
    for (const { timezone, changes } of distinct) {
      for (const { at } of changes) {
        const minutes = minutesOf(timezone, at - 4 * HOUR, at + 25 * HOUR);
        for (const cron of LINES) expectSameSlots({ cron, timezone }, minutes, slotsByWalking(cron, minutes));
      }
    }
  }, 240_000);

  test.each([
    ["Pacific/Apia", "2011-12-30T10:00:00Z"],
    ["Pacific/Kwajalein", "1993-08-21T12:00:00Z"],
    ["Africa/Cairo", "2014-07-31T21:00:00Z"],
    ["Africa/Casablanca", "2012-07-20T02:00:00Z"],
    ["Asia/Pyongyang", "2018-05-04T15:00:00Z"],
    ["America/Caracas", "2016-05-01T07:00:00Z"],
  ])("fault A19: in %s around %s too, where a day or half an hour was left out", (timezone, around) => {
    const at = Date.parse(around);
    expect(changesBetween(timezone, at - 2 * DAY, at + 2 * DAY)).toHaveLength(1);
    const minutes = minutesOf(timezone, at - 30 * HOUR, at + 40 * HOUR);
    for (const cron of LINES) expectSameSlots({ cron, timezone }, minutes, slotsByWalking(cron, minutes));
  });

  test("fault A19: the weeks around a change, from slot to slot", () => {
    for (const timezone of ["America/Santiago", "Australia/Lord_Howe"]) {
      const minutes = minutesOf(timezone, Date.UTC(2027, 2, 25), Date.UTC(2027, 3, 20));
      for (const cron of ["0,30 2 * * *", "0 0 * * 0", "0 0 1 * *", "15 1-3 * * 1-5"])
        expectSameSlots({ cron, timezone }, minutes, slotsByWalking(cron, minutes));
    }
  });

  test("fault A19: a line that comes due once in years is found across all changes between", () => {
    expect(nextRuns({ cron: "30 2 29 2 *", timezone: "Africa/Casablanca" }, FROM, 2).map(iso)).toEqual([
      "2028-02-29T02:30:00.000Z",
      "2032-02-29T01:30:00.000Z",
    ]);
    expect(nextRun({ cron: "0 0 31 2 *", timezone: "Europe/Berlin" }, FROM)).toBeNull();
  });
});
