import { actorOfRequest } from "@/lib/auth/access/request-actor";
import { AppError } from "@/lib/core/errors";
import type { PathParams } from "@/lib/core/path-table";
import { queryInput } from "@/lib/core/query-input";
import { MAX_BODY_BYTES } from "@/lib/core/request-body";
import type { CallOptions } from "@/lib/services/openapi/operation";
import { refuseReadOnly } from "@/lib/services/openapi/read-only";
import { jsonAnswer, thrownAnswer } from "./answer";
import { readJson } from "./body";
import { download } from "./download";
import { callerAddress, originOf } from "./request";

/** A call as the router hands it over. @param readOnly names that a body can only have been read with */
export type RoutedCall = CallOptions & { readOnly?: readonly string[] };

/**
 * Answers one call of the management API. The verb's input is the query, then the JSON body, then the path,
 * later ones win; answers are JSON, errors `{ error: { code, message, fields? } }`.
 */
export async function answerCall(call: RoutedCall, request: Request, params: PathParams): Promise<Response> {
  const { verb, status = 200 } = call;
  try {
    const { method, headers } = request;
    const head = { method, header: (name: string) => headers.get(name), address: callerAddress(headers) };
    const actor = await actorOfRequest(head, call.isForPages ?? false);
    // Before the body is read: a caller without the permission learns nothing about the body.
    await verb.permit(actor, params);
    const input = await inputOf(request, params, call.readOnly);
    if (call.withOrigin) input.origin = originOf(request.headers);
    if (call.answersFile) return download(await call.verb.call(actor, input));
    const value = await verb.call(actor, input);
    return status === 204 ? new Response(null, { status }) : jsonAnswer(value ?? null, status);
  } catch (error) {
    return thrownAnswer(error, verb.name);
  }
}

async function inputOf(
  request: Request,
  params: PathParams,
  readOnly: readonly string[] = [],
): Promise<Record<string, unknown>> {
  const query = queryInput(new URL(request.url).searchParams);
  const body = isReading(request) ? {} : await readJson(request, MAX_BODY_BYTES);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new AppError("invalid", "The body must be a JSON object.");
  }
  refuseReadOnly(body, params, readOnly);
  return { ...query, ...body, ...params };
}

function isReading(request: Request): boolean {
  return request.method === "GET" || request.method === "HEAD";
}
