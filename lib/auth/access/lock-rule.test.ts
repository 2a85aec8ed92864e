import { expect, test } from "vitest";
import { ACCOUNT_RULE, ADDRESS_RULE, accountKey, addressKey, deviceKey, lockMs, parseGuardKey } from "./lock-rule";

test.each([
  [0, null],
  [4, null],
  [5, 60_000],
  [6, 120_000],
  [7, 240_000],
  [8, 480_000],
  [9, 900_000],
  [5_000, 900_000],
])("after %i wrong passwords for an account the next try waits %s ms", (failures, expected) => {
  expect(lockMs(failures, ACCOUNT_RULE)).toBe(expected);
});

test("an address is allowed more wrong passwords than an account, and waits up to an hour", () => {
  expect(lockMs(49, ADDRESS_RULE)).toBeNull();
  expect(lockMs(50, ADDRESS_RULE)).toBe(60_000);
  expect(lockMs(500, ADDRESS_RULE)).toBe(3_600_000);
});

test("keys separate account, device and address, and can be parsed again", () => {
  const none = { emailKey: null, address: null, device: null };
  expect(parseGuardKey(accountKey("a@b.org"))).toEqual({ ...none, emailKey: "a@b.org" });
  expect(parseGuardKey(deviceKey("a@b.org", "dev_1"))).toEqual({ ...none, emailKey: "a@b.org", device: "dev_1" });
  expect(parseGuardKey(addressKey("192.0.2.1") ?? "")).toEqual({ ...none, address: "192.0.2.1" });
  expect(addressKey(null)).toBeNull();
  // Of an earlier version.
  expect(parseGuardKey("a@b.org\n::1")).toEqual({ ...none, emailKey: "a@b.org", address: "::1" });
  expect(parseGuardKey("a@b.org\nunknown")).toEqual({ ...none, emailKey: "a@b.org" });
});

test("fault E14: IPv6 addresses of one network of 64 bits share a count", () => {
  expect(addressKey("2001:db8:1:2::1")).toBe(addressKey("2001:db8:1:2:ffff:ffff:ffff:ffff"));
  expect(addressKey("2001:db8:1:2::1")).not.toBe(addressKey("2001:db8:1:3::1"));
});
