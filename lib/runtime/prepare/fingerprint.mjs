import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ROOT } from "./log.mjs";

/** What the build reads. */
export const FOLDERS = ["app", "components", "db", "lib", "public"];
export const FILES = ["next.config.ts", "package-lock.json", "package.json", "postcss.config.mjs", "tsconfig.json"];
const NO_SOURCE = /\.test\.tsx?$|^lib\/runtime\/(test|dev)\.mjs$/;

/** One hash over everything that the build reads: contents, because a checkout changes the times. */
export function sourcesFingerprint() {
  const hash = createHash("sha1");
  for (const file of [...FOLDERS.flatMap(filesBelow), ...FILES]) {
    hash
      .update(`${file}\0`)
      .update(readOrNothing(join(ROOT, file)))
      .update("\0");
  }
  return hash.digest("hex");
}

/** What the installed packages depend on: the lock file, and the Node they were compiled for. */
export function packagesFingerprint() {
  return createHash("sha1")
    .update(readOrNothing(join(ROOT, "package-lock.json")))
    .update([process.versions.modules, process.platform, process.arch].join(" "))
    .digest("hex");
}

function filesBelow(folder) {
  let entries = [];
  try {
    entries = readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true });
  } catch {
    return [];
  }
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(ROOT.length + 1))
    .filter((file) => !NO_SOURCE.test(file))
    .sort();
}

function readOrNothing(path) {
  try {
    return readFileSync(path);
  } catch {
    return "";
  }
}

/** The stamp of the last successful step; empty when there is none. */
export function readStamp(file) {
  return String(readOrNothing(join(ROOT, file)));
}

export function writeStamp(file, text) {
  const path = join(ROOT, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
