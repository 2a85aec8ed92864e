import { afterEach, expect, test } from "vitest";
import { setRuntimeValue } from "@/lib/core/runtime";
import { repeatableValues, textFields } from "./form-text";
import { originOf, safePath } from "./request";

afterEach(() => setRuntimeValue("baseUrl", null));

test.each([
  ["/jobs", "/jobs"],
  ["/runs/run_1?tab=log&_rsc=abc", "/runs/run_1?tab=log"],
  ["/jobs?q=a%20b", "/jobs?q=a+b"],
  ["/", null],
  ["/?_rsc=1", null],
  ["", null],
  [null, null],
  ["https://evil.example/", null],
  ["//evil.example/", null],
  ["/\\evil.example", null],
  ["/.//evil.example", null],
  ["/\t/evil.example", null],
  ["/jobs\\..\\x", null],
  ["javascript:alert(1)", null],
  ["/login?next=/jobs", null],
  ["/setup", null],
  ["/api/v1/users", null],
  [`/${"x".repeat(3_000)}`, null],
])("after signing in, %s leads to %s", (path, expected) => {
  expect(safePath(path)).toBe(expected);
});

test("the origin is the configured base URL, else what the browser used", () => {
  const headers = new Headers({ host: "192.168.1.5:3000" });
  expect(originOf(headers)).toBe("http://192.168.1.5:3000");
  headers.set("x-forwarded-proto", "https");
  headers.set("x-forwarded-host", "belfry.lan");
  expect(originOf(headers)).toBe("https://belfry.lan");
  setRuntimeValue("baseUrl", "https://belfry.example");
  expect(originOf(headers)).toBe("https://belfry.example");
  setRuntimeValue("baseUrl", null);
  expect(originOf(new Headers())).toBeUndefined();
  expect(originOf(new Headers({ host: "not a host" }))).toBeUndefined();
});

test("entered values come back, secrets and Next's own fields do not", () => {
  const form = new FormData();
  for (const [name, value] of [
    ["email", "a@b.org"],
    ["password", "p"],
    ["code", "c"],
    ["token", "t"],
    ["$ACTION_ID", "x"],
  ] as const) {
    form.set(name, value);
  }
  expect(repeatableValues(form)).toEqual({ email: "a@b.org" });
  expect(Object.keys(textFields(form))).toEqual(["email", "password", "code", "token"]);
});
