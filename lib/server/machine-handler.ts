import type { IncomingMessage, ServerResponse } from "node:http";
import type { z } from "zod";
import { actorOfBearer } from "@/lib/auth/access/api-key";
import { requirePermission } from "@/lib/auth/access/permission";
import { AppError } from "@/lib/core/errors";
import { parseJson } from "@/lib/core/parse-json";
import type { Verb } from "@/lib/services/verb";
import { sendError, sendJson, sendText } from "./answer";
import { bodyCap, readBody } from "./body";

/** One request at a door. */
export interface MachineRequest {
  request: IncomingMessage;
  response: ServerResponse;
  path: string;
  /** What stands behind the question mark. */
  query: string;
  /** The caller's address. */
  address: string | null;
}

/** Answers a request; sees to its own errors. */
export type Handler = (knock: MachineRequest) => void;

/** Path → method → door. A `HEAD` is answered by the `GET` door. */
export type RouteTable = Map<string, Map<string, Handler>>;

/**
 * A table of doors from one line each.
 * @param lines `["POST /api/v1/notify", door]`
 */
export function routeTable(lines: readonly (readonly [target: string, door: Handler])[]): RouteTable {
  const table: RouteTable = new Map();
  for (const [target, door] of lines) {
    const [method = "", path = ""] = target.split(" ");
    const methods = table.get(path) ?? new Map<string, Handler>();
    methods.set(method, door);
    table.set(path, methods);
  }
  return table;
}

/** A door that hands the JSON body to a verb, for the API key in `Authorization`, and answers with what it returns. */
export function postHandler(verb: Verb, status: number): Handler {
  return ({ request, response, path, address }) => {
    readBody(request, response, bodyCap(path), (body) => {
      const input = () => jsonOf(request.headers["content-type"], body);
      settle(response, callWithKey(verb, request, address, input), (value) => sendJson(response, status, value));
    });
  };
}

/** A door that anybody may read. */
export function publicHandler<T>(read: () => Promise<T>, statusOf: (value: T) => number): Handler {
  return ({ response }) => settle(response, read(), (value) => sendJson(response, statusOf(value), value));
}

/** A door that answers with plain text, for the API key in `Authorization`. @param type the media type */
export function textHandler(verb: Verb<z.ZodType, string>, type: string): Handler {
  return ({ request, response, address }) =>
    settle(
      response,
      callWithKey(verb, request, address, () => ({})),
      (text) => sendText(response, 200, type, text),
    );
}

/** RoutingPreview asks comes first: to nobody it is not told what is wrong with the body. */
async function callWithKey<O>(
  verb: Verb<z.ZodType, O>,
  request: IncomingMessage,
  address: string | null,
  input: () => unknown,
): Promise<O> {
  const actor = await actorOfBearer(request.headers.authorization, address);
  requirePermission(actor, verb.permission);
  return verb.call(actor, input());
}

function settle<T>(response: ServerResponse, outcome: Promise<T>, send: (value: T) => void): void {
  outcome.then(send).catch((error) => sendError(response, error));
}

function jsonOf(type: string | undefined, body: Buffer): unknown {
  if (type !== undefined && !/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) {
    throw new AppError("invalid", "The body must be JSON: send it with content-type application/json.");
  }
  try {
    return parseJson(body.toString("utf8"));
  } catch {
    throw new AppError("invalid", "The body is not valid JSON.");
  }
}
