import { join } from "node:path";
import { ROOT } from "../prepare/log.mjs";
import { fetchPackages, Unreachable } from "./fetch-packages.mjs";

const SOURCE = join(ROOT, "lib/runtime/testing/npm-clients");
const CACHE = join(ROOT, "node_modules/.cache/belfry-npm-clients");

/**
 * Programs' own clients of monitoring services as the npm registry has them, fetched once.
 * @returns the folder in which a script finds them; null when the registry cannot be reached
 * @throws Error when npm fails otherwise
 */
export function fetchNpmClients() {
  try {
    fetchPackages(SOURCE, CACHE);
    return CACHE;
  } catch (error) {
    if (error instanceof Unreachable) return null;
    throw error;
  }
}
