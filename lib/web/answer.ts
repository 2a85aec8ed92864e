import { type ErrorResponse, toErrorResponse } from "@/lib/core/action-error";

/** A value as JSON that nothing may keep. */
export function jsonAnswer(value: unknown, status: number, headers: Record<string, string> = {}): Response {
  return Response.json(value, { status, headers: { "cache-control": "no-store", ...headers } });
}

export function errorAnswer({ status, headers, body }: ErrorResponse): Response {
  return jsonAnswer(body, status, headers);
}

/** Anything that was thrown, as an answer. @param where the verb or path that failed, for the log */
export function thrownAnswer(error: unknown, where: string): Response {
  return errorAnswer(toErrorResponse(error, where));
}
