/** Pages whose address is a secret: it alone lets its reader act. */
const SECRET = /^(\/(?:acknowledge|invite)\/)[^/]+/;

/** A request's path as it may be written to the log. */
export function shownPath(path: string): string {
  return path.replace(SECRET, "$1…");
}
