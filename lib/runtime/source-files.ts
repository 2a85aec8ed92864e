import { readdirSync } from "node:fs";
import { join } from "node:path";

const SKIPPED = new Set(["node_modules", "e2e/artifacts"]);

/** Files below a path of the checkout with these endings, as paths from its root. A file is itself. */
export function filesBelow(path: string, endings: RegExp): string[] {
  let entries: ReturnType<typeof readFolder>;
  try {
    entries = readFolder(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return endings.test(path) ? [path] : [];
    throw error;
  }
  return entries.flatMap((entry) => {
    const file = join(path, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(file) ? [] : filesBelow(file, endings);
    return endings.test(file) ? [file] : [];
  });
}

function readFolder(path: string) {
  return readdirSync(path, { withFileTypes: true }).sort((a, b) => a.name.localeCompare(b.name));
}

/** Tests, and what only tests load. */
export function isTestFile(file: string): boolean {
  return /\.test\.tsx?$|(^|\/)testing(\/|\.ts$)|-testing\.ts$/.test(file);
}
