import { expect, test } from "vitest";
import type { Actor } from "@/lib/auth/access/actor";
import { redactAddresses } from "./visibility";

const viewer: Actor = { kind: "api_key", id: "key_1", name: "a screen", role: "viewer", address: null };
const redact = redactAddresses(viewer, []);

test.each([
  ["a@b.org, c@d.org", "••••, ••••"],
  ["<ana+x@mail.example.org> and ünal@bücher.example", "<••••> and ••••"],
  ["a@b.org_c@d.org", "••••••••"],
  ["a@b@c.org", "a@••••"],
  ["a@b. c@1.2 @x.org d@", "a@b. c@1.2 @x.org d@"],
  ["no address at all", "no address at all"],
])("addresses in “%s” are masked", (text, masked) => {
  expect(redact(text)).toBe(masked);
});

test("fault E1: a text of 100,000 letters costs a viewer no more than its length, with and without a sign of an address", () => {
  const costOf = (text: string) => {
    const began = performance.now();
    redact(text);
    return performance.now() - began;
  };
  for (const piece of ["a", "a.", "a@", "@a.", "a-"]) {
    for (const end of ["", "@", "@a.", "@a.b1"]) {
      const text = piece.repeat(100_000 / piece.length);
      // The quadratic expression took 27 s; a busy machine makes a linear one ten times slower, not a thousand times.
      expect(costOf(text + end), `${piece}…${end}`).toBeLessThan(1_000);
    }
  }
});
