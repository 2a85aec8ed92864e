import { AppError } from "@/lib/core/errors";
import { PathTable } from "@/lib/core/path-table";
import { OPERATIONS } from "./operations";
import { openApiOperation } from "./read";

/** Where the management API is mounted. */
export const API_PREFIX = "/api/v1";

/** The refusal of a path that the management API does not have. */
export function noSuchPath(): AppError {
  return new AppError("not_found", `There is no such path. See ${API_PREFIX}/openapi.json.`);
}

/** What any page takes: Next answers reads, and server actions are posted to the page that they belong to. */
const OF_PAGES = ["GET", "HEAD", "POST", "OPTIONS"];

/**
 * The methods that a path takes behind the server in front: those of its calls, or else those of a page. Null for a path below
 * the API that does not exist.
 */
export function allowedMethods(): (path: string) => readonly string[] | null {
  const table = new PathTable<Set<string>>();
  for (const { path, method } of [...OPERATIONS, openApiOperation])
    table.register(API_PREFIX + path, () => new Set()).add(method);
  return (path) => {
    const found = table.find(path);
    if (found) return withImplied([...found.value]);
    return path.startsWith(`${API_PREFIX}/`) ? null : OF_PAGES;
  };
}

/** The methods of a path with those that follow from them, for the header `Allow`. */
export function withImplied(methods: readonly string[]): string[] {
  const all = methods.includes("GET") ? [...methods, "HEAD"] : [...methods];
  return [...new Set([...all, "OPTIONS"])];
}
