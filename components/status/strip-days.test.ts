import { expect, it } from "vitest";
import { stripOf, totalsText, worstOf } from "./strip-days";

const NOW = Date.parse("2026-11-20T10:00:00Z");
const run = (status: "success" | "warning" | "failure" | "canceled", finished: string, bytes = 0) => ({
  status,
  finishedAt: Date.parse(finished),
  bytes,
});

it("has one cell a day, the oldest first, also over a change of the clocks", () => {
  const days = stripOf([], Date.parse("2026-11-01T10:00:00Z"), "Europe/Berlin", 10).map(({ day }) => day);
  expect(days).toHaveLength(10);
  expect(new Set(days).size).toBe(10);
  expect([days[0], days[3], days.at(-1)]).toEqual(["2026-10-23", "2026-10-26", "2026-11-01"]);
});

it("lets the worst of a day win and counts a canceled run for nothing", () => {
  const days = stripOf(
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
  expect(days.map(worstOf)).toEqual(["none", "warning", "failure"]);
  expect(days.at(-1)).toMatchObject({ success: 1, failure: 1, bytes: 10 });
  expect(totalsText(days)).toBe("last 3 days: 1 succeeded, 1 with warnings, 1 failed");
});

it("puts a run on the currentUser's day, not on that of the server", () => {
  const late = [run("failure", "2026-11-19T23:30:00Z")];
  expect(stripOf(late, NOW, "Europe/Berlin", 2).map(worstOf)).toEqual(["none", "failure"]);
  expect(stripOf(late, NOW, "UTC", 2).map(worstOf)).toEqual(["failure", "none"]);
});
