import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packagesFingerprint, readStamp, writeStamp } from "./fingerprint.mjs";
import { alone, log, ROOT, run, Stop } from "./log.mjs";
import { abortsOnCollection, canLoadSqlite, compileSqlite, headersOf } from "./sqlite-native.mjs";

const STAMP = "node_modules/.belfry-stamp";
const COMPILER = { python3: "python3", make: "make", "g++": "g++" };

/**
 * Installs the packages of the lock file unless they are there already.
 * @throws Stop with what to do when something is missing that it may not install by itself
 */
export async function ensureInstalled() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Stop(`Belfry needs Node 20.19 or newer; this is Node ${process.versions.node}.`);
  }
  const wanted = packagesFingerprint();
  if (readStamp(STAMP) === wanted) return;
  await alone(async () => {
    if (readStamp(STAMP) === wanted) return;
    if (!isInstalledManually()) await install();
    if (abortsOnCollection(ROOT)) await compileAgain();
    writeStamp(STAMP, wanted);
  });
}

async function install() {
  await ensureCompiler();
  log("Installing the packages. This takes a minute or two, and only once.");
  // One compiler a core: the SQLite package is two large files.
  const env = { JOBS: "max", ...process.env, PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD: "1" };
  // With NODE_ENV=production npm leaves out what the build needs.
  delete env.NODE_ENV;
  const headers = headersOf(process.execPath);
  if (headers) env.npm_config_nodedir = headers.folder;
  const code = await run("npm", ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=warn"], env);
  headers?.remove();
  if (code !== 0) throw new Stop(`npm ci failed (exit code ${code}); see its output above.`);
  if (!canLoadSqlite(ROOT))
    throw new Stop("better-sqlite3 is installed but does not load; see the output of npm ci above.");
}

/** True when a person ran npm and the installed packages match the lock file. */
function isInstalledManually() {
  try {
    const wanted = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")).packages;
    const found = JSON.parse(readFileSync(join(ROOT, "node_modules/.package-lock.json"), "utf8")).packages;
    for (const [path, { version, optional, devOptional }] of Object.entries(wanted)) {
      if (path === "") continue;
      if (!found[path] && (optional || devOptional)) continue;
      if (found[path]?.version !== version) return false;
    }
    return canLoadSqlite(ROOT);
  } catch {
    return false;
  }
}

/** Replaces what a person installed with headers that make the process abort. */
async function compileAgain() {
  await ensureCompiler();
  log("better-sqlite3 was compiled with headers of Node that make it abort; compiling it again.");
  const problem = headersOf(process.execPath) ? compileSqlite(ROOT) : "The headers of Node are not beside the program.";
  if (problem ?? abortsOnCollection(ROOT)) {
    throw new Stop(
      `better-sqlite3 could not be compiled so that it does not abort on Node ${process.versions.node}: use Node 22. ${problem ?? ""}`,
    );
  }
}

async function ensureCompiler() {
  const missing = Object.entries(COMPILER).filter(([program]) => !has(program));
  if (missing.length === 0 || (await hasPrebuiltSqlite())) return;
  await ensureDebianPackages(
    missing.map(([, name]) => name),
    "The SQLite package must be compiled here",
  );
}

function has(program) {
  return spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;
}

/** Whether a prebuilt better-sqlite3 for this machine can be downloaded; then nothing is compiled. */
async function hasPrebuiltSqlite() {
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8"));
  const version = lock.packages["node_modules/better-sqlite3"]?.version;
  const name = `better-sqlite3-v${version}-node-v${process.versions.modules}-${process.platform}-${process.arch}.tar.gz`;
  const url = `https://github.com/WiseLibs/better-sqlite3/releases/download/v${version}/${name}`;
  try {
    return (await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}

/**
 * Installs Debian packages as root; otherwise names the command to run.
 * @param names packages that are missing
 * @param why the beginning of the sentence that asks for them
 * @throws Stop when they could not be installed
 */
export async function ensureDebianPackages(names, why) {
  if (names.length === 0) return;
  const line = `apt-get install -y ${names.join(" ")}`;
  if (process.getuid?.() !== 0) throw new Stop(`${why}. Run this, then start again:\n  sudo ${line}`);
  log(`${why}: installing ${names.join(", ")}.`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const args = ["install", "-y", "--no-install-recommends", ...names];
  // The package list is updated only when the installed one does not suffice.
  if ((await run("apt-get", ["-q", ...args], env)) === 0) return;
  await run("apt-get", ["-q", "update"], env);
  const code = await run("apt-get", ["-q", ...args], env);
  if (code !== 0) throw new Stop(`${why}, but apt-get failed (exit code ${code}). Try it yourself:\n  ${line}`);
}
