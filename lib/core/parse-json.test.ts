import { expect, test } from "vitest";
import { parseJson } from "./parse-json";

test("halves of surrogate pairs are replaced, whole pairs and all else stay", () => {
  const sent = { half: "x\ud800y\udc00", whole: "🙂", list: ["\udfff", 5, null], plain: "ü\0" };
  expect(parseJson(JSON.stringify(sent))).toEqual({
    half: "x\ufffdy\ufffd",
    whole: "🙂",
    list: ["\ufffd", 5, null],
    plain: "ü\0",
  });
  expect(parseJson('"\\ud83d\\ude42"')).toBe("🙂");
  expect(() => parseJson("{")).toThrow(SyntaxError);
});
