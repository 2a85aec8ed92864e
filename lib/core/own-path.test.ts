import { describe, expect, test } from "vitest";
import { ownPath } from "./own-path";

const PAGES = ["https://belfry.example/login", "https://belfry.example/", "http://localhost:3000/a/b/c?next=/x"];

/** Where a browser ends that is sent to this address from each page. Node resolves as Chromium does: WHATWG URL. */
const leavesSite = (path: string) => PAGES.some((page) => new URL(path, page).origin !== new URL(page).origin);

describe("fault E14: next= only leads to a path of Belfry", () => {
  test.each([
    "/.//evil.example",
    "/..//evil.example",
    "/././/evil.example/x",
    "/jobs/..//evil.example",
    "/jobs/%2e%2e//evil.example",
    "/%2e//evil.example",
    "/%2E%2E//evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "/\\/evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/.\\/evil.example",
    "/%2f/evil.example",
    "/%2F%2Fevil.example",
    "/%5cevil.example",
    "/%09/evil.example",
    "/%00",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    " /jobs",
    "/\u0000/evil.example",
    "/\u0085/evil.example",
    "/jobs\r\nlocation: https://evil.example",
    "https://evil.example",
    "https://belfry.example",
    "https://belfry.example/jobs",
    "https://belfry.example@evil.example/",
    "https://belfry.example.evil.example/",
    "https:evil.example",
    "https:/evil.example",
    "http:///evil.example",
    "//belfry.example@evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "@evil.example",
    ".evil.example",
    "evil.example",
    "?next=/jobs",
    "#x",
    "",
    `/${"x".repeat(2_000)}`,
  ])("%j is refused", (text) => {
    expect(ownPath(text)).toBeNull();
  });

  test.each([
    ["/", "/"],
    ["/jobs", "/jobs"],
    ["/jobs?q=a%2Fb&x=//y", "/jobs?q=a%2Fb&x=//y"],
    ["/jobs/../channels", "/channels"],
    ["/./jobs", "/jobs"],
    ["/a//b", "/a//b"],
    ["/@evil.example", "/@evil.example"],
    ["/:80", "/:80"],
    ["/http://evil.example", "/http://evil.example"],
    ["/jobs#part", "/jobs"],
    ["/ü?ü", "/%C3%BC?%C3%BC"],
    ["/\u3002/evil.example", "/%E3%80%82/evil.example"],
  ])("%s stays %s", (text, path) => {
    expect(ownPath(text)).toBe(path);
    expect(leavesSite(path)).toBe(false);
  });

  test("whatever is put together from the tricky pieces stays on the site or is refused", () => {
    const pieces = [
      "/",
      "\\",
      ".",
      "..",
      "%2e",
      "%2f",
      "%5c",
      "\t",
      "\n",
      " ",
      "@",
      ":",
      "evil.example",
      "?",
      "#",
      "https:",
    ];
    let kept = 0;
    const all = pieces.flatMap((a) =>
      pieces.flatMap((b) => pieces.flatMap((c) => pieces.map((d) => `/${a}${b}${c}${d}`))),
    );
    for (const text of all) {
      const path = ownPath(text);
      if (path === null) continue;
      kept++;
      if (leavesSite(path) || ownPath(path) !== path) expect.fail(`${JSON.stringify(text)} became ${path}`);
    }
    expect(kept).toBeGreaterThan(1_000);
  });
});
