import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { field } from "@/lib/core/form-field";
import { setRuntimeValue } from "@/lib/core/runtime";
import { hasReference, openReferences } from "./references";

let root = "";
const at = (name: string) => join(root, name);

function allow(): void {
  setRuntimeValue("secretReferences", {
    variables: { SMTP_PASSWORD: "from-the-environment", BLANK: "", TIED: "tied", TIED_URL: "https://a.example/x" },
    folders: [at("secrets"), at("secrets/tied")],
    onlyTo: {
      TIED: ["a.example", "mail.example:25", "*.b.example"],
      TIED_URL: ["a.example"],
      [at("secrets/tied")]: ["a.example"],
    },
  });
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "belfry-references-"));
  for (const folder of ["secrets", "secrets/..data", "outside", "secrets-of-others", "secrets/data", "secrets/tied"])
    mkdirSync(at(folder));
  writeFileSync(at("secrets/token"), "t0ken-from-file\n");
  writeFileSync(at("secrets/..data/real"), "through a link");
  symlinkSync("..data/real", at("secrets/linked"));
  writeFileSync(at("outside/key"), "outside");
  symlinkSync(at("outside/key"), at("secrets/leads-out"));
  writeFileSync(at("secrets-of-others/key"), "outside");
  writeFileSync(at("secrets/empty"), "\n");
  writeFileSync(at("secrets/tied/token"), "tied");
  symlinkSync("tied/token", at("secrets/linked-to-tied"));
  writeFileSync(at("secrets/large"), "x".repeat(100_000));
  writeFileSync(at("secrets/data/secret.key"), "the key of everything");
  execFileSync("mkfifo", [at("secrets/pipe")]);
  setRuntimeValue("dataDir", at("secrets/data"));
  allow();
});
afterAll(() => {
  setRuntimeValue("secretReferences", undefined);
  setRuntimeValue("dataDir", undefined);
  rmSync(root, { recursive: true });
});

const secret = { label: "a secret", secret: true } as const;
const any = z.unknown().optional();
const kind = {
  secretFields: ["token", "headers", "address", "key"],
  configSchema: z.object({
    url: field(z.string().optional(), { label: "a field" }),
    host: field(z.string().optional(), { label: "a field" }),
    port: field(z.int().default(587), { label: "a field" }),
    token: field(any, { label: "a secret", secret: true, sentTo: ["url"] }),
    headers: field(any, { label: "a secret", secret: true, sentTo: ["host", "port"] }),
    address: field(any, { ...secret, sentTo: "itself" }),
    key: field(any, { ...secret, sentTo: { nobody: "It stays here." } }),
  }),
};
const open = (token: unknown) => openReferences({ url: "{env:SMTP_PASSWORD}", token }, kind);

