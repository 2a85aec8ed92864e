import type { IncomingMessage } from "node:http";
import type { Actor } from "@/lib/auth/access/actor";
import { actorOfRequest } from "@/lib/auth/access/request-actor";
import { sessionOf } from "@/lib/auth/access/session";
import { AppError } from "@/lib/core/errors";
import { type PathParams, PathTable } from "@/lib/core/path-table";
import { MAX_BODY_BYTES } from "@/lib/core/request-body";
import { API_PREFIX, noSuchPath } from "@/lib/services/openapi/allowed-methods";
import type { Operation } from "@/lib/services/openapi/operation";
import { OPERATIONS } from "@/lib/services/openapi/operations";
import type { Admission } from "./held-body";

/** A request whose body waits for the decision. Its headers are clean. */
export interface Incoming {
  request: IncomingMessage;
  path: string;
  address: string | null;
}

/**
 * Decides from a request's head how much of its body is taken, and on whose account.
 * @throws AppError `unauthenticated`, `forbidden`: then none of it is
 */
export type Admit = (incoming: Incoming) => Promise<Admission>;

/** Signing in, setting up, accepting an invitation and acknowledging by a link take no more: a form of a few short fields. */
export const STRANGER_BODY_BYTES = 16 * 1024;
/** Pages whose forms are for people without a session. */
const FOR_STRANGERS = /^\/(login|setup|invite\/[^/]+|acknowledge\/[^/]+)\/?$/;

export function admissionOf(actor: Actor, maxBytes: number): Admission {
  return { caller: `${actor.kind}:${actor.id ?? ""}`, isStranger: false, maxBytes };
}

/** Admits the bodies of everything behind the server in front: calls of the management API, and forms of pages. */
export function admitToPages(): Admit {
  const table = new PathTable<Map<string, Operation>>();
  for (const operation of OPERATIONS)
    table.register(API_PREFIX + operation.path, () => new Map()).set(operation.method, operation);
  return async (incoming) => {
    const { method = "" } = incoming.request;
    const found = table.find(incoming.path);
    const operation = found?.value.get(method === "HEAD" ? "GET" : method);
    if (operation) return admitCall(incoming, operation, found?.params);
    if (incoming.path.startsWith(`${API_PREFIX}/`)) throw noSuchPath();
    return admitForm(incoming);
  };
}

async function admitCall(
  { request, address }: Incoming,
  operation: Operation,
  params?: PathParams,
): Promise<Admission> {
  const { verb, isForPages = false } = operation;
  const { method = "", headers } = request;
  const header = (name: string) => headers[name]?.toString();
  const actor = await actorOfRequest({ method, header, address }, isForPages);
  await verb.permit(actor, params);
  return actor ? admissionOf(actor, MAX_BODY_BYTES) : stranger(address);
}

async function admitForm({ request, path, address }: Incoming): Promise<Admission> {
  const actor = await sessionOf(request.headers.cookie, address);
  if (actor) return admissionOf(actor, MAX_BODY_BYTES);
  const declared = Number(request.headers["content-length"] ?? 0);
  if (declared > STRANGER_BODY_BYTES && !FOR_STRANGERS.test(path)) {
    throw new AppError("unauthenticated", "Sign in first: nobody is signed in here, or the session has ended.");
  }
  return stranger(address);
}

function stranger(address: string | null): Admission {
  return { caller: address ?? "unknown", isStranger: true, maxBytes: STRANGER_BODY_BYTES };
}
