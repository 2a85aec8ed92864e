import { expect, test } from "vitest";
import { browserName } from "./browser-name";

const CHROME =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";

test.each([
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
  [CHROME, "Chrome on Windows"],
  [`${CHROME} Edg/141.0`, "Edge on Windows"],
  [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile/15E148 Safari/604.1",
    "Safari on iOS",
  ],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1 Version/18.0 Safari/605.1", "Safari on macOS"],
  ["curl/8.5.0", "curl"],
  ["own\r\nBcc: x", "own Bcc: x"],
  ["", null],
  [null, null],
])("%s reads %s", (userAgent, expected) => {
  expect(browserName(userAgent)).toBe(expected);
});

test("an unknown browser is shortened", () => {
  expect(browserName("x".repeat(500))).toHaveLength(80);
});
