import { describe, expect, test } from "vitest";
import { forecastStorage } from "./storage-forecast";

const DAY = 86_400_000;
const GB = 1e9;
const NOW = 1_000 * DAY;

/** One sample a day, the last one now. */
const daily = (used: readonly number[], totalGb = 100) =>
  used.map((usedGb, index) => ({
    at: NOW - (used.length - 1 - index) * DAY,
    usedBytes: usedGb * GB,
    freeBytes: (totalGb - usedGb) * GB,
  }));
const range = <T>(count: number, of: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => of(index));

describe("the forecast of a location", () => {
  test("grows by a gigabyte a day and has twenty left: full in twenty days", () => {
    expect(forecastStorage(daily(range(20, (day) => 61 + day)), NOW)).toEqual({
      overDays: 19,
      bytesPerDay: GB,
      fullAt: NOW + 20 * DAY,
    });
  });

  test("backups that come each night and are removed each week do not hide the growth", () => {
    const saw = range(28, (day) => 50 + Math.floor(day / 7) * 2 + (day % 7));
    const found = forecastStorage(daily(saw), NOW);
    expect(found?.bytesPerDay).toBeGreaterThan(0.25 * GB);
    expect(found?.bytesPerDay).toBeLessThan(0.5 * GB);
  });

  test("what does not grow, shrinks, or grows too slowly is never full", () => {
    expect(forecastStorage(daily(range(20, () => 50)), NOW)).toEqual({ overDays: 19, bytesPerDay: 0, fullAt: null });
    expect(forecastStorage(daily(range(20, (day) => 80 - day)), NOW)).toEqual({
      overDays: 19,
      bytesPerDay: -GB,
      fullAt: null,
    });
    expect(forecastStorage(daily(range(20, (day) => 10 + day / 100)), NOW)?.fullAt).toBeNull();
  });

  test("what is full already is full now", () => {
    expect(forecastStorage(daily(range(21, (day) => 80 + day)), NOW)?.fullAt).toBe(NOW);
  });

  test("what was measured longer than thirty days ago does not count, nor what a wrong clock dated ahead", () => {
    const before = daily(range(20, (day) => day * 4)).map((one) => ({ ...one, at: one.at - 40 * DAY }));
    const ahead = { at: NOW + DAY, usedBytes: 0, freeBytes: 0 };
    const found = forecastStorage([...before, ...daily(range(20, (day) => 61 + day)), ahead], NOW);
    expect(found).toEqual({ overDays: 19, bytesPerDay: GB, fullAt: NOW + 20 * DAY });
  });

  test("says nothing from too little", () => {
    expect(forecastStorage([], NOW)).toBeNull();
    expect(forecastStorage(daily([1, 2]), NOW)).toBeNull();
    const hours = range(48, (hour) => ({ at: NOW - (47 - hour) * 3_600_000, usedBytes: hour, freeBytes: 1 }));
    expect(forecastStorage(hours, NOW)).toBeNull();
  });
});
