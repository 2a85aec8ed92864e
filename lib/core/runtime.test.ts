import { beforeEach, expect, test, vi } from "vitest";
import { peekRuntimeValue, runtimeValue, setRuntimeValue, sharedState } from "./runtime";

beforeEach(() => setRuntimeValue("dataDir", undefined));

test("a value that is not set throws and names itself", () => {
  expect(() => runtimeValue("dataDir")).toThrow(/dataDir is not set/);
  expect(peekRuntimeValue("dataDir")).toBeUndefined();
});

test("a value that is set is read by every copy of the module", async () => {
  setRuntimeValue("dataDir", "/srv/belfry");
  vi.resetModules();
  const copy = await import("./runtime");
  expect(copy.runtimeValue).not.toBe(runtimeValue);
  expect(copy.runtimeValue("dataDir")).toBe("/srv/belfry");
});

test("null is a value", () => {
  setRuntimeValue("baseUrl", null);
  expect(runtimeValue("baseUrl")).toBeNull();
});

test("shared state is made once, for every copy of the module", async () => {
  const first = sharedState("test.numbers", () => new Set([1]));
  vi.resetModules();
  const copy = await import("./runtime");
  expect(copy.sharedState("test.numbers", () => new Set([2]))).toBe(first);
});
