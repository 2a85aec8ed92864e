import { expect, test } from "vitest";
import { formatWallTime, parseWallTime, tomorrowAt } from "./zoned-time";

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

test.each([
  ["2026-11-22T08:00", "UTC", "2026-11-22T08:00:00.000Z"],
  ["2026-11-22T08:00", "Europe/Zurich", "2026-11-22T07:00:00.000Z"],
  ["2026-07-22T08:00", "Europe/Zurich", "2026-07-22T06:00:00.000Z"],
  ["2026-11-22T08:00", "Asia/Kathmandu", "2026-11-22T02:15:00.000Z"],
  ["2026-11-22T08:00", "Pacific/Kiritimati", "2026-11-21T18:00:00.000Z"],
  // Ambiguous: the first occurrence. Skipped: forward by the gap.
  ["2026-10-25T02:30", "Europe/Zurich", "2026-10-25T00:30:00.000Z"],
  ["2026-03-29T02:30", "Europe/Zurich", "2026-03-29T01:30:00.000Z"],
  ["2026-11-22T08:00", "No/Where", "2026-11-22T08:00:00.000Z"],
])("%s in %s", (wall, timezone, expected) => {
  expect(iso(parseWallTime(wall, timezone))).toBe(expected);
});

test("refuses what is not a time", () => {
  for (const text of ["", "tomorrow", "2026-11-22", "2026-11-22 08:00", "2026-11-22T08:00Z"]) {
    expect(parseWallTime(text, "UTC")).toBeNull();
  }
});

test("formats a moment so that it parses back", () => {
  for (const timezone of ["UTC", "America/St_Johns", "Australia/Lord_Howe"]) {
    expect(parseWallTime(formatWallTime(1_795_000_020_000, timezone), timezone)).toBe(1_795_000_020_000);
  }
});

test("tomorrow is that of the viewer, across month ends and daylight saving changes", () => {
  const zurich = (now: string) => iso(tomorrowAt("08:00", "Europe/Zurich", Date.parse(now)));
  expect(zurich("2026-11-21T14:00:00Z")).toBe("2026-11-22T07:00:00.000Z");
  expect(zurich("2026-12-31T23:30:00Z")).toBe("2027-01-02T07:00:00.000Z");
  expect(zurich("2026-10-24T12:00:00Z")).toBe("2026-10-25T07:00:00.000Z");
  expect(zurich("2026-10-23T12:00:00Z")).toBe("2026-10-24T06:00:00.000Z");
  expect(iso(tomorrowAt("08:00", "America/Los_Angeles", Date.parse("2026-11-22T03:00:00Z")))).toBe(
    "2026-11-22T16:00:00.000Z",
  );
});
