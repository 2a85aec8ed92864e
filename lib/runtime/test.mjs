// Every check of the project, one part after the other; installs what is missing.
//   node lib/runtime/test.mjs          everything
//   node lib/runtime/test.mjs quick    what needs no server, no browser and no build
// Ends with one line over all parts: `N passed, N failed`. A part that could not run is a failure.
import { readdirSync } from "node:fs";
import { ensureInstalled } from "./prepare/install.mjs";
import { log, ROOT, Stop } from "./prepare/log.mjs";
import { ensureTestTools } from "./testing/debian.mjs";
import { browser, check, vitest } from "./testing/part.mjs";

const isQuick = process.argv[2] === "quick";
const bin = (name) => `node_modules/.bin/${name}`;

const quick = [
  { name: "format and style", run: () => check(bin("biome"), ["check", "--max-diagnostics=50", "."]) },
  { name: "lint and layers", run: () => check(bin("oxlint"), ["--deny-warnings"]) },
  {
    name: "types",
    run: async () => {
      const generated = await check(bin("next"), ["typegen"]);
      return generated.failed > 0 ? generated : check(bin("tsc"), ["--noEmit"]);
    },
  },
  { name: "unused code", run: () => check(bin("knip"), []) },
  { name: "unit", run: () => vitest("unit") },
  { name: "store on SQLite", run: () => vitest("store-sqlite") },
];

const thorough = [
  { name: "store on PostgreSQL", run: () => vitest("store-postgres") },
  { name: "build", run: () => check(process.execPath, ["lib/runtime/prepare.mjs", "server"]) },
  { name: "integration", run: () => vitest("integration") },
  {
    name: "end to end in Chromium",
    run: () => {
      const hasSpecs = readdirSync(`${ROOT}/e2e`).some((file) => file.endsWith(".spec.ts"));
      return hasSpecs ? browser() : { passed: 0, failed: 1, output: "There are no specs in e2e/." };
    },
  },
];

/** Runs one part and prints its result. A part that throws could not run. */
async function runPart({ name, run }) {
  const began = Date.now();
  process.stdout.write(`\n── ${name}\n`);
  let result;
  try {
    result = await run();
  } catch (error) {
    result = { passed: 0, failed: 1, output: `COULD NOT RUN: ${error.message}` };
  }
  if (result.failed > 0 && result.output) process.stdout.write(`${result.output.trimEnd()}\n`);
  const skipped = result.skipped ? `, ${result.skipped} skipped` : "";
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  process.stdout.write(`   ${name}: ${result.passed} passed, ${result.failed} failed${skipped} (${seconds} s)\n`);
  return { name, ...result };
}

async function main() {
  await ensureInstalled();
  if (!isQuick) await ensureTestTools();
  const results = [];
  for (const part of isQuick ? quick : [...quick, ...thorough]) results.push(await runPart(part));
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  const broken = results.filter(({ failed }) => failed > 0).map(({ name }) => name);
  if (broken.length > 0) process.stdout.write(`\nFailed: ${broken.join("; ")}\n`);
  process.stdout.write(`\n${sum("passed")} passed, ${sum("failed")} failed\n`);
  process.exitCode = broken.length > 0 ? 1 : 0;
}

main().catch((error) => {
  log(error instanceof Stop ? error.message : error.stack);
  process.stdout.write("\n0 passed, 1 failed\n");
  process.exitCode = 1;
});
