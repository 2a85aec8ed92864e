import type { MaybeActor } from "@/lib/auth/access/actor";
import { actorOfBearer } from "@/lib/auth/access/api-key";
import { requirePermission } from "@/lib/auth/access/permission";
import { sessionOf } from "@/lib/auth/access/session";
import { AppError } from "@/lib/core/errors";
import type { PathParams } from "@/lib/core/path-table";
import { queryInput } from "@/lib/core/query-input";
import { MAX_BODY_BYTES } from "@/lib/core/request-body";
import type { CallOptions } from "@/lib/services/openapi/operation";
import { jsonAnswer, thrownAnswer } from "./answer";
import { readForm, readJson } from "./body";
import { download } from "./download";
import { callerAddress, originOf } from "./request";

/**
 * Answers one call of the management API. The verb's input is the query, then the JSON body, then the path,
 * later ones win; answers are JSON, errors `{ error: { code, message, fields? } }`.
 */
export async function answerCall(call: CallOptions, request: Request, params: PathParams): Promise<Response> {
  const { verb, status = 200 } = call;
  try {
    const actor = await actorOf(request, call.isForPages ?? false);
    // Before the body is read: a caller without the permission learns nothing about the body.
    requirePermission(actor, verb.permission);
    const input = await inputOf(request, params, call);
    if (call.withOrigin) input.origin = originOf(request.headers);
    if (call.answersFile) return download(await call.verb.call(actor, input));
    const value = await verb.call(actor, input);
    return status === 204 ? new Response(null, { status }) : jsonAnswer(value ?? null, status);
  } catch (error) {
    return thrownAnswer(error, verb.name);
  }
}

/** An API key; for reading also the session's cookie, so that downloads can be links. */
async function actorOf(request: Request, isForPages: boolean): Promise<MaybeActor> {
  const address = callerAddress(request.headers);
  const authorization = request.headers.get("authorization");
  if (authorization) return actorOfBearer(authorization, address);
  const site = request.headers.get("sec-fetch-site");
  const isOwn = site === null || site === "same-origin" || site === "none";
  const mayUseSession = isReading(request) ? isOwn : isForPages && isOwnPage(request);
  return mayUseSession ? sessionOf(request.headers.get("cookie"), address) : null;
}

/** Browsers name the page that sends a form, and no page can name another one. */
function isOwnPage({ headers }: Request): boolean {
  const origin = headers.get("origin") ?? "";
  return URL.canParse(origin) && new URL(origin).host === (headers.get("x-forwarded-host") ?? headers.get("host"));
}

async function inputOf(
  request: Request,
  params: PathParams,
  { maxBytes = MAX_BODY_BYTES, takesForm }: CallOptions,
): Promise<Record<string, unknown>> {
  const query = queryInput(new URL(request.url).searchParams);
  const isForm = takesForm && /^multipart\/form-data\b/i.test(request.headers.get("content-type") ?? "");
  const body = isReading(request) ? {} : isForm ? await readForm(request) : await readJson(request, maxBytes);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new AppError("invalid", "The body must be a JSON object.");
  }
  return { ...query, ...body, ...params };
}

function isReading(request: Request): boolean {
  return request.method === "GET" || request.method === "HEAD";
}
