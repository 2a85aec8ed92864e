import { expect, test } from "vitest";
import { isStorageLow, usedPercent } from "./storage";

const used = (percent: number) => ({ usedBytes: percent * 10, freeBytes: 1_000 - percent * 10 });

test("a location is low from its threshold on, and stays so until it is two points below", () => {
  const low = (percent: number, wasLow: boolean) => isStorageLow(used(percent), { percent: 90 }, wasLow);
  expect([low(89.9, false), low(90, false), low(100, false)]).toEqual([false, true, true]);
  expect([low(89, true), low(88, true), low(87.9, true)]).toEqual([true, true, false]);
});

test("the same with free bytes as the threshold", () => {
  const low = (freeBytes: number, wasLow: boolean) =>
    isStorageLow({ usedBytes: 1_000 - freeBytes, freeBytes }, { freeBytes: 100 }, wasLow);
  expect([low(100, false), low(99, false), low(0, false)]).toEqual([false, true, true]);
  expect([low(119, true), low(120, true)]).toEqual([true, false]);
});

test("use is counted as df does; what has no size is full", () => {
  expect(usedPercent({ usedBytes: 30, freeBytes: 10 })).toBe(75);
  expect(usedPercent({ usedBytes: 0, freeBytes: 0 })).toBe(100);
});
