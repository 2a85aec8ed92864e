import { z } from "zod";
import { clientTokenOf, requireClient } from "@/lib/auth/access/client-token";
import { AppError } from "@/lib/core/errors";
import { queryInput } from "@/lib/core/query-input";
import { readJsonBody } from "@/lib/core/request-body";
import { parseInput, type Verb } from "@/lib/services/verb";
import { type Handler, send } from "./machine-handler";

/** More than a heartbeat has: a hundred disks with long names. */
const MAX_HEARTBEAT_BYTES = 128 * 1024;
/** Of a route whose input is its body. */
const NO_PARAMETERS = z.object({});

interface ClientHandlerOptions {
  /** How much of a body is taken. */
  maxBytes?: number;
  /** Knows the client by its token. */
  know?: typeof requireClient;
}

/**
 * A handler that passes the JSON body and the parameters of the path to a verb, with the token of the client in
 * `Authorization`. It is known before the body is read, and again by the verb, since it may be revoked meanwhile.
 */
export function clientHandler(
  verb: Verb,
  { maxBytes = MAX_HEARTBEAT_BYTES, know = requireClient }: ClientHandlerOptions = {},
): Handler {
  return (incoming) => {
    const answer = async () => {
      const { authorization, "content-type": type } = incoming.request.headers;
      const token = clientTokenOf(authorization);
      const client = await know(token);
      const admission = { caller: `client:${client.id}`, isStranger: false, maxBytes };
      const body = await incoming.body?.receive(admission);
      parseInput(NO_PARAMETERS, queryInput(incoming.query));
      const said = readJsonBody(body?.toString("utf8") ?? "", type);
      if (typeof said !== "object" || said === null || Array.isArray(said))
        throw new AppError("invalid", "The body is not what an agent sends.");
      const fixed = { ...incoming.params, token };
      if (Object.keys(fixed).some((name) => name in said))
        throw new AppError("invalid", "The body is not what an agent sends.");
      return { status: 200, json: await verb.call(null, { ...said, ...fixed }) };
    };
    send(incoming, answer());
  };
}
