import type { ErrorCode } from "@/lib/core/errors";

type Handler = (request: Request) => Response;
type Methods = Record<"GET" | "POST" | "PUT" | "PATCH" | "DELETE", Handler>;

/**
 * Handlers for the methods that a path does not take, so that they are refused in JSON as all else is:
 * `export const { PUT, DELETE } = otherMethods("GET, POST")`.
 * @param allow the methods that it does take
 */
export function otherMethods(allow: string): Methods {
  return everyMethod(({ method }) => refusal(405, "invalid", `${method} is not taken here.`, { allow }));
}

/** Handlers for a path that does not exist. */
export function noSuchPath(): Methods {
  return everyMethod(() => refusal(404, "not_found", "There is no such path. See /api/v1/openapi.json."));
}

function everyMethod(handler: Handler): Methods {
  return { GET: handler, POST: handler, PUT: handler, PATCH: handler, DELETE: handler };
}

function refusal(status: number, code: ErrorCode, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ error: { code, message } }, { status, headers: { "cache-control": "no-store", ...headers } });
}
