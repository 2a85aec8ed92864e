import { expect, test } from "vitest";
import { composeLog } from "./compose-log";

const AT = Date.UTC(2026, 10, 20, 3, 0, 0);
const say = (log: string | null, message: string | null = null) => ({ at: AT, log, message });

test("a log that several hooks send stands once, from the richest", () => {
  const lines = Array.from({ length: 40 }, (_, i) => `line ${i}`);
  const text = composeLog([
    say(lines.slice(0, 39).join("\n")),
    say(["...", ...lines.slice(20), "Pinging Watchgoose fail"].join("\n")),
    say(lines.join("\n")),
    say("Failed backup"),
  ]).join("");
  expect(text.split("\n").filter((line) => line.endsWith(" line 25"))).toHaveLength(1);
  expect(text).toContain("2026-11-20T03:00:00Z line 0\n");
  expect(text).toContain("Pinging Watchgoose fail");
  expect(text).toContain("Failed backup");
});

test("nothing said is no log", () => {
  expect(composeLog([say(null), say("  \n")])).toEqual([]);
});

test("of a log without bounds head and tail stay", () => {
  const text = composeLog([say(`begin\n${"x".repeat(1_000_000)}\nthe error`)]).join("");
  expect(text.length).toBeLessThan(600_000);
  expect(text).toContain("begin");
  expect(text).toContain("the error");
});
