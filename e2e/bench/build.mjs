import { execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { newFolder, ROOT } from "./program.mjs";
import { heading, inMegabytes, inSeconds, printRow } from "./table.mjs";

const LEFT_OUT = new Set([".git", ".next", "node_modules", "dist", "data", "coverage", "test-results", "e2e"]);
const EVERY_MS = 250;

/** A build from nothing in a copy of the checkout: how long it takes, and how much memory all its processes hold. */
export async function build() {
  heading("Build from nothing, in a copy of the checkout");
  const copy = newFolder();
  for (const name of readdirSync(ROOT)) {
    if (!LEFT_OUT.has(name)) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  }
  copyPackages(copy);
  const began = Date.now();
  const child = spawn(process.execPath, ["lib/runtime/build.mjs"], { cwd: copy, stdio: ["ignore", "ignore", "pipe"] });
  let words = "";
  child.stderr.on("data", (piece) => {
    words = (words + piece).slice(-4_000);
  });
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, memoryBelow(child.pid));
  }, EVERY_MS);
  const code = await new Promise((resolve) => child.once("exit", resolve));
  clearInterval(timer);
  const took = Date.now() - began;
  rmSync(copy, { recursive: true, force: true });
  if (code !== 0) throw new Error(`The build failed:\n${words}`);
  printRow("time", inSeconds(took), { wanted: "90 s at most", isMet: took <= 90_000 });
  printRow("memory of all its processes, the most", inMegabytes(most), {
    wanted: "2,000 MB at most",
    isMet: most <= 2_000,
  });
}

/** Links where that is possible: a copy of the packages takes long and adds nothing. */
function copyPackages(copy) {
  try {
    execFileSync("cp", ["-al", join(ROOT, "node_modules"), join(copy, "node_modules")], { stdio: "ignore" });
  } catch {
    rmSync(join(copy, "node_modules"), { recursive: true, force: true });
    mkdirSync(join(copy, "node_modules"));
    execFileSync("cp", ["-a", `${join(ROOT, "node_modules")}/.`, join(copy, "node_modules")]);
  }
}

/** Megabytes that a process and all below it hold, what they share counted once. */
function memoryBelow(pid) {
  const parents = new Map();
  for (const name of readdirSync("/proc")) {
    const stat = /^\d+$/.test(name) ? readOrNothing(`/proc/${name}/stat`) : "";
    if (stat) parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
  }
  const family = new Set([pid]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const [child, parent] of parents) if (family.has(parent)) family.add(child);
  }
  const kilobytes = [...family].map((each) =>
    Number(/^Pss:\s+(\d+)/m.exec(readOrNothing(`/proc/${each}/smaps_rollup`))?.[1] ?? 0),
  );
  return kilobytes.reduce((sum, each) => sum + each, 0) / 1024;
}

function readOrNothing(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
