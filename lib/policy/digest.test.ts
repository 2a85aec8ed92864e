import { expect, it } from "vitest";
import { type DigestLine, type DigestRoom, foldStorm } from "./digest";

const line = (n: number, more: Partial<DigestLine> = {}): DigestLine => ({
  id: `dlv_${String(n).padStart(5, "0")}`,
  title: `Event number ${n}`,
  tone: "info",
  severity: "info",
  ...more,
});

/** A service that takes messages of so many characters. */
const room = (max: number, maxMessages = 5): DigestRoom => ({
  fits: ({ message }) => message.length <= max,
  maxMessages,
});

it("names every one, critical and firing first, in one message when they fit", () => {
  const lines = [
    line(1),
    line(2, { tone: "warning", severity: "warning" }),
    line(3, { tone: "failure", severity: "critical" }),
  ];
  const [digest, ...more] = foldStorm(lines, room(4_000), 0);
  expect(more).toEqual([]);
  expect(digest?.notification.title).toBe("3 notifications at once");
  expect(digest?.notification.severity).toBe("critical");
  const text = digest?.notification.message ?? "";
  expect(text.indexOf("number 3")).toBeLessThan(text.indexOf("number 2"));
  expect(text.indexOf("number 2")).toBeLessThan(text.indexOf("number 1"));
});

it("takes as many messages as the service's limit needs, at most five, then counts the rest", () => {
  const lines = Array.from({ length: 1_000 }, (_, n) => line(n));
  const digests = foldStorm(lines, room(1_000), 0);
  expect(digests).toHaveLength(5);
  expect(digests.flatMap((digest) => digest.lineIds)).toHaveLength(1_000);
  for (const { notification } of digests) expect(notification.message.length).toBeLessThanOrEqual(1_000);
  expect(digests.at(-1)?.notification.message).toMatch(/… and \d+ more in the delivery log\./);
});

it("keeps one hostile title from breaking the list", () => {
  const [digest] = foldStorm([line(1, { title: `a\nb ${"x".repeat(5_000)}` }), line(2)], room(4_000), 0);
  const lines = (digest?.notification.message ?? "").split("\n");
  expect(lines).toHaveLength(3);
  expect(lines[1]?.length).toBeLessThan(200);
});

it("counts in the only message what it cannot name, where each message costs money", () => {
  const [digest, ...more] = foldStorm(
    Array.from({ length: 50 }, (_, n) => line(n, { tone: "failure", severity: "critical" })),
    room(150, 1),
    0,
  );
  expect(more).toEqual([]);
  expect(digest?.lineIds).toHaveLength(50);
  expect(digest?.notification.title).toBe("50 notifications at once");
  expect(digest?.notification.message).toMatch(/^50 problems among them\.\n\[critical\] Event number 0\n/);
  expect(digest?.notification.message).toMatch(/… and \d+ more in the delivery log\.$/);
});
