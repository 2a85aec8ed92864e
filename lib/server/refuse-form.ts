import type { IncomingMessage, ServerResponse } from "node:http";
import { toErrorResponse } from "@/lib/core/action-error";
import { shownPath } from "@/lib/core/shown-path";
import { sendError, sendText } from "./answer";

/**
 * Refuses what was sent to a page in the way its sender reads: JSON for the API, plain text for Next's script, a page for a
 * form without scripts.
 * @param title of that page
 */
export function refuseForm(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  error: unknown,
  title = "Belfry did not take this form",
): void {
  if (path.startsWith("/api/") || response.headersSent) {
    sendError(response, error, path);
    return;
  }
  const { status, headers, body } = toErrorResponse(error, shownPath(path));
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  const { message } = body.error;
  // Next's script shows an error's text only with exactly this media type.
  if (request.headers["next-action"]) sendText(response, status, "text/plain", message);
  else sendText(response, status, "text/html; charset=utf-8", pageOf(title, message));
}

function pageOf(title: string, sentence: string): string {
  const text = sentence.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<!doctype html><html lang="en"><title>${title} · Belfry</title><h1>${title}</h1><p>${text}</p></html>`;
}
