import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";

const BINARY = "node_modules/better-sqlite3/build/Release/better_sqlite3.node";
const FORGETTING = "RemoveEnvironmentCleanupHook";
const HEADER = "include/node/node_object_wrap.h";

/** Whether this Node loads the SQLite package in a folder. */
export function canLoadSqlite(folder, node = process.execPath) {
  const script = 'new (require("better-sqlite3"))(":memory:").close()';
  return spawnSync(node, ["-e", script], { cwd: folder, stdio: "ignore" }).status === 0;
}

/**
 * Whether the SQLite package in a folder was compiled with the headers of Node 24.19 or newer: then the process is
 * aborted as soon as a statement is collected outside JavaScript. Prebuilt packages were not.
 * https://github.com/nodejs/node/issues/65446
 */
export function abortsOnCollection(folder) {
  const file = join(folder, BINARY);
  return existsSync(file) && readFileSync(file).includes(FORGETTING);
}

/**
 * The folder with the headers of a Node, as node-gyp takes it; a copy without the hooks that abort, where it has them.
 * Without them a header is as it was before 24.19.
 * @returns null when the headers are not beside the program; `remove` ends a copy
 */
export function headersOf(node) {
  const folder = dirname(dirname(node));
  const header = join(folder, HEADER);
  if (!existsSync(join(folder, "include/node/node.h"))) return null;
  const text = existsSync(header) ? readFileSync(header, "utf8") : "";
  if (!text.includes(FORGETTING)) return { folder, remove: () => undefined };
  const copy = mkdtempSync(join(tmpdir(), "belfry-headers-"));
  cpSync(join(folder, "include"), join(copy, "include"), { recursive: true });
  writeFileSync(join(copy, HEADER), text.replace(/^ +(Add|Remove)CleanupHook\(\);\n/gm, ""));
  return { folder: copy, remove: () => rmSync(copy, { recursive: true, force: true }) };
}

/**
 * Compiles the SQLite package in a folder for a Node, as npm does it at the installation.
 * @param more further variables for the compiler
 * @returns npm's words; null when it worked
 */
export function compileSqlite(folder, node = process.execPath, more = {}) {
  const headers = headersOf(node);
  const env = {
    ...process.env,
    PATH: [dirname(node), process.env.PATH].join(delimiter),
    ...(headers && { npm_config_nodedir: headers.folder }),
    ...more,
  };
  try {
    const { status, stdout, stderr, error } = spawnSync("npm", ["rebuild", "better-sqlite3"], {
      cwd: folder,
      env,
      encoding: "utf8",
    });
    return status === 0 ? null : `${error?.message ?? ""}${stdout}${stderr}`;
  } finally {
    headers?.remove();
  }
}
