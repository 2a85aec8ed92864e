import { expect, test } from "vitest";
import { InFlight } from "./in-flight";

const SLOW_MS = 1_000;

test("fault B12: what has waited long makes room for others, up to fifteen of them", () => {
  const inFlight = new InFlight(SLOW_MS);
  for (let number = 0; number < 5; number++) inFlight.add(`a${number}`, 0);
  expect(inFlight.hasRoom(5, 999)).toBe(false);
  expect(inFlight.nextSlowAt(999)).toBe(1_000);
  expect(inFlight.hasRoom(5, 1_000)).toBe(true);
  expect(inFlight.countFresh(1_000)).toBe(0);
  for (let number = 0; number < 15; number++) inFlight.add(`b${number}`, 1_000);
  expect(inFlight.hasRoom(5, 5_000)).toBe(false);
  expect(inFlight.nextSlowAt(5_000)).toBeNull();
  inFlight.delete("a0");
  expect(inFlight.hasRoom(5, 5_000)).toBe(true);
  expect(inFlight.ids).toHaveLength(19);
});

test("a quick send gives its place back at once", () => {
  const inFlight = new InFlight(SLOW_MS);
  inFlight.add("a", 0);
  expect(inFlight.hasRoom(1, 10)).toBe(false);
  inFlight.delete("a");
  expect(inFlight.hasRoom(1, 10)).toBe(true);
});
