import { readFile } from "node:fs/promises";
import type { z } from "zod";
import type { Actor } from "@/lib/auth/access/actor";
import { actorOfRequest } from "@/lib/auth/access/request-actor";
import { AppError } from "@/lib/core/errors";
import { queryInput } from "@/lib/core/query-input";
import { bodyTooLarge, readJsonBody } from "@/lib/core/request-body";
import { runtimeValue } from "@/lib/core/runtime";
import type { Verb } from "@/lib/services/verb";
import { type Handler, type MachineRequest, send } from "./machine-handler";
import { receiveUpload, removeUpload, type Upload } from "./upload";

/** How long an upload may take over all, milliseconds: 50 MB at less than a megabit a second. */
export const UPLOAD_MS = 10 * 60_000;
/** Uploads that are received at the same time. */
const MAX_UPLOADS = 4;
const RETRY_SECONDS = 30;

/**
 * A handler for a call with a large file, as a form or in base64 as JSON, by an API key or by a page of the console. The file is
 * received on disk, and only one at a time is read from there.
 * @param maxFileBytes of the file itself
 */
export function uploadHandler(verb: Verb<z.ZodType, unknown>, maxFileBytes: number): Handler {
  let underway = 0;
  let turn: Promise<unknown> = Promise.resolve();
  const call = async (incoming: MachineRequest, actor: Actor) => {
    const upload = incoming.body ? await receive(incoming, maxFileBytes) : null;
    try {
      const mine = turn.then(async () => verb.call(actor, await inputOf(incoming, upload)));
      turn = mine.catch(() => undefined);
      return await mine;
    } finally {
      if (upload) await removeUpload(upload.file);
    }
  };
  const answer = async (incoming: MachineRequest) => {
    const actor = await callerOf(incoming, verb);
    if (underway >= MAX_UPLOADS) throw tooManyUploads();
    underway++;
    try {
      return { status: 200, json: (await call(incoming, actor)) ?? null };
    } finally {
      underway--;
    }
  };
  return (incoming) => send(incoming, answer(incoming));
}

async function callerOf({ request, address }: MachineRequest, verb: Verb): Promise<Actor> {
  const { method = "", headers } = request;
  const actor = await actorOfRequest({ method, header: (name) => headers[name]?.toString(), address }, true);
  await verb.permit(actor);
  if (!actor) throw new AppError("unauthenticated", "Sign in, or send an API key.");
  return actor;
}

async function receive({ request, body }: MachineRequest, maxFileBytes: number): Promise<Upload> {
  // Base64 takes four bytes for three; beside it stands a passphrase.
  const maxBytes = Math.ceil(maxFileBytes / 3) * 4 + 65_536;
  if (Number(request.headers["content-length"] ?? 0) > maxBytes) throw bodyTooLarge(maxFileBytes);
  const isForm = /^multipart\//i.test(request.headers["content-type"] ?? "");
  return receiveUpload(body?.stream(UPLOAD_MS) ?? request, runtimeValue("dataDir"), isForm ? maxFileBytes : maxBytes);
}

async function inputOf({ request, query }: MachineRequest, upload: Upload | null): Promise<Record<string, unknown>> {
  if (!upload) return queryInput(query);
  if (upload.fields)
    return { ...queryInput(query), ...upload.fields, file: new Uint8Array(await readFile(upload.file)) };
  const body = readJsonBody(await readFile(upload.file, "utf8"), request.headers["content-type"]);
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new AppError("invalid", "The body must be a JSON object.");
  return { ...queryInput(query), ...body };
}

function tooManyUploads(): AppError {
  return new AppError("unavailable", "Several files are being uploaded already. Try again in half a minute.", {
    retryAfterSeconds: RETRY_SECONDS,
  });
}
