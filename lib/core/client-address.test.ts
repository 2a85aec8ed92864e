import { expect, test } from "vitest";
import { callerBehind, isLocalAddress, isTrustedPeer, networkOf, readIpAddress, readNetwork } from "./client-address";

test.each([
  ["192.0.2.7", "192.0.2.7"],
  [" 192.0.2.7 ", "192.0.2.7"],
  ["192.0.2.7\n", "192.0.2.7"],
  ["192.0.2.7:4711", "192.0.2.7"],
  ['"192.0.2.7:4711"', "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["::FFFF:c000:207", "192.0.2.7"],
  ["[::ffff:192.0.2.7]:80", "192.0.2.7"],
  ["64:ff9b::c000:207", "192.0.2.7"],
  ["2001:DB8:0:0::7", "2001:db8::7"],
  ["[2001:db8::7]", "2001:db8::7"],
  ["[2001:db8::7]:65535", "2001:db8::7"],
  ['"[2001:db8::7]:4711"', "2001:db8::7"],
  ["fe80::1%eth0", "fe80::1"],
  ["[fe80::1%25eth0]:80", "fe80::1"],
  ["::1", "::1"],
])("fault E14: %s is the address %s", (text, address) => {
  expect(readIpAddress(text)).toBe(address);
});

test.each([
  null,
  undefined,
  "",
  "unknown",
  "_hidden",
  "localhost",
  "evil.example",
  "127.1",
  "0x7f.0.0.1",
  "0177.0.0.1",
  "2130706433",
  "192.0.2.256",
  "192.0.2.7, 192.0.2.8",
  "192.0.2.7\n192.0.2.8",
  "192.0.2.7\u001b[2J",
  "192.0.2.7 x",
  "[192.0.2.7",
  "2001:db8::7]:80",
  "2001:db8::g",
  "<script>",
  "fe80::1%<b>",
  "x".repeat(100_000),
  `192.0.2.7${" ".repeat(100_000)}x`,
])("fault E14: %.30j is no address", (text) => {
  expect(readIpAddress(text)).toBeNull();
});

test("fault E14: an IPv6 network of 64 bits is one caller, an IPv4 address is its own", () => {
  expect(networkOf("192.0.2.7")).toBe("192.0.2.7");
  expect(networkOf("2001:db8:1:2:3:4:5:6")).toBe("2001:db8:1:2::/64");
  expect(networkOf("2001:db8:1:2:ffff::1")).toBe(networkOf("2001:db8:1:2::1"));
  expect(networkOf("2001:db8:1:3::1")).not.toBe(networkOf("2001:db8:1:2::1"));
  expect(networkOf("::1")).toBe("::/64");
});

test.each([
  // So many proxies in front.
  [0, "203.0.113.9", "198.51.100.1"],
  [1, "203.0.113.9", "203.0.113.9"],
  [1, "1.1.1.1, 203.0.113.9", "203.0.113.9"],
  [1, "127.0.0.1, 203.0.113.9:55", "203.0.113.9"],
  [2, "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"],
  [2, "203.0.113.9", "203.0.113.9"],
  [1, undefined, "198.51.100.1"],
  [1, "", "198.51.100.1"],
  [1, "203.0.113.9, unknown", "198.51.100.1"],
  [2, "evil, 10.0.0.2", "10.0.0.2"],
  [1, "203.0.113.9,", "198.51.100.1"],
  // Those in these networks: the right-most address that is none of them.
  [["198.51.100.0/24"], "1.1.1.1, 203.0.113.9", "203.0.113.9"],
  [["198.51.100.0/24", "10.0.0.0/8"], "1.1.1.1, 203.0.113.9, 10.1.2.3", "203.0.113.9"],
  [["10.0.0.0/8"], "203.0.113.9", "198.51.100.1"],
  [["198.51.100.1/32", "2001:db8::/32"], "203.0.113.9, [2001:db8::5]:80", "203.0.113.9"],
  [["198.51.100.1/32"], "<b>, unknown", "198.51.100.1"],
  [["0.0.0.0/0"], "1.1.1.1", "1.1.1.1"],
] as const)("fault E14: with %j trusted and X-Forwarded-For %j the caller is %s", (trusted, forwarded, caller) => {
  expect(callerBehind("198.51.100.1", forwarded, trusted)).toBe(caller);
});

test("whether a peer is believed, and which addresses are no stranger's", () => {
  expect([isTrustedPeer("10.0.0.1", 0), isTrustedPeer("10.0.0.1", 1), isTrustedPeer(null, ["10.0.0.0/8"])]).toEqual([
    false,
    true,
    false,
  ]);
  expect([isTrustedPeer("10.0.0.1", ["10.0.0.0/8"]), isTrustedPeer("11.0.0.1", ["10.0.0.0/8"])]).toEqual([true, false]);
  expect(["127.0.0.1", "10.1.1.1", "::1", "fd00::1", "100.64.0.1", "172.17.0.1"].every(isLocalAddress)).toBe(true);
  expect(["203.0.113.9", "8.8.8.8", "2a00::1"].some(isLocalAddress)).toBe(false);
});

test.each([
  ["10.0.0.0/8", "10.0.0.0/8"],
  ["127.0.0.1", "127.0.0.1/32"],
  ["::1", "::1/128"],
  [" FD00::/8 ", "fd00::/8"],
  ["10.0.0.0/33", null],
  ["10.0.0.0/", null],
  ["proxy.example", null],
  ["10/8", null],
  ["", null],
])("the network %j is read as %j", (text, network) => {
  expect(readNetwork(text)).toBe(network);
});
