import { expect, it } from "vitest";
import { buildStrip, describeTotals, worstResult } from "./strip-days";

const NOW = Date.parse("2026-11-20T10:00:00Z");
const run = (status: "success" | "warning" | "failure" | "canceled", finished: string, bytes = 0) => ({
  status,
  finishedAt: Date.parse(finished),
  bytes,
});

it("has one cell per day, the oldest first, across a daylight saving change", () => {
  const days = buildStrip([], Date.parse("2026-11-01T10:00:00Z"), "Europe/Berlin", 10).map(({ day }) => day);
  expect(days).toHaveLength(10);
  expect(new Set(days).size).toBe(10);
  expect([days[0], days[3], days.at(-1)]).toEqual(["2026-10-23", "2026-10-26", "2026-11-01"]);
});

it("shows the worst result of a day and ignores canceled runs", () => {
  const days = buildStrip(
    [
      run("success", "2026-11-20T02:00:00Z", 10),
      run("failure", "2026-11-20T03:00:00Z"),
      run("warning", "2026-11-19T03:00:00Z"),
      run("canceled", "2026-11-18T03:00:00Z"),
      run("success", "2026-09-01T03:00:00Z"),
    ],
    NOW,
    "UTC",
    3,
  );
  expect(days.map(worstResult)).toEqual(["none", "warning", "failure"]);
  expect(days.at(-1)).toMatchObject({ success: 1, failure: 1, bytes: 10 });
  expect(describeTotals(days)).toBe("last 3 days: 1 succeeded, 1 with warnings, 1 failed");
});

it("assigns a run to the day of the viewer's time zone, not of the server's", () => {
  const late = [run("failure", "2026-11-19T23:30:00Z")];
  expect(buildStrip(late, NOW, "Europe/Berlin", 2).map(worstResult)).toEqual(["none", "failure"]);
  expect(buildStrip(late, NOW, "UTC", 2).map(worstResult)).toEqual(["failure", "none"]);
});
