import { expect, it } from "vitest";
import { calendarWeeks, monthBeside } from "./calendar-weeks";

it("begins weeks on Monday and has each day of the month once", () => {
  const weeks = calendarWeeks("2026-11");
  // The first is a Sunday, and the thirtieth a Monday.
  expect(weeks).toHaveLength(6);
  expect(weeks[0]).toEqual([null, null, null, null, null, null, "2026-11-01"]);
  expect(weeks[5]).toEqual(["2026-11-30", null, null, null, null, null, null]);
  expect(weeks.flat().filter(Boolean)).toHaveLength(30);
});

it("knows leap years, and months that are whole weeks", () => {
  expect(calendarWeeks("2028-02").flat().filter(Boolean).at(-1)).toBe("2028-02-29");
  expect(calendarWeeks("2027-02").flat()).not.toContain(null);
});

it("goes from month to month over the ends of years", () => {
  expect([monthBeside("2026-01", -1), monthBeside("2026-12", 1), monthBeside("2026-11", -11)]).toEqual([
    "2025-12",
    "2027-01",
    "2025-12",
  ]);
});
