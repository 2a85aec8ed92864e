import { afterEach, expect, test } from "vitest";
import { PastClock } from "./past-clock";

let clock: PastClock;
afterEach(() => clock.restore());

test("time passes only when it is moved, and only forward", () => {
  const real = Date.now();
  clock = new PastClock(1_000, 9_000);
  clock.pass(500.4);
  expect(Date.now()).toBe(1_500);
  clock.moveTo(1_200);
  expect(clock.now).toBe(1_500);
  clock.restore();
  expect(Date.now()).toBeGreaterThanOrEqual(real);
});

test("time stops at its end: nothing is dated into the future", () => {
  clock = new PastClock(1_000, 9_000);
  clock.pass(7_000);
  clock.pass(7_000);
  expect(Date.now()).toBe(9_000);
  clock.moveTo(20_000);
  expect(Date.now()).toBe(9_000);
});
