import { describe, expect, test } from "vitest";
import { redactDeep, redactor } from "./redact";

const secret = 'p@ss "w/ö\\rd&1';

describe("pain 37: secrets are recognised by value", () => {
  const redact = redactor([secret], ["backups"]);
  test.each([
    ["plain", secret],
    ["URL-encoded", encodeURIComponent(secret)],
    ["form-encoded", new URLSearchParams({ a: secret }).toString().slice(2)],
    ["JSON", JSON.stringify(secret).slice(1, -1)],
    ["JSON in JSON", JSON.stringify(JSON.stringify({ a: secret }))],
    ["base64", Buffer.from(secret).toString("base64")],
    ["Basic", Buffer.from(`backups:${secret}`).toString("base64")],
  ])("%s", (_, form) => {
    const view = redact(`before ${form} after`);
    expect(view).toContain("••••");
    expect(view).not.toContain(form);
    expect(view).not.toContain("ss \\");
    expect(view).toMatch(/^before .* after$/);
  });
  test("the secret parts of a URL", () => {
    const view = redactor(["https://u:hunter22@h.example/api/webhooks/123/tokenTokenTokenToken?key=abcdefgh123"]);
    expect(view("POST /api/webhooks/123/tokenTokenTokenToken?key=abcdefgh123")).toBe("POST ••••");
    expect(view("tokenTokenTokenToken, hunter22, abcdefgh123 and h.example")).toBe("••••, ••••, •••• and h.example");
  });
  test("the token after Bearer, and the password in Basic", () => {
    expect(redactor(["Bearer abcdefghijk"])("token abcdefghijk")).toBe("token ••••");
    expect(redactor([`Basic ${Buffer.from("me:sesame99").toString("base64")}`])("sesame99")).toBe("••••");
  });
  test("a short secret is replaced only as a whole word; without secrets nothing changes", () => {
    expect(redactor(["prod"])("prod, production, prod.")).toBe("••••, production, ••••.");
    expect(redactor([""])("as it was")).toBe("as it was");
    expect(redactor([".*+?^{}()|[]\\/-"])("a .*+?^{}()|[]\\/- b")).toBe("a •••• b");
  });
  test("everywhere inside plain data", () => {
    expect(redactDeep({ a: [secret, 1, null], [secret]: { b: secret } }, redact)).toEqual({
      a: ["••••", 1, null],
      "••••": { b: "••••" },
    });
  });
});
