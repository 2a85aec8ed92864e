// Writes the generated pages of docs/, made from the declarations of the program: `npm run docs`. A test fails when they are stale.
//   npm run docs -- pictures   draws the messages of all channels first, in a real browser on the built program
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { bundleOptions } from "./build.mjs";
import { log, ROOT } from "./prepare/log.mjs";

if (process.argv[2] === "pictures") {
  const config = "e2e/pictures/playwright.config.ts";
  execFileSync("node_modules/.bin/playwright", ["test", "-c", config], { cwd: ROOT, stdio: "inherit" });
}

const outfile = join(ROOT, "dist/docs.mjs");
const { outdir: _outdir, outExtension: _endings, ...options } = bundleOptions("production");
await esbuild.build({ ...options, entryPoints: ["lib/runtime/docs/pages.ts"], outfile, sourcemap: false });
const { PAGES } = await import(pathToFileURL(outfile).href);
rmSync(outfile);

for (const { path, make } of PAGES) {
  const file = join(ROOT, path);
  const now = readOrNothing(file);
  const wanted = madeOrNothing(make, now);
  if (wanted === null || wanted === now) continue;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, wanted);
  log(`Wrote ${path}`);
}

/** A page that fails must not prevent the others. */
function madeOrNothing(make, now) {
  try {
    return make(now);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
    return null;
  }
}

function readOrNothing(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
