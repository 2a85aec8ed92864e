import type { IncomingMessage, ServerResponse } from "node:http";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import { loggerOf } from "@/lib/core/logger";
import { shownPath } from "@/lib/core/shown-path";
import { type WrongAddress, wrongAddressSentence } from "@/lib/core/wrong-address";
import { refuseForm } from "./refuse-form";

const log = loggerOf("http");

/**
 * Recognises a form of a page that was opened at another address than the request's: of another site, or behind a proxy
 * that changes the header Host. Next refuses such a form as well, without a word to the person.
 * Call it after `cleanHeaders`.
 * @param forwardedHost what the request named as its host before untrusted headers were removed
 */
export function findWrongAddress(
  { method, headers }: IncomingMessage,
  forwardedHost: string | null,
  baseUrl: string | undefined,
): WrongAddress | null {
  const { origin, authorization } = headers;
  if (method !== "POST" || authorization !== undefined || !origin || !URL.canParse(origin)) return null;
  const host = String(headers["x-forwarded-host"] ?? headers.host ?? "");
  const page = new URL(origin);
  // An opaque origin, `null` or of an extension, has no host; Next decides about it.
  if (!/^https?:$/.test(page.protocol) || page.host === host) return null;
  return {
    origin: page.origin,
    host,
    forwardedHost: headers["x-forwarded-host"] ? null : forwardedHost,
    baseUrl: baseUrl ?? null,
  };
}

/** Refuses such a form with the address to open, or the variable to set. */
export function refuseWrongAddress(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  found: WrongAddress,
): void {
  const id = newId("err");
  log.warn("refused a form: its page has another address than the request", { id, path: shownPath(path), ...found });
  const error = new AppError("forbidden", wrongAddressSentence(found, id));
  refuseForm(request, response, path, error, "Belfry has another address");
}
