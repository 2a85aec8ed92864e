import { afterEach, expect, test, vi } from "vitest";
import { loggerOf } from "./logger";
import { escapedJson, visibleText } from "./terminal-text";

/** Clears the screen, sets the title, C1's own CSI, rings, goes back, and turns the reading order around. */
const HOSTILE = "\u001b[2J\u001b]0;pwned\u0007\u009b31m\b\r\u007f\u202emoc.live\u2066\u2028\u{e0041}";
/** What may reach a terminal: printable characters, line ends and tabs. */
const STEERS = /(?![\n\t])[\p{Cc}\p{Bidi_C}\u2028\u2029\u{e0041}]/u;

afterEach(() => vi.restoreAllMocks());

test("fault E14: what would steer a terminal is written out, and everything else stays as it is", () => {
  expect(visibleText(HOSTILE)).not.toMatch(STEERS);
  expect(visibleText("a\u001b[31mred")).toBe("a\\u001b[31mred");
  const plain = "Zürich\t3 MB\n日本 👩‍👩‍👧 שלום می‌خواهم";
  expect(visibleText(plain)).toBe(plain);
  expect(visibleText("a\r\nb\rc")).toBe("a\nb\\u000dc");
});

test("fault E14: JSON carries the same characters as escapes, and reads back as what was written", () => {
  const value = { log: HOSTILE, lone: "\ud800", [HOSTILE]: 1 };
  expect(escapedJson(value)).not.toMatch(STEERS);
  expect(JSON.parse(escapedJson(value))).toEqual(value);
  expect(escapedJson(undefined)).toBe("null");
});

test("fault E14: a line of the program's log stays one line and steers no terminal, whatever it names", () => {
  const write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  loggerOf("http").warn(`refused ${HOSTILE}`, { path: `/x\n{"level":"error"}${HOSTILE}`, error: new Error(HOSTILE) });
  const [[line] = []] = write.mock.calls;
  const text = String(line);
  expect(text.match(/\n/g)).toHaveLength(1);
  expect(text.slice(0, -1)).not.toMatch(STEERS);
  expect(JSON.parse(text)).toMatchObject({ level: "warn", room: "http" });
});
