import { expect, test } from "vitest";
import { bestCopy, groupCopies } from "./copies";

const copy = (id: string, runId: string, more: object = {}) => ({
  id,
  runId,
  damage: null,
  provenAt: null,
  proofError: null,
  ...more,
});

test("copies of one run are one backup, in the order of the first of each", () => {
  const list = [copy("a", "run_2"), copy("b", "run_2"), copy("c", "run_1"), copy("d", "run_2")];
  expect(groupCopies(list).map((copies) => copies.map(({ id }) => id))).toEqual([["a", "b", "d"], ["c"]]);
});

test.each([
  ["the first of equal ones", [copy("a", "r"), copy("b", "r")], "a"],
  ["one that was restored", [copy("a", "r"), copy("b", "r", { provenAt: "2026-11-20T00:00:00Z" })], "b"],
  ["none that is damaged", [copy("a", "r", { damage: "It is gone." }), copy("b", "r")], "b"],
  ["none that could not be restored", [copy("a", "r", { proofError: "No." }), copy("b", "r")], "b"],
  ["a damaged one, without another", [copy("a", "r", { damage: "It is gone." })], "a"],
] as const)("restored from is %s", (_, copies, id) => {
  expect(bestCopy(copies as never)).toMatchObject({ id });
});
