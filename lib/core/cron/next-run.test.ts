import { Cron } from "croner";
import { describe, expect, test, vi } from "vitest";
import { nextRun, nextRuns, scheduleProblem, slotsBetween } from "./next-run";

const at = (iso: string) => Date.parse(iso);
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
const berlin = (cron: string) => ({ cron, timezone: "Europe/Berlin" });

describe("rule 15: schedules follow their own zone across clock changes", () => {
  test("a time that the clock change leaves out runs right after the gap", () => {
    const runs = nextRuns(berlin("30 2 * * *"), at("2026-03-28T00:00:00Z"), 3).map(iso);
    expect(runs).toEqual(["2026-03-28T01:30:00.000Z", "2026-03-29T01:00:00.000Z", "2026-03-30T00:30:00.000Z"]);
  });

  test("a time that comes twice runs once", () => {
    const runs = nextRuns(berlin("30 2 * * *"), at("2026-10-24T00:00:00Z"), 3).map(iso);
    expect(runs).toEqual(["2026-10-24T00:30:00.000Z", "2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"]);
    expect(iso(nextRun(berlin("30 2 * * *"), at("2026-10-25T00:30:00Z")))).toBe("2026-10-26T01:30:00.000Z");
  });

  test("every minute stays every minute through gap and fold", () => {
    for (const start of ["2026-03-29T00:00:00Z", "2026-10-25T00:00:00Z"]) {
      const runs = nextRuns(berlin("* * * * *"), at(start), 180);
      expect(runs.every((run, i) => run === at(start) + (i + 1) * 60_000)).toBe(true);
    }
  });

  test("the same wall-clock hour all year", () => {
    expect(iso(nextRun(berlin("0 6 * * *"), at("2026-01-10T12:00:00Z")))).toBe("2026-01-11T05:00:00.000Z");
    expect(iso(nextRun(berlin("0 6 * * *"), at("2026-07-10T12:00:00Z")))).toBe("2026-07-11T04:00:00.000Z");
  });
});

test("without a zone a schedule is in UTC", () => {
  expect(iso(nextRun({ cron: "0 6 * * *", timezone: null }, at("2026-07-10T12:00:00Z")))).toBe(
    "2026-07-11T06:00:00.000Z",
  );
});

test("the next slot is always after the moment asked for", () => {
  const slot = at("2026-07-11T04:00:00Z");
  expect(nextRun(berlin("0 6 * * *"), slot)).toBe(at("2026-07-12T04:00:00Z"));
  expect(nextRun(berlin("0 6 * * *"), slot - 1)).toBe(slot);
});

test("rule 09: passed slots are counted, with the last of them", () => {
  const first = at("2026-07-01T04:00:00Z");
  expect(slotsBetween(berlin("0 6 * * *"), first, at("2026-07-04T12:00:00Z"))).toEqual({
    count: 4,
    last: at("2026-07-04T04:00:00Z"),
  });
  expect(slotsBetween(berlin("0 6 * * *"), first, first)).toEqual({ count: 1, last: first });
});

test("of a year of minutes only the first 5,000 are counted, and the last is looked up", () => {
  const next = vi.spyOn(Cron.prototype, "nextRun");
  const previous = vi.spyOn(Cron.prototype, "previousRuns");
  try {
    const first = at("2025-07-01T00:00:00Z");
    const { count, last } = slotsBetween(berlin("* * * * *"), first, at("2026-07-01T00:00:30Z"));
    expect(count).toBe(5_000);
    expect(last).toBe(at("2026-07-01T00:00:00Z"));
    // The number of steps is what keeps this from blocking the process.
    expect(next.mock.calls.length).toBeLessThanOrEqual(5_000);
    expect(previous).toHaveBeenCalledOnce();
  } finally {
    vi.restoreAllMocks();
  }
});

test.each([
  ["61 * * * *", "Europe/Berlin", "cron"],
  ["* * * *", "Europe/Berlin", "cron"],
  ["* * * * * *", "Europe/Berlin", "cron"],
  ["2026-12-01T00:00:00", "Europe/Berlin", "cron"],
  ["0 0 31 2 *", "Europe/Berlin", "cron"],
  ["nonsense", "Europe/Berlin", "cron"],
  ["0 6 * * *", "Mars/Base", "timezone"],
])("%s in %s is refused", (cron, timezone, field) => {
  expect(scheduleProblem({ cron, timezone })).toMatchObject({ field });
});

test("usual schedules are accepted", () => {
  for (const cron of ["0 2 * * *", "*/15 * * * *", "0 3 * * 1-5", "30 4 1 * *", "0 0 * * SUN"]) {
    expect(scheduleProblem({ cron, timezone: "UTC" })).toBeNull();
  }
});
