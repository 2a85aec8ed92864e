import { expect, it, test } from "vitest";
import { type QuietHours, quietUntil } from "./quiet-hours";

const NIGHT: QuietHours = { from: "22:00", to: "07:00", timezone: "Europe/Berlin", criticalPasses: true };
const until = (hours: QuietHours, at: string) => {
  const end = quietUntil(hours, Date.parse(at));
  return end === null ? null : new Date(end).toISOString();
};

it.each([
  ["before they begin", NIGHT, "2026-11-27T20:59:59Z", null],
  ["at their beginning", NIGHT, "2026-11-27T21:00:00Z", "2026-11-28T06:00:00.000Z"],
  ["after midnight", NIGHT, "2026-11-28T02:00:00Z", "2026-11-28T06:00:00.000Z"],
  ["at their end", NIGHT, "2026-11-28T06:00:00Z", null],
  ["of one day", { ...NIGHT, from: "12:00", to: "13:00" }, "2026-11-27T11:30:00Z", "2026-11-27T12:00:00.000Z"],
  ["on a day that is not named", { ...NIGHT, days: [6, 7] }, "2026-11-27T22:00:00Z", null],
  ["on the morning after a named day", { ...NIGHT, days: [5] }, "2026-11-28T02:00:00Z", "2026-11-28T06:00:00.000Z"],
  ["without a zone", { ...NIGHT, timezone: undefined }, "2026-11-27T23:00:00Z", "2026-11-28T07:00:00.000Z"],
])("quiet hours %s", (_, hours, at, expected) => {
  expect(until(hours, at)).toBe(expected);
});

test("they end by the clock on the wall, also in the nights in which it changes", () => {
  // The clock is set from 2 to 3 on March 29, and from 3 back to 2 on October 25.
  expect(until(NIGHT, "2026-03-28T22:00:00Z")).toBe("2026-03-29T05:00:00.000Z");
  expect(until(NIGHT, "2026-10-24T21:00:00Z")).toBe("2026-10-25T06:00:00.000Z");
});

test("stored hours that make no sense keep nothing back, and break nothing", () => {
  expect(until({ ...NIGHT, timezone: "Mars/Base" }, "2026-11-27T23:00:00Z")).toBeNull();
  expect(until({ ...NIGHT, from: "late" }, "2026-11-27T23:00:00Z")).toBeNull();
  expect(until({ ...NIGHT, days: 5 } as unknown as QuietHours, "2026-11-27T23:00:00Z")).toBeNull();
});

test("a whole weekend is one span", () => {
  const weekend = { ...NIGHT, from: "00:00", to: "00:00", days: [6, 7] };
  expect(until(weekend, "2026-11-28T10:00:00Z")).toBe("2026-11-29T23:00:00.000Z");
  expect(until(weekend, "2026-11-27T22:59:00Z")).toBeNull();
});

test("hours of every day around the clock end some day: nothing is held for ever", () => {
  const always = { ...NIGHT, from: "00:00", to: "00:00" };
  expect(quietUntil(always, Date.parse("2026-11-27T10:00:00Z"))).toBeLessThan(Date.parse("2026-12-06T00:00:00Z"));
});
