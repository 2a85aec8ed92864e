import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { borgmaticLines } from "@/components/job/borgmatic-lines";
import { freshDatabase } from "@/db/testing";
import { systemActor } from "@/lib/auth/access/actor";
import { setSecretKey } from "@/lib/secrets/key";
import { jobsImportBorgmatic } from "./import-borgmatic";

let close: () => Promise<void>;
let folder = "";
beforeEach(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
  folder = mkdtempSync(path.join(tmpdir(), "belfry-borgmatic-"));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await close();
});

/** What Debian's borgmatic writes as an example, with all that it comments out from its hooks on, but for a format that it refuses itself. */
function generated(): string {
  const file = path.join(folder, "generated.yaml");
  execFileSync("generate-borgmatic-config", ["--destination", file], { stdio: "pipe" });
  const [head = "", hooks = ""] = readFileSync(file, "utf8").split("\n# hooks:\n");
  const lines = hooks
    .split("\n")
    .map((line) => line.replace(/^(\s*)# (- \w+$|- echo .*|- name: \w+|(?!format:)\w+:( .*)?)$/, "$1$2"));
  return `${head}\nhooks:\n${lines.join("\n")}`;
}

/** Throws for what borgmatic itself does not take. */
function validate(text: string): void {
  const file = path.join(folder, "config.yaml");
  writeFileSync(file, text);
  execFileSync("validate-borgmatic-config", ["--config", file], { stdio: "pipe" });
}

test("the example of Debian's borgmatic, with its hooks on, is taken whole or named", async () => {
  const text = generated();
  validate(text);
  const { syntax, channels, keys, isCreated, pingUrl } = await jobsImportBorgmatic.call(systemActor, {
    text,
    create: true,
  });
  expect({ syntax, isCreated }).toEqual({ syntax: "sections", isCreated: true });
  expect(channels.map(({ key, condition, states }) => [key, condition, states])).toEqual([
    ["hooks.ntfy", "custom", ["start", "success"]],
    ["hooks.healthchecks", "custom", ["success", "warning"]],
    ["hooks.cronitor", "custom", ["start", "success", "warning", "failure"]],
    ["hooks.pagerduty", "failure", []],
    ["hooks.cronhub", "custom", ["start", "success", "warning", "failure"]],
  ]);
  for (const key of ["location.repositories", "retention.keep_daily", "hooks.postgresql_databases", "hooks.on_error"])
    expect(keys.find((line) => line.key === key)).toMatchObject({ isTaken: false });
  const [head = ""] = text.split("\nhooks:\n");
  validate(`${head}\n${borgmaticLines(`https://belfry.example${pingUrl}`, syntax)}\n`);
});
