import type { ServerResponse } from "node:http";
import { AppError, ERROR_STATUS, isAppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import { loggerOf } from "@/lib/core/logger";

const log = loggerOf("server");

/** Answers with JSON, in one write. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  sendText(response, status, "application/json; charset=utf-8", JSON.stringify(value));
}

/** @param type the media type, as it stands in `content-type` */
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
 * Answers with `{error: {code, message, fields?, …}}` and the status of the code.
 * An error that nobody foresaw goes into the log in full; the caller gets its id only.
 */
export function sendError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const known = isAppError(error) ? error : unforeseen(error);
  const { cause: _, ...details } = known.details;
  if (details.retryAfterSeconds !== undefined) {
    response.setHeader("retry-after", String(Math.ceil(details.retryAfterSeconds)));
  }
  if (known.code === "unauthenticated") response.setHeader("www-authenticate", "Bearer");
  sendJson(response, ERROR_STATUS[known.code], { error: { code: known.code, message: known.message, ...details } });
}

function unforeseen(error: unknown): AppError {
  const id = newId("err");
  log.error("a request failed", { id, error });
  return new AppError("internal", `Something went wrong here. The server's log has the details under ${id}.`);
}
