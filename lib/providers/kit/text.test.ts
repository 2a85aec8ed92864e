import { describe, expect, test } from "vitest";
import type { LimitUnit } from "../contract";
import { cutLog } from "./log-cut";
import { clean, cutTo, join, measure, mostThatFit, oneLine } from "./text";

const FAMILY = "👨‍👩‍👧‍👦";
const COMBINED = "e\u0301";

describe("clean", () => {
  test("removes NUL, control characters, direction overrides and half characters", () => {
    expect(clean("a\0b\u0007c\u202ed\ud800e\r\nf\rg")).toBe("abcd\ufffde\nf\ng");
    expect(clean("tab\tstays, 日本語 too")).toBe("tab\tstays, 日本語 too");
  });
  test("one line has no line ends of any kind", () => {
    expect(oneLine(" a\r\nBcc: x\u2028y\u0085z ")).toBe("a Bcc: x y z");
  });
});

describe("measure", () => {
  test.each([
    ["codepoints", 7],
    ["utf16", 11],
    ["bytes", 25],
  ] as [LimitUnit, number][])("counts %s", (unit, size) => {
    expect(measure(FAMILY, unit)).toBe(size);
  });
});

describe("cutTo", () => {
  const kinds = { ascii: "a", emoji: "🙂", family: FAMILY, combined: COMBINED, cjk: "備" };
  for (const unit of ["codepoints", "utf16", "bytes"] as const) {
    for (const [name, grapheme] of Object.entries(kinds)) {
      test(`${name} in ${unit}: whole up to the limit, then whole graphemes and a mark`, () => {
        const max = measure(grapheme, unit) * 10;
        for (const count of [9, 10]) expect(cutTo(grapheme.repeat(count), { max, unit })).toBe(grapheme.repeat(count));
        const cut = cutTo(grapheme.repeat(11), { max, unit });
        expect(measure(cut, unit)).toBeLessThanOrEqual(max);
        expect(cut.endsWith("…")).toBe(true);
        expect(cut.slice(0, -1).replaceAll(grapheme, "")).toBe("");
      });
    }
  }
  test("measures what is sent, not what was given, and never cuts inside an escape", () => {
    const encode = (text: string) => text.replaceAll("<", "&lt;");
    expect(cutTo("<<<<", { max: 13, unit: "utf16" }, encode)).toBe("&lt;&lt;&lt;…");
    expect(cutTo("<<<<", { max: 12, unit: "utf16" }, encode)).toBe("&lt;&lt;…");
  });
  test.each(["codepoints", "utf16", "bytes"] as const)(
    "finds the very most that fits in %s, however much of it escapes grow",
    (unit) => {
      const encode = (text: string) => text.replaceAll("<", "&lt;").replaceAll("*", "\\*");
      const texts = [
        "a".repeat(90),
        "<".repeat(90),
        `${"a".repeat(45)}${"<".repeat(45)}`,
        "<a*🙂é備".repeat(14),
        "🙂".repeat(45),
      ];
      for (const text of texts) {
        const sizeOf = (count: number) => measure(encode(text.slice(0, count)), unit);
        const isMost = (count: number, room: number) =>
          sizeOf(count) <= room && (count === text.length || sizeOf(count + 1) > room);
        for (let room = 0; room < 130; room++) {
          const most = mostThatFit(text.length, room, unit, sizeOf);
          expect(isMost(most, room), `${text.slice(0, 8)}…, room ${room}: ${most}`).toBe(true);
        }
      }
    },
  );
  test("a single endless grapheme is still cut, between code points", () => {
    const cut = cutTo(`e${"\u0301".repeat(100_000)}`, { max: 100, unit: "codepoints" });
    expect(measure(cut, "codepoints")).toBeLessThanOrEqual(100);
    expect(cut.length).toBeGreaterThan(50);
  });
  test("the user's own markup is not escaped, values are", () => {
    const pieces = [{ text: "**", raw: true }, { text: "a*b" }, { text: "**", raw: true }];
    expect(join(pieces, (text) => text.replaceAll("*", "\\*"))).toBe("**a\\*b**");
  });
  test("escapes 100 kB of emoji little more than once", () => {
    const long = "🙂".repeat(50_000);
    let escaped = 0;
    const count = (text: string) => {
      escaped += text.length;
      return text;
    };
    cutTo(long, { max: 4096, unit: "codepoints" }, count);
    // The whole text once; a search over it would take many times as much.
    expect(escaped).toBeLessThan(3 * long.length);
  });
});

describe("pain 34: a long log is cut with a mark", () => {
  const log = Array.from({ length: 5000 }, (_, i) => `line ${i} of the log 日本`).join("\n");
  test("both ends are kept and the mark says how much is gone", () => {
    const cut = cutLog(log, { max: 2000, unit: "bytes" });
    expect(measure(cut, "bytes")).toBeLessThanOrEqual(2000);
    expect(cut).toMatch(/^line 0 of/);
    expect(cut).toMatch(/line 4999 of the log 日本$/);
    expect(cut).toMatch(/\n… \d+ kB cut …\n/);
  });
  test("one endless line of emoji keeps whole characters", () => {
    const cut = cutLog("🙂".repeat(10_000), { max: 500, unit: "utf16" });
    expect(cut.length).toBeLessThanOrEqual(500);
    expect(cut).not.toMatch(/\p{Surrogate}/u);
  });
  test("a short log stays whole", () => {
    expect(cutLog("one\ntwo\n", { max: 100, unit: "bytes" })).toBe("one\ntwo");
  });
});
