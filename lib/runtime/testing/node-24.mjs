import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ROOT } from "../prepare/log.mjs";
import { compileSqlite } from "../prepare/sqlite-native.mjs";
import { fetchPackages, Unreachable } from "./fetch-packages.mjs";
import { browser, vitest } from "./part.mjs";

const PACKAGE = join(ROOT, "lib/runtime/testing/node-24");
const CACHE = join(ROOT, "node_modules/.cache/belfry-node-24");

/**
 * The program as the container has it, on the container's Node: the tests of a start, of the container's confinement, and
 * of the main job in the browser. Only when the registry cannot be reached is it left out, and says so.
 * @returns the counts of a part
 */
export async function onNode24() {
  let node;
  try {
    node = fetchNode();
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    return { passed: 0, failed: 0, skipped: 1, note: `${error.message} Nothing was tested on Node 24.` };
  }
  const program = stageProgram(node);
  try {
    const env = { BELFRY_TEST_NODE: node, BELFRY_TEST_PROGRAM: program };
    const files = [
      "lib/runtime/start.integration.test.ts",
      "e2e/container.integration.test.ts",
      "lib/runtime/prepare/sqlite-native",
    ];
    const results = [
      await vitest("integration", files, env),
      await browser(["e2e/main-job.spec.ts"], env, "e2e/artifacts/node-24"),
    ];
    const sum = (key) => results.reduce((total, result) => total + (result[key] ?? 0), 0);
    const output = results.map((result) => (result.failed > 0 ? result.output : "")).join("");
    return { passed: sum("passed"), failed: sum("failed"), skipped: sum("skipped"), output };
  } finally {
    rmSync(program, { recursive: true, force: true });
  }
}

/**
 * The Node of the container as the npm registry has it, fetched once and held to the SHA-512 in its own lock file.
 * @returns the program's path; its headers are beside it
 * @throws Unreachable when the registry cannot be reached, Error when npm fails otherwise
 */
export function fetchNode() {
  const name = `node-linux-${process.arch}`;
  fetchPackages(PACKAGE, CACHE, name);
  return join(CACHE, "node_modules", name, "bin/node");
}

/**
 * Puts the built program together as the container file does: what it copies from its build, with the packages that are
 * no development dependencies. Files are hard links where the file system allows it.
 * @param node the Node that the native package is built for; without it the one of the checkout stays
 * @returns the folder of the program; the caller removes it
 */
export function stageProgram(node) {
  const target = mkdtempSync(join(tmpdir(), "belfry-program-"));
  const copied = [...readFileSync(join(ROOT, "Dockerfile"), "utf8").matchAll(/^COPY --from=build \S+ \.\/(\S+)$/gm)];
  for (const [, name] of copied) if (name !== "node_modules") copy(join(ROOT, name), join(target, name));
  rmSync(join(target, ".next/cache"), { recursive: true, force: true });
  const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  for (const [where, { dev }] of Object.entries(packages)) {
    if (where === "" || !existsSync(join(ROOT, where))) continue;
    // A package of the outermost level brings along what is nested in it.
    const isNested = where.includes("/node_modules/");
    if (dev) rmSync(join(target, where), { recursive: true, force: true });
    else if (!isNested) copy(join(ROOT, where), join(target, where));
  }
  execFileSync("chmod", ["755", target]);
  if (node) rebuildNative(target, node);
  return target;
}

/** Without optimisation, because nothing is measured. */
function rebuildNative(target, node) {
  const native = join(target, "node_modules/better-sqlite3");
  rmSync(native, { recursive: true });
  execFileSync("cp", ["-a", join(ROOT, "node_modules/better-sqlite3"), native]);
  const problem = compileSqlite(target, node, { CFLAGS: "-O0", CXXFLAGS: "-O0" });
  if (problem !== null) throw new Error(`better-sqlite3 could not be built for Node 24:\n${problem}`);
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  if (spawnSync("cp", ["-al", from, to], { stdio: "ignore" }).status === 0) return;
  rmSync(to, { recursive: true, force: true });
  execFileSync("cp", ["-a", from, to]);
}
