import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { build } from "esbuild";
import { afterEach, beforeEach, expect, test } from "vitest";
import { forgetCrash, readCrashRecord } from "./crash";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-crash-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a program with the given statements, after the listeners that Next installs were removed. */
async function runProgram(what: string) {
  const contents = `
    import { endOnUnhandled } from "@/lib/runtime/crash";
    process.on("uncaughtException", () => console.log("only logged"));
    process.on("unhandledRejection", () => console.log("only logged"));
    endOnUnhandled(${JSON.stringify(folder)});
    setTimeout(() => console.log("half alive"), 1_000);
    setTimeout(() => { ${what} }, 1);`;
  const outfile = path.join(folder, "program.mjs");
  const stdin = { contents, resolveDir: process.cwd(), loader: "ts" as const };
  await build({ stdin, outfile, bundle: true, platform: "node", format: "esm", packages: "external" });
  return spawnSync(process.execPath, [outfile], { encoding: "utf8" });
}

test.each([
  ["a throw", 'throw new Error("worker broke")'],
  ["a rejection", 'Promise.reject(new Error("worker broke"))'],
])("%s that nobody handles ends the process with a record", async (_, what) => {
  const { status, stdout, stderr } = await runProgram(what);
  expect(status).toBe(1);
  expect(stdout).toBe("");
  expect(stderr).toContain("worker broke");
  expect(readCrashRecord(folder)).toMatchObject({
    message: "worker broke",
    stack: expect.stringContaining("program.mjs"),
  });
  forgetCrash(folder);
  expect(existsSync(path.join(folder, "crash.json"))).toBe(false);
  expect(readCrashRecord(folder)).toBeNull();
});
