import { expect, test } from "vitest";
import { SeededRandom } from "./random";

const draw = (seed: number) => {
  const random = new SeededRandom(seed);
  return Array.from({ length: 500 }, () => random.between(0, 1));
};

test("the same seed gives the same numbers, another seed others", () => {
  expect(draw(20)).toEqual(draw(20));
  expect(draw(21)).not.toEqual(draw(20));
});

test("spreads over the whole span and stays inside it", () => {
  const drawn = draw(7);
  expect(Math.min(...drawn)).toBeLessThan(0.05);
  expect(Math.max(...drawn)).toBeGreaterThan(0.95);
  const dice = new SeededRandom(3);
  expect(new Set(Array.from({ length: 200 }, () => dice.whole(1, 6)))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
});
