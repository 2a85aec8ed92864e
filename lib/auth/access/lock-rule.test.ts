import { expect, test } from "vitest";
import { ADDRESS_RULE, addressKey, lockMs, PAIR_RULE, pairKey, parseGuardKey } from "./lock-rule";

test.each([
  [0, null],
  [4, null],
  [5, 60_000],
  [6, 120_000],
  [7, 240_000],
  [10, 1_920_000],
  [11, 3_600_000],
  [5_000, 3_600_000],
])("%i wrong passwords lock for %s ms", (failures, expected) => {
  expect(lockMs(failures, PAIR_RULE)).toBe(expected);
});

test("an address is allowed more wrong passwords than an account", () => {
  expect(lockMs(49, ADDRESS_RULE)).toBeNull();
  expect(lockMs(50, ADDRESS_RULE)).toBe(60_000);
});

test("keys separate account and address, and can be parsed again", () => {
  expect(parseGuardKey(pairKey("a@b.org", "::1"))).toEqual({ emailKey: "a@b.org", address: "::1" });
  expect(parseGuardKey(pairKey("a@b.org", null))).toEqual({ emailKey: "a@b.org", address: null });
  expect(parseGuardKey(addressKey("192.0.2.1") ?? "")).toEqual({ emailKey: null, address: "192.0.2.1" });
  expect(addressKey(null)).toBeNull();
});
