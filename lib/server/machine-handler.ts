import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import { actorOfBearer } from "@/lib/auth/access/api-key";
import { requirePermission } from "@/lib/auth/access/permission";
import { type PathParams, PathTable } from "@/lib/core/path-table";
import { queryInput } from "@/lib/core/query-input";
import { MAX_BODY_BYTES, readJsonBody } from "@/lib/core/request-body";
import { parseInput, type Verb } from "@/lib/services/verb";
import { sendError, sendJson, sendText } from "./answer";
import { readBody } from "./body";

/** A request to a machine route. */
export interface MachineRequest {
  request: IncomingMessage;
  response: ServerResponse;
  path: string;
  /** Values of the parameters in the path, decoded. */
  params: PathParams;
  /** Everything after the question mark. */
  query: string;
  /** The caller's address. */
  address: string | null;
}

/** Answers a request, including with its own errors. */
export type Handler = (incoming: MachineRequest) => void;

/** Path → method → handler. */
export type RouteTable = PathTable<Map<string, Handler>>;

/**
 * Builds the table of machine routes.
 * @param lines `["POST /api/v1/notify", handler]`; several methods with a bar between them: `GET|POST /ping/{uuid}`.
 * The syntax of paths is that of `PathTable`. `HEAD` goes to the handler of `GET` unless it has its own.
 */
export function routeTable(lines: readonly (readonly [target: string, handler: Handler])[]): RouteTable {
  const table: RouteTable = new PathTable();
  for (const [target, handler] of lines) {
    const [methods = "", path = ""] = target.split(" ");
    const handlers = table.register(path, () => new Map<string, Handler>());
    for (const method of methods.split("|")) handlers.set(method, handler);
  }
  return table;
}

/** What a handler answers with: JSON, or text of any media type. */
export type MachineAnswer = { status: number; json: unknown } | { status: number; type: string; text: string };

/**
 * A handler that gets the body as it was sent, unparsed.
 * @param maxBytes of the body; a larger one is answered with 413 and never handed over
 */
export function rawHandler(
  maxBytes: number,
  run: (incoming: MachineRequest, body: Buffer) => Promise<MachineAnswer>,
): Handler {
  return (incoming) =>
    readBody(incoming.request, incoming.response, maxBytes, (body) => send(incoming, run(incoming, body)));
}

/** Of a route whose input is its body. */
const NO_PARAMETERS = z.object({});

/** A handler that passes the JSON body to a verb, for the API key in `Authorization`, and answers with its result. */
export function postHandler(verb: Verb, status: number): Handler {
  return rawHandler(MAX_BODY_BYTES, async (incoming, body) => {
    const input = () => {
      parseInput(NO_PARAMETERS, queryInput(incoming.query));
      return readJsonBody(body.toString("utf8"), incoming.request.headers["content-type"]);
    };
    return { status, json: await callWithKey(verb, incoming, input) };
  });
}

/** A handler that anyone may read; the query is the verb's input. */
export function publicHandler<T>(verb: Verb<z.ZodType, T>, statusOf: (value: T) => number): Handler {
  return (incoming) =>
    send(
      incoming,
      verb.call(null, queryInput(incoming.query)).then((value) => ({ status: statusOf(value), json: value })),
    );
}

/** A handler that answers with plain text, for the API key in `Authorization`. @param type the media type */
export function textHandler(verb: Verb<z.ZodType, string>, type: string): Handler {
  return (incoming) =>
    send(
      incoming,
      callWithKey(verb, incoming, () => queryInput(incoming.query)).then((text) => ({ status: 200, type, text })),
    );
}

/** The permission is checked before the body is parsed: a caller without it learns nothing about the body. */
async function callWithKey<O>(
  verb: Verb<z.ZodType, O>,
  { request, address }: MachineRequest,
  input: () => unknown,
): Promise<O> {
  const actor = await actorOfBearer(request.headers.authorization, address);
  requirePermission(actor, verb.permission);
  return verb.call(actor, input());
}

function send({ response, path }: MachineRequest, answer: Promise<MachineAnswer>): void {
  answer
    .then((it) => {
      if ("json" in it) sendJson(response, it.status, it.json);
      else sendText(response, it.status, it.type, it.text);
    })
    .catch((error) => sendError(response, error, path));
}
