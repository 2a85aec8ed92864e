import { expect, test } from "vitest";
import { textBefore, trimEndSigns } from "./trim-signs";

test("signs are taken off the end, and nothing else", () => {
  expect(["https://a.b//", "//", "", "a/b"].map((text) => trimEndSigns(text, "/"))).toEqual([
    "https://a.b",
    "",
    "",
    "a/b",
  ]);
  expect(trimEndSigns("see it!?).", ".,!?)")).toBe("see it");
});

test("a text ends before a mark", () => {
  expect(["fe80::1%eth0", "::1", "%"].map((text) => textBefore(text, "%"))).toEqual(["fe80::1", "::1", ""]);
});
