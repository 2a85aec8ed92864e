import type { z } from "zod";
import type { MaybeActor } from "@/lib/auth/access/actor";
import { actorOfBearer } from "@/lib/auth/access/api-key";
import { requirePermission } from "@/lib/auth/access/permission";
import { sessionOf } from "@/lib/auth/access/session";
import { toActionError } from "@/lib/core/action-error";
import { AppError, ERROR_STATUS } from "@/lib/core/errors";
import type { Verb } from "@/lib/services/verb";
import { readForm, readJson } from "./body";
import { callerAddress, originOf } from "./request";

export interface RouteOptions<O> {
  /** Of a good answer; 200 when left out. */
  status?: 200 | 201 | 202 | 204;
  /** Makes the answer itself: a download, another shape. */
  respond?(value: O, request: Request): Response | Promise<Response>;
  /** Reshapes the input: query, body and path as one object. */
  input?(raw: Record<string, unknown>): unknown;
  /** Adds `origin`, the address under which the caller sees Belfry. */
  withOrigin?: boolean;
  /** Of the body; 1 MB when left out, as in the server in front. */
  maxBytes?: number;
  /** Takes a form with a file in place of JSON, too. */
  takesForm?: boolean;
  /** May be called by a page of the console with its session: for files, which no server action carries. */
  isForPages?: boolean;
}

interface RouteContext {
  params: Promise<Record<string, string | string[] | undefined>>;
}

/** A handler, with what it stands for: the table of the API is held to it. */
export interface RouteHandler {
  (request: Request, context: RouteContext): Promise<Response>;
  readonly verb: string;
  readonly status: number;
}

const MAX_BYTES = 1_048_576;

/**
 * A verb as a route handler of the management API. Input is the query, then the JSON body, then the path,
 * later ones win; answers are JSON, errors `{ error: { code, message, fields? } }`.
 */
export function route<S extends z.ZodType, O>(verb: Verb<S, O>, options: RouteOptions<O> = {}): RouteHandler {
  const handle = async (request: Request, context: RouteContext) => {
    try {
      const actor = await actorOf(request, options.isForPages ?? false);
      // Before the body is read: whoever may not call learns nothing of what it should have been.
      requirePermission(actor, verb.permission);
      const raw = await inputOf(request, context, options);
      if (options.withOrigin) raw.origin = originOf(request.headers);
      const value = await verb.call(actor, options.input ? options.input(raw) : raw);
      if (options.respond) return await options.respond(value, request);
      return options.status === 204
        ? new Response(null, { status: 204 })
        : answer(value ?? null, options.status ?? 200);
    } catch (error) {
      return failed(error, verb.name);
    }
  };
  return Object.assign(handle, { verb: verb.name, status: options.status ?? 200 });
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
  context: RouteContext,
  { maxBytes = MAX_BYTES, takesForm = false }: Pick<RouteOptions<unknown>, "maxBytes" | "takesForm">,
): Promise<Record<string, unknown>> {
  const query: Record<string, unknown> = {};
  const { searchParams } = new URL(request.url);
  for (const name of new Set(searchParams.keys())) {
    const values = searchParams.getAll(name);
    query[name] = values.length > 1 ? values : values[0];
  }
  const isForm = takesForm && /^multipart\/form-data\b/i.test(request.headers.get("content-type") ?? "");
  const body = isReading(request) ? {} : isForm ? await readForm(request) : await readJson(request, maxBytes);
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new AppError("invalid", "The body must be a JSON object.");
  }
  return { ...query, ...body, ...(await context.params) };
}

function isReading(request: Request): boolean {
  return request.method === "GET" || request.method === "HEAD";
}

function answer(value: unknown, status: number, headers: Record<string, string> = {}): Response {
  return Response.json(value, { status, headers: { "cache-control": "no-store", ...headers } });
}

/** Any error as an answer; for handlers that are no plain verb as well. */
export function failed(error: unknown, where: string): Response {
  const failure = toActionError(error, where);
  return answer({ error: failure }, ERROR_STATUS[failure.code], {
    ...(failure.code === "unauthenticated" && { "www-authenticate": "Bearer" }),
    ...(failure.retryAfterSeconds && { "retry-after": String(Math.ceil(failure.retryAfterSeconds)) }),
  });
}
