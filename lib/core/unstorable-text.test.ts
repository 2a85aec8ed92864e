import { expect, test } from "vitest";
import { startCpuTime } from "@/e2e/support/cpu-time";
import { unstorableTexts } from "./unstorable-text";

const half = "\ud83d";

test("fault E14: NUL and halves of characters are found in values and names at any depth", () => {
  expect(unstorableTexts({ name: "a\0b" })).toEqual([{ path: ["name"], message: expect.stringContaining("NUL") }]);
  expect(unstorableTexts([{ fields: [{ label: "x" }, { label: half }] }])).toEqual([
    { path: [0, "fields", 1, "label"], message: expect.stringContaining("half of a character") },
  ]);
  expect(unstorableTexts({ config: { "a\0": 1 } })).toEqual([
    { path: ["config"], message: expect.stringMatching(/^A name in it/) },
  ]);
  expect(unstorableTexts(half)).toHaveLength(1);
  expect(unstorableTexts(`x${half}`)).toHaveLength(1);
  expect(unstorableTexts("\ude00x")).toHaveLength(1);
});

test("what can be stored passes: whole pairs, other control characters, bytes, nothing", () => {
  const input = { a: "🙂🙃", b: "\u0001\t", c: new Uint8Array([0]), d: null, e: 5, f: ["ü"], g: true, h: undefined };
  expect(unstorableTexts(input)).toEqual([]);
});

test("fault E14: a value that is nested very deeply is refused, not walked into", () => {
  const depth = 200_000;
  const value: unknown = JSON.parse("[".repeat(depth) + "]".repeat(depth));
  expect(unstorableTexts({ config: value })).toEqual([
    { path: [], message: "This is nested more than 40 levels deep." },
  ]);
});

test("fault E14: a million texts cost little, and no more than 20 are named", () => {
  const clean = Array.from({ length: 250_000 }, () => "abc");
  const cpuTime = startCpuTime();
  expect(unstorableTexts(clean)).toEqual([]);
  expect(cpuTime()).toBeLessThan(2_000);
  expect(unstorableTexts(Array.from({ length: 1_000 }, () => "\0"))).toHaveLength(20);
});
