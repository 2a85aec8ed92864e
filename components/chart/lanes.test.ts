import { expect, test } from "vitest";
import { assignLanes } from "./lanes";

const spans = (...pairs: [number, number][]) => pairs.map(([from, to]) => ({ from, to }));

test.each([
  ["nothing", [], { laneOf: [], lanes: 1 }],
  ["one after the other", spans([0, 5], [5, 9]), { laneOf: [0, 0], lanes: 1 }],
  ["at the same time", spans([0, 5], [0, 5], [4, 6], [5, 7]), { laneOf: [0, 1, 2, 0], lanes: 3 }],
  ["more than there are lanes", spans([0, 9], [1, 9], [2, 9], [3, 9]), { laneOf: [0, 1, 2, 2], lanes: 3 }],
])("%s", (_, given, expected) => {
  expect(assignLanes(given, 3)).toEqual(expected);
});
