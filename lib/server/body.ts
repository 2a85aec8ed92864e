import type { IncomingMessage, ServerResponse } from "node:http";
import { bodyTooLarge, MAX_BODY_BYTES } from "@/lib/core/request-body";
import { sendError } from "./answer";

const MB = 1024 * 1024;
/** Pages and routes of the management API that take more than `MAX_BODY_BYTES`: uploads of configuration backups. */
const PAGE_LIMITS = new Map([["/api/v1/config-backups/restore", 50 * MB]]);
/** How much of a refused body is read and thrown away, so that the caller gets to see the answer. */
const DISCARD_BYTES = 32 * MB;

/** The largest body that a path behind the server takes, in bytes. */
export function pageBodyLimit(path: string): number {
  return PAGE_LIMITS.get(path) ?? MAX_BODY_BYTES;
}

/**
 * Reads a body whole and hands it over once, unparsed.
 * One that is too large is answered with 413 before it is read whole; one that breaks off is dropped.
 */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  maxBytes: number,
  done: (body: Buffer) => void,
): void {
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) {
    refuseTooLarge(request, response, maxBytes);
    return;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  let isRefused = false;
  request.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (isRefused) {
      if (length > maxBytes + DISCARD_BYTES) request.destroy();
    } else if (length > maxBytes) {
      isRefused = true;
      chunks.length = 0;
      sendTooLarge(response, maxBytes);
    } else chunks.push(chunk);
  });
  request.on("end", () => {
    if (!isRefused) done(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, length));
  });
}

/**
 * Lets a request through to a handler that counts nothing itself. A body of declared length passes as it comes;
 * a chunked one is held back until it is whole, so that the handler never sees a part of one that is too large.
 */
export function admitBody(
  request: IncomingMessage,
  response: ServerResponse,
  maxBytes: number,
  proceed: () => void,
): void {
  if (request.headers["transfer-encoding"] !== undefined) bufferBody(request, response, maxBytes, proceed);
  else if (Number(request.headers["content-length"] ?? 0) > maxBytes) refuseTooLarge(request, response, maxBytes);
  else proceed();
}

function bufferBody(request: IncomingMessage, response: ServerResponse, maxBytes: number, proceed: () => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  let isRefused = false;
  const pass = request.push;
  // The parser hands what arrives to `push`: taking it there leaves the stream unread for the handler.
  request.push = (chunk: Buffer | null): boolean => {
    if (chunk !== null) {
      length += chunk.length;
      if (!isRefused && length > maxBytes) {
        isRefused = true;
        chunks.length = 0;
        sendTooLarge(response, maxBytes);
      }
      if (!isRefused) chunks.push(chunk);
      else if (length > maxBytes + DISCARD_BYTES) request.destroy();
      return true;
    }
    request.push = pass;
    if (isRefused) return request.push(null);
    for (const part of chunks) request.push(part);
    request.push(null);
    proceed();
    return true;
  };
}

// No `connection: close` and no early end of reading: a caller in the middle of sending would see a broken pipe, not the 413.
function refuseTooLarge(request: IncomingMessage, response: ServerResponse, maxBytes: number): void {
  sendTooLarge(response, maxBytes);
  let discarded = 0;
  request.on("data", (chunk: Buffer) => {
    discarded += chunk.length;
    if (discarded > DISCARD_BYTES) request.destroy();
  });
}

function sendTooLarge(response: ServerResponse, maxBytes: number): void {
  sendError(response, bodyTooLarge(maxBytes), "body");
}
