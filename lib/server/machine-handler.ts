import type { IncomingMessage, ServerResponse } from "node:http";
import { z } from "zod";
import type { Actor } from "@/lib/auth/access/actor";
import { actorOfBearer } from "@/lib/auth/access/api-key";
import { AppError } from "@/lib/core/errors";
import { type PathParams, PathTable } from "@/lib/core/path-table";
import { queryInput } from "@/lib/core/query-input";
import { MAX_BODY_BYTES, readJsonBody } from "@/lib/core/request-body";
import { parseInput, type Verb } from "@/lib/services/verb";
import { admissionOf } from "./admission";
import { sendError, sendJson, sendText } from "./answer";
import type { Admission, HeldBody } from "./held-body";

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
  /** What the request brings along, held back until the caller is known; null without a body. */
  body: HeldBody | null;
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
 * @param admit knows the caller from the request's head; what it throws is the answer, and the body is not read
 */
export function rawHandler(
  admit: (incoming: MachineRequest) => Promise<Admission>,
  run: (incoming: MachineRequest, body: Buffer) => Promise<MachineAnswer>,
): Handler {
  const answer = async (incoming: MachineRequest) => {
    const admission = await admit(incoming);
    return run(incoming, (await incoming.body?.receive(admission)) ?? Buffer.alloc(0));
  };
  return (incoming) => send(incoming, answer(incoming));
}

/** Of a route whose input is its body. */
const NO_PARAMETERS = z.object({});

/** A handler that passes the JSON body to a verb, for the API key in `Authorization`, and answers with its result. */
export function postHandler(verb: Verb, status: number): Handler {
  return (incoming) => {
    const answer = async () => {
      const actor = await keyOwner(verb, incoming);
      const body = await incoming.body?.receive(admissionOf(actor, MAX_BODY_BYTES));
      parseInput(NO_PARAMETERS, queryInput(incoming.query));
      const input = readJsonBody(body?.toString("utf8") ?? "", incoming.request.headers["content-type"]);
      return { status, json: await verb.call(actor, input) };
    };
    send(incoming, answer());
  };
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
  return (incoming) => {
    const answer = async () => {
      const actor = await keyOwner(verb, incoming);
      return { status: 200, type, text: await verb.call(actor, queryInput(incoming.query)) };
    };
    send(incoming, answer());
  };
}

/**
 * Who calls, known before the body is read: a caller without the permission learns nothing about it.
 * @throws AppError `unauthenticated`, `forbidden`
 */
async function keyOwner(verb: Verb, { request, address }: MachineRequest): Promise<Actor> {
  const actor = await actorOfBearer(request.headers.authorization, address);
  await verb.permit(actor);
  if (!actor) throw new AppError("unauthenticated", "Send an API key.");
  return actor;
}

/** Answers with what a handler makes, or with its error. */
export function send({ response, path }: MachineRequest, answer: Promise<MachineAnswer>): void {
  answer
    .then((it) => {
      if ("json" in it) sendJson(response, it.status, it.json);
      else sendText(response, it.status, it.type, it.text);
    })
    .catch((error) => sendError(response, error, path));
}
