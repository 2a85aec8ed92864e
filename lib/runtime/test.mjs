// Every check of the project; installs what is missing.
//   node lib/runtime/test.mjs          everything
//   node lib/runtime/test.mjs quick    what needs no server, no browser and no build
// Parts of one stage run side by side; each prints its output when it ends. The last line sums up all parts:
// `N passed, N failed`. A part that could not run is a failure; one that needs the npm registry and cannot reach it says so above that line.
import { readdirSync } from "node:fs";
import { ensureInstalled } from "./prepare/install.mjs";
import { log, ROOT, Stop } from "./prepare/log.mjs";
import { ensureTestTools } from "./testing/debian.mjs";
import { onNode24 } from "./testing/node-24.mjs";
import { browser, check, vitest } from "./testing/part.mjs";

const isQuick = process.argv[2] === "quick";
const bin = (name) => `node_modules/.bin/${name}`;

const format = { name: "format and style", run: () => check(bin("biome"), ["check", "--max-diagnostics=50", "."]) };
const lint = { name: "lint and layers", run: () => check(bin("oxlint"), ["--deny-warnings"]) };
const types = {
  name: "types",
  run: async () => {
    const generated = await check(bin("next"), ["typegen"]);
    return generated.failed > 0 ? generated : check(bin("tsc"), ["--noEmit"]);
  },
};
const unused = { name: "unused code", run: () => check(bin("knip"), []) };
const unit = { name: "unit", run: () => vitest("unit") };
const sqlite = { name: "store on SQLite", run: () => vitest("store-sqlite") };
const postgres = { name: "store on PostgreSQL", run: () => vitest("store-postgres") };
// Both generate Next's types, so `types` and `build` share a lane.
const build = { name: "build", run: () => check(process.execPath, ["lib/runtime/prepare.mjs", "server"]) };
// Their files own their ports and folders, and wait for servers to start and end more than they compute.
const integration = { name: "integration", run: () => vitest("integration", ["--maxWorkers=2"]) };
const chromium = {
  name: "end to end in Chromium",
  run: () => {
    const hasSpecs = readdirSync(`${ROOT}/e2e`).some((file) => file.endsWith(".spec.ts"));
    return hasSpecs ? browser() : { passed: 0, failed: 1, output: "There are no specs in e2e/." };
  },
};
const node24 = { name: "on Node 24, as in the container", run: onNode24 };

/** Stages run one after the other; the lanes of a stage side by side; the parts of a lane one after the other. */
const STAGES = isQuick
  ? [
      [
        [format, lint, types, unused],
        [unit, sqlite],
      ],
    ]
  : [
      [
        [format, lint, types, unused, build, postgres],
        [unit, sqlite],
      ],
      [[chromium], [integration, node24]],
    ];

/** Runs one part and prints its result. A part that throws could not run. */
async function runPart({ name, run }) {
  const began = Date.now();
  let result;
  try {
    result = await run();
  } catch (error) {
    result = { passed: 0, failed: 1, output: `COULD NOT RUN: ${error.message}` };
  }
  const output = [result.note, result.failed > 0 && result.output].filter(Boolean).map((each) => `${each.trimEnd()}\n`);
  const skipped = result.skipped ? `, ${result.skipped} skipped` : "";
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  const summary = `   ${name}: ${result.passed} passed, ${result.failed} failed${skipped} (${seconds} s)\n`;
  process.stdout.write(`\n── ${name}\n${output.join("")}${summary}`);
  return { name, ...result };
}

async function runLane(parts) {
  const results = [];
  for (const part of parts) results.push(await runPart(part));
  return results;
}

async function main() {
  await ensureInstalled();
  if (!isQuick) await ensureTestTools();
  const began = Date.now();
  const results = [];
  for (const lanes of STAGES) results.push(...(await Promise.all(lanes.map(runLane))).flat());
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  const broken = results.filter(({ failed }) => failed > 0).map(({ name }) => name);
  process.stdout.write(`\n${((Date.now() - began) / 60_000).toFixed(1)} minutes\n`);
  if (broken.length > 0) process.stdout.write(`Failed: ${broken.join("; ")}\n`);
  for (const { note } of results) if (note) process.stdout.write(`${note}\n`);
  process.stdout.write(`\n${sum("passed")} passed, ${sum("failed")} failed\n`);
  process.exitCode = broken.length > 0 ? 1 : 0;
}

main().catch((error) => {
  log(error instanceof Stop ? error.message : error.stack);
  process.stdout.write("\n0 passed, 1 failed\n");
  process.exitCode = 1;
});
