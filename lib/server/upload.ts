import { createWriteStream } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Busboy, type BusboyHeaders } from "@fastify/busboy";
import { AppError, isAppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import { loggerOf } from "@/lib/core/logger";
import { bodyTooLarge } from "@/lib/core/request-body";
import { systemReason } from "@/lib/core/system-fault";

const log = loggerOf("http");

/** An upload on disk. Its receiver removes the file. */
export interface Upload {
  /** The file of a form, or the whole body when it is no form. */
  file: string;
  /** The short fields of a form; null: the body was no form. */
  fields: Record<string, string> | null;
}

/** Fields beside the file: a passphrase, and little else. */
const FIELD_LIMITS = { files: 1, fields: 10, parts: 11, fieldNameSize: 100, fieldSize: 4_096, headerPairs: 20 };

function uploadFolder(dataDir: string): string {
  return join(dataDir, "uploads");
}

/** Removes what a process left that was killed in the middle of an upload. Call it with the data folder locked. */
export async function sweepUploads(dataDir: string): Promise<void> {
  await rm(uploadFolder(dataDir), { recursive: true, force: true }).catch((error: unknown) =>
    log.warn("failed to remove unfinished uploads", { error }),
  );
}

/**
 * Writes a body to a file that only this user can read, as it comes, and keeps nothing of it when that fails.
 * @param maxBytes of the file, and roughly of the whole body
 * @throws AppError `too_large`, `invalid` for a broken form or a body that breaks off, `unavailable` when it cannot be stored
 */
export async function receiveUpload(request: IncomingMessage, dataDir: string, maxBytes: number): Promise<Upload> {
  const file = join(uploadFolder(dataDir), newId("upl"));
  try {
    await mkdir(uploadFolder(dataDir), { recursive: true, mode: 0o700 });
    const isForm = /^multipart\/form-data\b/i.test(request.headers["content-type"] ?? "");
    const fields = isForm ? await receiveForm(request, file, maxBytes) : null;
    if (!isForm) await pipeline(piecesOf(request, maxBytes), newFile(file));
    return { file, fields };
  } catch (error) {
    await removeUpload(file);
    throw uploadError(error, request);
  }
}

export async function removeUpload(file: string): Promise<void> {
  await rm(file, { force: true }).catch((error: unknown) => log.warn("failed to remove an upload", { file, error }));
}

async function receiveForm(request: IncomingMessage, path: string, maxBytes: number): Promise<Record<string, string>> {
  const fields = new Map<string, string>();
  const files: Promise<void>[] = [];
  const form = new Busboy({
    headers: request.headers as BusboyHeaders,
    limits: { ...FIELD_LIMITS, fileSize: maxBytes },
  });
  form.on("field", (name, value) => fields.set(name, value));
  form.on("file", (_name, stream) => {
    const written = pipeline(stream, newFile(path));
    // An error there ends the form; it is thrown below.
    written.catch((error: Error) => form.destroy(error));
    stream.on("limit", () => form.destroy(bodyTooLarge(maxBytes)));
    files.push(written);
  });
  await pipeline(piecesOf(request, maxBytes + FIELD_LIMITS.fields * FIELD_LIMITS.fieldSize), form as Writable);
  await Promise.all(files);
  if (files.length === 0) await pipeline([], newFile(path));
  return Object.fromEntries(fields);
}

/** The request stays open when its reader fails: the sender is to see the answer. */
async function* piecesOf(request: Readable, maxBytes: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const piece of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > maxBytes) throw bodyTooLarge(maxBytes);
    yield piece;
  }
}

function newFile(path: string): Writable {
  return createWriteStream(path, { flags: "wx", mode: 0o600 });
}

function uploadError(error: unknown, request: IncomingMessage): AppError {
  if (isAppError(error)) return error;
  if (request.destroyed && !request.complete) return new AppError("invalid", "The upload broke off.");
  const { syscall } = (error ?? {}) as { syscall?: string };
  if (!syscall) return new AppError("invalid", "The form cannot be read.", { cause: error });
  const sentence = `The upload cannot be kept in the data folder: ${systemReason(error)}.`;
  return new AppError("unavailable", `${sentence} Nothing was changed: mend that, and send it again.`, {
    cause: error,
  });
}
