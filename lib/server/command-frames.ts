import type { Readable } from "node:stream";
import { type ActionError, toActionError } from "@/lib/core/action-error";
import { AppError, isAppError, messageOf } from "@/lib/core/errors";

/*
 * A file on its way to the command: after the line of the answer each piece with its length before it, and a piece of no
 * length at its end. So a file that broke off is never taken for a shorter one, and why it broke off can be said.
 */

const LENGTH_BYTES = 4;
/** In place of a length: what follows is an `ActionError`, as JSON, to the end of the connection. */
const FAILED = 0xffff_ffff;

/** A file as pieces. What it fails with is its last one. @param where the verb, for the log */
export async function* framesOf(file: Readable, where: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of file as AsyncIterable<Buffer>) {
      if (chunk.length === 0) continue;
      yield lengthOf(chunk.length);
      yield chunk;
    }
    yield lengthOf(0);
  } catch (error) {
    yield lengthOf(FAILED);
    yield Buffer.from(JSON.stringify(toActionError(error, where)));
  }
}

function lengthOf(bytes: number): Buffer {
  const head = Buffer.alloc(LENGTH_BYTES);
  head.writeUInt32BE(bytes);
  return head;
}

/** The file of such pieces. @param connection from behind the line of the answer on @throws AppError what it failed with, or `unavailable` */
export async function* fileOf(connection: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const broken = (reason: string) =>
    new AppError("unavailable", `The connection to the running server broke: ${reason}`);
  try {
    yield* piecesOf(connection);
  } catch (error) {
    throw isAppError(error) ? error : broken(messageOf(error));
  }
}

async function* piecesOf(connection: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let pending: Buffer<ArrayBufferLike> = Buffer.alloc(0);
  /** Bytes of the present piece that are to come. */
  let left = 0;
  let isFailed = false;
  for await (const chunk of connection) {
    pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk;
    while (!isFailed && pending.length > 0) {
      if (left > 0) {
        const piece = pending.subarray(0, left);
        pending = pending.subarray(piece.length);
        left -= piece.length;
        yield piece;
        continue;
      }
      if (pending.length < LENGTH_BYTES) break;
      left = pending.readUInt32BE();
      pending = pending.subarray(LENGTH_BYTES);
      if (left === 0) return;
      isFailed = left === FAILED;
    }
  }
  throw isFailed ? failureOf(pending) : new AppError("unavailable", "The running server stopped in the middle of it.");
}

function failureOf(json: Buffer): AppError {
  const { code, message, ...details } = JSON.parse(json.toString("utf8")) as ActionError;
  return new AppError(code, message, details);
}
