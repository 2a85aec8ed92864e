import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readEnv } from "@/lib/env";

const ROOT = path.resolve(import.meta.dirname, "../../..");
const unit = readFileSync(path.join(ROOT, "docs/deploy/belfry.service"), "utf8");

let folder = "";
let file = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-unit-"));
  file = path.join(folder, "belfry.service");
  // The program and the checkout are elsewhere on this machine; everything else is as documented.
  writeFileSync(file, unit.replaceAll("/usr/bin/node", process.execPath).replaceAll("/opt/belfry", ROOT));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Neither command asks a running systemd, so they work in a container. */
function analyze(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync("systemd-analyze", ["--no-pager", ...args, file], { encoding: "utf8" });
  return { status, output: stdout + stderr };
}

test("fault E15: systemd understands every line of the documented unit", () => {
  expect(analyze("verify", "--man=no")).toEqual({ status: 0, output: "" });
});

test("fault E15: the unit's exposure is the figure that docs/operating.md states, or below", () => {
  const docs = readFileSync(path.join(ROOT, "docs/operating.md"), "utf8");
  const [, stated = "0"] = /exposure of (\d\.\d)/.exec(docs) ?? [];
  const threshold = String(Math.round(Number(stated) * 10));
  const { status, output } = analyze("security", "--offline=true", `--threshold=${threshold}`);
  expect(output).toMatch(/Overall exposure level for belfry\.service: \d\.\d OK/);
  expect(status, output).toBe(0);
});

test("fault E15: what the unit sets is a valid environment of a Belfry that only a proxy reaches", () => {
  const pairs = [...unit.matchAll(/^Environment=(.+)$/gm)].flatMap(([, words = ""]) => words.split(" "));
  const given = Object.fromEntries(pairs.map((pair) => pair.split("=") as [string, string]));
  const key = path.join(folder, "secret-key");
  writeFileSync(key, `${"k".repeat(44)}\n`);
  const { BELFRY_SECRET_KEY_FILE } = given;
  expect(BELFRY_SECRET_KEY_FILE).toBe("%d/secret-key");
  expect(unit).toContain("LoadCredential=secret-key:/etc/belfry/secret-key");
  expect(readEnv({ ...given, BELFRY_SECRET_KEY_FILE: key } as unknown as NodeJS.ProcessEnv)).toMatchObject({
    host: "127.0.0.1",
    port: 3000,
    trustedProxies: readEnv({ BELFRY_TRUST_PROXY: "127.0.0.1" } as unknown as NodeJS.ProcessEnv).trustedProxies,
    baseUrl: "https://backup.example.org",
    dataDir: "/var/lib/belfry",
    isDevelopment: false,
  });
  expect(Object.keys(given)).not.toContain("BELFRY_SECRET_KEY");
});
