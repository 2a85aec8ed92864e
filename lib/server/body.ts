import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError } from "@/lib/core/errors";
import { sendError } from "./answer";

const MB = 1024 * 1024;
const USUAL_CAP = MB;
const UPLOAD_CAP = 50 * MB;
/** Uploads of configuration backups. */
const UPLOAD_PATHS = new Set(["/api/v1/config-backups/restore"]);
/** How much of a refused body is read and thrown away, so that the caller gets to see the answer. */
const PATIENCE = 32 * MB;

/** The largest body that a path takes, in bytes. */
export function bodyCap(path: string): number {
  return UPLOAD_PATHS.has(path) ? UPLOAD_CAP : USUAL_CAP;
}

/**
 * Reads a body whole and hands it over once.
 * One that is too large is answered with 413 and never handed over; one that breaks off is forgotten.
 */
export function readBody(
  request: IncomingMessage,
  response: ServerResponse,
  cap: number,
  done: (body: Buffer) => void,
): void {
  if (Number(request.headers["content-length"] ?? 0) > cap) {
    refuseTooLarge(request, response, cap);
    return;
  }
  const chunks: Buffer[] = [];
  let length = 0;
  let isRefused = false;
  request.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (isRefused) {
      if (length > cap + PATIENCE) request.destroy();
    } else if (length > cap) {
      isRefused = true;
      chunks.length = 0;
      sendError(response, tooLarge(cap));
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
export function admitBody(request: IncomingMessage, response: ServerResponse, cap: number, proceed: () => void): void {
  if (request.headers["transfer-encoding"] !== undefined) holdBack(request, response, cap, proceed);
  else if (Number(request.headers["content-length"] ?? 0) > cap) refuseTooLarge(request, response, cap);
  else proceed();
}

function holdBack(request: IncomingMessage, response: ServerResponse, cap: number, proceed: () => void): void {
  const chunks: Buffer[] = [];
  let length = 0;
  let isRefused = false;
  const pass = request.push;
  // The parser hands what arrives to `push`: taking it there leaves the stream unread for the handler.
  request.push = (chunk: Buffer | null): boolean => {
    if (chunk !== null) {
      length += chunk.length;
      if (!isRefused && length > cap) {
        isRefused = true;
        chunks.length = 0;
        sendError(response, tooLarge(cap));
      }
      if (!isRefused) chunks.push(chunk);
      else if (length > cap + PATIENCE) request.destroy();
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
function refuseTooLarge(request: IncomingMessage, response: ServerResponse, cap: number): void {
  sendError(response, tooLarge(cap));
  let thrownAway = 0;
  request.on("data", (chunk: Buffer) => {
    thrownAway += chunk.length;
    if (thrownAway > PATIENCE) request.destroy();
  });
}

function tooLarge(cap: number): AppError {
  return new AppError("too_large", `The body is larger than ${cap / MB} MB.`);
}
