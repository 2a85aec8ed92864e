import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

const UNREACHABLE = /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED)\b/;

/** The registry does not answer, so there is nothing to test with. */
export class Unreachable extends Error {}

/**
 * Fetches packages from the npm registry, held to the SHA-512 in their lock file, unless they are there.
 * @param source the folder with package.json and package-lock.json
 * @param cache where they are kept; replaced as a whole
 * @param ask an optional package among them, which npm leaves out without a word when it cannot fetch it
 * @throws Unreachable when the registry cannot be reached, Error when npm fails otherwise
 */
export function fetchPackages(source, cache, ask = "") {
  const modules = join(cache, "node_modules");
  const isThere = () => existsSync(ask ? join(modules, ask) : modules);
  const lock = readFileSync(join(source, "package-lock.json"), "utf8");
  if (isThere() && readFileSync(join(cache, "package-lock.json"), "utf8") === lock) return;
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  for (const name of ["package.json", "package-lock.json"]) copyFileSync(join(source, name), join(cache, name));
  const options = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1", "--loglevel=error"];
  const { status, stderr, error } = spawnSync("npm", options, { cwd: cache, encoding: "utf8" });
  if (status === 0 && isThere()) return;
  rmSync(cache, { recursive: true, force: true });
  const asked = ask ? spawnSync("npm", ["view", ask, "version", "--fetch-retries=0"], { encoding: "utf8" }).stderr : "";
  if (UNREACHABLE.test(`${stderr}${asked}`)) throw new Unreachable("The npm registry cannot be reached.");
  throw new Error(`npm could not fetch what ${source} names: ${error?.message ?? stderr}`);
}
