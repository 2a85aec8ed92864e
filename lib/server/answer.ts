import type { ServerResponse } from "node:http";
import { type ErrorResponse, toErrorResponse } from "@/lib/core/action-error";

/** Answers with JSON, in one write. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  sendText(response, status, "application/json; charset=utf-8", JSON.stringify(value));
}

/** @param type the media type, as in `content-type` */
export function sendText(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, {
    "content-type": type,
    "content-length": Buffer.byteLength(text),
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(text);
}

/**
 * Answers with `{error: {code, message, fields?, …}}`; ends the connection when an answer has begun already.
 * @param where the handler that failed, for the log
 */
export function sendError(response: ServerResponse, error: unknown, where: string): void {
  // Decided before the check: this is what writes a defect into the log.
  const answer = toErrorResponse(error, where);
  if (response.headersSent) response.destroy();
  else sendErrorResponse(response, answer);
}

export function sendErrorResponse(response: ServerResponse, { status, headers, body }: ErrorResponse): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  sendJson(response, status, body);
}
