import { describe, expect, test } from "vitest";
import { HOSTILE_NAMES } from "@/e2e/support/hostile-names";
import { sampleContext, sampleNotification } from "@/e2e/support/sample-notification";
import { asSeptets, measureSms, plainTypography, smsText } from "./sms-text";

const smsOf = (title: string, message = "", more: Parameters<typeof sampleNotification>[0] = {}) =>
  smsText(sampleNotification({ title, message, link: undefined, ...more }), sampleContext());

test("typography that costs a second segment becomes its plain twin", () => {
  expect(plainTypography("“a” ‘b’ – c — d…\u00a0e → f")).toBe("\"a\" 'b' - c - d... e -> f");
  expect(smsOf("“nas” – done…")).toEqual({ text: '"nas" - done...', encoding: "GSM-7", segments: 1 });
});

test.each([
  ["a", 160, "GSM-7", 1],
  ["a", 161, "GSM-7", 2],
  ["a", 306, "GSM-7", 2],
  ["a", 307, "GSM-7", 3],
  ["€", 80, "GSM-7", 1],
  ["€", 81, "GSM-7", 2],
  ["я", 70, "UCS-2", 1],
  ["я", 71, "UCS-2", 2],
  ["🙂", 35, "UCS-2", 1],
  ["🙂", 36, "UCS-2", 2],
  ["é", 160, "GSM-7", 1],
  ["ç", 70, "UCS-2", 1],
])("%s × %i is %s in %i", (piece, count, encoding, segments) => {
  expect(measureSms(piece.repeat(count))).toEqual({ encoding, segments });
});

describe("never more than three segments", () => {
  test.each([
    ["a", 458, 458],
    ["a", 459, 459],
    ["a", 460, 459],
    ["^", 229, 458],
    ["^", 230, 459],
  ])("GSM-7: %s × %i is %i septets", (piece, count, septets) => {
    const { text, segments, encoding } = smsOf(piece.repeat(count));
    expect({ segments, encoding }).toEqual({ segments: 3, encoding: "GSM-7" });
    expect(asSeptets(text).length).toBe(septets);
    expect(text.endsWith("...")).toBe(count * asSeptets(piece).length > 459);
  });
  test.each([
    ["я", 200, false],
    ["я", 201, false],
    ["я", 202, true],
    ["🙂", 100, false],
    ["🙂", 101, true],
    ["e\u0301", 100, false],
    ["e\u0301", 101, true],
  ])("UCS-2: %s × %i, cut: %s", (piece, count, isCut) => {
    const { text, segments, encoding } = smsOf(piece.repeat(count));
    expect({ segments, encoding }).toEqual({ segments: 3, encoding: "UCS-2" });
    expect(text.endsWith("…")).toBe(isCut);
    expect(text.replace(/…$/, "").replaceAll(piece, "")).toBe("");
  });
  test.each(Object.entries(HOSTILE_NAMES))("%s", (_, name) => {
    const { text, segments } = smsOf(name, name, { typeName: "Backup Failed" });
    expect(segments).toBeLessThanOrEqual(3);
    expect(text).not.toBe("");
    expect(measureSms(text).segments).toBe(segments);
  });
});

test("a character that is cut away does not decide on the encoding", () => {
  expect(smsOf("nas failed", `${"a".repeat(600)}🙂`).encoding).toBe("GSM-7");
});

test("title first, then the message; the link only where it fits and costs no other encoding", () => {
  const link = { label: "Open the run", url: "https://backup.example.org/runs/run_01" };
  expect(smsOf("Title", "Message", { link }).text).toBe(`Title\nMessage\n${link.url}`);
  expect(smsOf("Title", "m".repeat(430), { link }).text).toBe(`Title\n${"m".repeat(430)}`);
  expect(smsOf("Title", "", { link: { ...link, url: "https://резерв.example/1" } }).text).toBe("Title");
  expect(smsOf("Title", "Message", { isTest: true }).text).toBe("Test: Title\nMessage");
});
