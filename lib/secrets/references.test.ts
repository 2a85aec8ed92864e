import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { setRuntimeValue } from "@/lib/core/runtime";
import { hasReference, openReferences } from "./references";

let root = "";
const at = (name: string) => join(root, name);

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "belfry-references-"));
  for (const folder of ["secrets", "secrets/..data", "outside", "secrets-of-others", "secrets/data"])
    mkdirSync(at(folder));
  writeFileSync(at("secrets/token"), "t0ken-from-file\n");
  writeFileSync(at("secrets/..data/real"), "through a link");
  symlinkSync("..data/real", at("secrets/linked"));
  writeFileSync(at("outside/key"), "outside");
  symlinkSync(at("outside/key"), at("secrets/leads-out"));
  writeFileSync(at("secrets-of-others/key"), "outside");
  writeFileSync(at("secrets/empty"), "\n");
  writeFileSync(at("secrets/large"), "x".repeat(100_000));
  writeFileSync(at("secrets/data/secret.key"), "the key of everything");
  execFileSync("mkfifo", [at("secrets/pipe")]);
  setRuntimeValue("dataDir", at("secrets/data"));
  setRuntimeValue("secretReferences", {
    variables: { SMTP_PASSWORD: "from-the-environment", BLANK: "" },
    folders: [at("secrets")],
  });
});
afterAll(() => {
  setRuntimeValue("secretReferences", undefined);
  setRuntimeValue("dataDir", undefined);
  rmSync(root, { recursive: true });
});

const open = (token: unknown) => openReferences({ url: "{env:SMTP_PASSWORD}", token }, ["token", "headers"]);

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
    expect(openReferences(given, ["token"])).toMatchObject({
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