describe("references in secret fields", () => {
  test.each([
    ["a variable", "{env:SMTP_PASSWORD}", "from-the-environment"],
    ["a file, without the line's end", () => `{file:${at("secrets/token")}}`, "t0ken-from-file"],
    ["a link within the folder", () => `{file:${at("secrets/linked")}}`, "through a link"],
    ["in the middle of a text", "Bearer {env:SMTP_PASSWORD}!", "Bearer from-the-environment!"],
    ["named values", { Authorization: "Bearer {env:SMTP_PASSWORD}" }, { Authorization: "Bearer from-the-environment" }],
    ["no reference", "{env SMTP_PASSWORD} {{title}}", "{env SMTP_PASSWORD} {{title}}"],
  ])("%s", (_, given, expected) => {
    const { config } = open(typeof given === "function" ? given() : given);
    // Other fields than secrets stay as they are.
    expect(config).toEqual({ url: "{env:SMTP_PASSWORD}", token: expected });
  });

  test("what was read is known, so that it can be redacted; the given configuration is not changed", () => {
    const given = { token: `{env:SMTP_PASSWORD}:{file:${at("secrets/token")}}` };
    expect(openReferences(given, kind)).toMatchObject({
      values: ["from-the-environment", "t0ken-from-file"],
      fields: ["token"],
    });
    expect(given.token).toContain("{env:");
    expect(hasReference(given.token)).toBe(true);
  });

  test.each([
    ["a variable that is not listed", "{env:PATH}", /PATH is not set, or BELFRY_SECRET_REFERENCES does not list it/],
    ["an inherited name", "{env:constructor}", /does not list it/],
    ["an empty variable", "{env:BLANK}", /BLANK is empty/],
    ["a file elsewhere", "{file:/etc/passwd}", /in no folder that BELFRY_SECRET_REFERENCES lists/],
    ["a file elsewhere that does not exist", "{file:/no/such/file}", /in no folder/],
    ["a way out of the folder", () => `{file:${at("secrets/../outside/key")}}`, /in no folder/],
    ["a link out of the folder", () => `{file:${at("secrets/leads-out")}}`, /in no folder/],
    ["a folder whose name only begins so", () => `{file:${at("secrets-of-others/key")}}`, /in no folder/],
    ["the data folder", () => `{file:${at("secrets/data/secret.key")}}`, /in no folder/],
    ["a missing file", () => `{file:${at("secrets/nowhere")}}`, /There is no file/],
    ["an empty file", () => `{file:${at("secrets/empty")}}`, /is empty/],
    ["a file that is too large", () => `{file:${at("secrets/large")}}`, /too large/],
    ["a folder", () => `{file:${at("secrets/..data")}}`, /in no folder|no file/],
    ["a pipe, which would never end", () => `{file:${at("secrets/pipe")}}`, /it is no file/],
    ["a relative path", "{file:secrets/token}", /absolute path/],
    ["a name with a zero byte", () => `{file:${at("secrets/token")}\0}`, /There is no file/],
  ])("%s is refused in a sentence beside its field", (_, given, sentence) => {
    const text = typeof given === "function" ? given() : given;
    const problem = expect.objectContaining({
      code: "invalid",
      message: expect.stringMatching(sentence),
      details: { fields: { token: expect.stringMatching(sentence) } },
    });
    expect(() => open(text)).toThrow(problem);
  });

  test("nothing is allowed until the operator says so", () => {
    setRuntimeValue("secretReferences", undefined);
    expect(() => open("{env:SMTP_PASSWORD}")).toThrow(/does not list it/);
    expect(() => open(`{file:${at("secrets/token")}}`)).toThrow(/in no folder/);
  });
});

describe("fault E12: what is tied to a server goes to no other", () => {
  beforeAll(allow);
  const tied = "Bearer {env:TIED}";
  test.each([
    ["the server", { url: "https://a.example/x", token: tied }],
    ["in capital letters", { url: "https://A.Example:8443/x", token: tied }],
    ["a name below a domain", { url: "https://x.y.b.example/", token: tied }],
    ["a host and its port", { host: "mail.example", port: 25, headers: { A: tied } }],
    ["an address that has it", { address: "https://a.example/{env:TIED}" }],
    ["an address that is it", { address: "{env:TIED_URL}" }],
    ["a file", () => ({ url: "https://a.example/", token: `{file:${at("secrets/tied/token")}}` })],
    ["to nobody", { key: tied }],
    ["another secret", { url: "https://c.example/", token: "{env:SMTP_PASSWORD}" }],
  ])("%s is allowed", (_, given) => {
    const config = typeof given === "function" ? given() : given;
    expect(openReferences(config, kind).fields).toHaveLength(1);
  });

  test.each([
    ["another server", { url: "https://c.example/", token: tied }],
    ["a longer name", { url: "https://a.example.evil.example/", token: tied }],
    ["a name that ends so", { url: "https://nota.example/", token: tied }],
    ["the domain itself", { url: "https://b.example/", token: tied }],
    ["a user that looks like it", { url: "https://a.example@c.example/", token: tied }],
    ["another port", { host: "mail.example", port: 26, headers: { A: tied } }],
    ["the usual port, where another is listed", { host: "mail.example", headers: { A: tied } }],
    ["an address elsewhere", { address: "https://c.example/{env:TIED}" }],
    ["a host that is made of it", { address: "https://{env:TIED}.c.example/" }],
    ["a server that is not known", { token: tied }],
    ["no web address", { address: "ntfys://{env:TIED}@a.example/" }],
    ["a file", () => ({ url: "https://c.example/", token: `{file:${at("secrets/tied/token")}}` })],
    ["a link to a file", () => ({ url: "https://c.example/", token: `{file:${at("secrets/linked-to-tied")}}` })],
  ])("%s is refused, beside the field, without what it names", (_, given) => {
    const config = typeof given === "function" ? given() : given;
    try {
      openReferences(config, kind);
      expect.unreachable();
    } catch (error) {
      const { code, details } = error as { code: string; details: { fields: Record<string, string> } };
      expect(code).toBe("invalid");
      const [sentence] = Object.values(details.fields);
      expect(sentence).toMatch(/ may be sent to a\.example.* only, as BELFRY_SECRET_REFERENCES says\.$/);
    }
  });
});
