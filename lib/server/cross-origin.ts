import type { Handler } from "./machine-handler";

type Line = readonly [target: string, handler: Handler];

/**
 * Lets pages of other sites ask on these routes, as Healthchecks does: dashboards that run in a browser. No cookie counts there; who asks
 * has a key, or an address that nobody guesses.
 * @param lines of a table of machine routes, each with one method
 */
export function forOtherSites(lines: readonly Line[]): Line[] {
  const methods = new Map<string, string[]>();
  for (const [target] of lines) {
    const [method = "", path = ""] = target.split(" ");
    methods.set(path, [...(methods.get(path) ?? []), method]);
  }
  const open = lines.map(([target, handler]): Line => {
    const [, path = ""] = target.split(" ");
    return [target, (incoming) => handler(allow(incoming, methods.get(path) ?? []))];
  });
  const asked = [...methods].map(([path, allowed]): Line => {
    return [`OPTIONS ${path}`, (incoming) => allow(incoming, allowed).response.writeHead(204).end()];
  });
  return [...open, ...asked];
}

const REMEMBERED_SECONDS = 600;

function allow(incoming: Parameters<Handler>[0], methods: readonly string[]): Parameters<Handler>[0] {
  const { response } = incoming;
  response.setHeader("access-control-allow-origin", "*");
  response.setHeader("access-control-allow-headers", "X-Api-Key");
  response.setHeader("access-control-allow-methods", methods.join(", "));
  response.setHeader("access-control-max-age", String(REMEMBERED_SECONDS));
  return incoming;
}
