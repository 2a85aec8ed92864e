import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { methodNotAllowed } from "@/lib/core/action-error";
import { AppError } from "@/lib/core/errors";
import { withImplied } from "@/lib/services/openapi/allowed-methods";
import type { Admit, Incoming } from "./admission";
import { sendError, sendErrorResponse } from "./answer";
import { BodyBudget } from "./body-budget";
import { addressOf, cameByHttps, cleanHeaders, isHost, type Trust, watchForProxies } from "./guard";
import { addPageHeaders, STRICT_TRANSPORT } from "./headers";
import { type BodyBudgets, HeldBody } from "./held-body";
import type { RouteTable } from "./machine-handler";
import { MissLimit } from "./miss-limit";
import { findWrongAddress, refuseWrongAddress } from "./own-address";
import { packingOf } from "./packed-body";
import { handleReceived } from "./receiver-handler";
import { refuseForm } from "./refuse-form";
import { UPLOAD_MS } from "./upload-handler";

/** Next's own handler. */
export type Pages = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface ServerOptions extends Trust {
  isDevelopment: boolean;
  routes: RouteTable;
  /** The methods of a path that is no machine route; null for one that does not exist. Throws AppError `invalid` for a malformed path. */
  allowedMethods(path: string): readonly string[] | null;
  /** Decides about the bodies of requests that go to Next. */
  admit: Admit;
  /** Fulfilled when Next is ready; `null`: this process serves no pages. */
  pages: Promise<Pages | null>;
}

const MB = 1024 * 1024;

/**
 * The process's HTTP server: machine routes are answered here, everything else goes to Next behind the guard.
 * The limits end connections that send slowly or nothing at all; open event streams are not cut by them.
 */
export function createHttpServer(options: ServerOptions): Server {
  const budgets: BodyBudgets = { callers: new BodyBudget(32 * MB), strangers: new BodyBudget(2 * MB, true) };
  const misses = new MissLimit();
  const take = (request: IncomingMessage, response: ServerResponse) =>
    answer(request, response, options, { budgets, misses });
  const server = createServer(
    {
      headersTimeout: 10_000,
      // Of the longest upload; every other body has a shorter time of its own.
      requestTimeout: UPLOAD_MS + 30_000,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: 2_000,
      maxHeaderSize: 16 * 1024,
    },
    take,
  );
  // Asked before a body is sent: the answer may be a refusal.
  server.on("checkContinue", take);
  server.maxConnections = 10_000;
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
    const status = CLIENT_ERRORS[error.code ?? ""] ?? "400 Bad Request";
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  });
  return server;
}

const CLIENT_ERRORS: Record<string, string> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: ServerOptions,
  { budgets, misses }: { budgets: BodyBudgets; misses: MissLimit },
): void {
  const url = request.url ?? "";
  if (cameByHttps(request, options)) response.setHeader("strict-transport-security", STRICT_TRANSPORT);
  watchForProxies(request, options.trustedProxies);
  const address = addressOf(request, options.trustedProxies);
  const body = hasBody(request) ? new HeldBody(request, response, budgets) : null;
  const fault = faultOf(request);
  if (fault) {
    sendError(response, new AppError("invalid", fault), "request");
    return;
  }
  if (handleReceived({ request, response, address, body, misses })) return;
  if (packingOf(request) !== "identity") {
    sendError(response, new AppError("invalid", NOT_PACKED), "request");
    return;
  }
  const queryAt = url.indexOf("?");
  const path = queryAt < 0 ? url : url.slice(0, queryAt);
  const { method = "" } = request;
  let route: ReturnType<RouteTable["find"]>;
  let isRefused = false;
  try {
    route = options.routes.find(path);
    isRefused = !route && refuseMethod(response, method, options.allowedMethods(path));
  } catch (error) {
    sendError(response, error, "request");
    return;
  }
  if (isRefused) return;
  const forwarded = String(request.headers["x-forwarded-host"] ?? "");
  cleanHeaders(request, options);
  if (!route) addPageHeaders(request, response, options.isDevelopment);
  const wrong = findWrongAddress(request, isHost(forwarded) ? forwarded : null, options.baseUrl);
  if (wrong) {
    refuseWrongAddress(request, response, path, wrong);
    return;
  }
  if (!route) {
    toPages({ request, response, path, address, body }, options);
    return;
  }
  const { value: handlers, params } = route;
  const handler = handlers.get(method) ?? (method === "HEAD" ? handlers.get("GET") : undefined);
  if (!handler) {
    refuseMethod(response, method, withImplied([...handlers.keys()]));
    return;
  }
  const query = queryAt < 0 ? "" : url.slice(queryAt + 1);
  handler({ request, response, path, params, query, address, body });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

const NOT_PACKED = "Send the body as it is, without compression.";

/** What makes a request one that no part of Belfry answers, in a sentence; null for nothing. */
function faultOf({ url = "", headers }: IncomingMessage): string | null {
  // `GET http://elsewhere/` and `OPTIONS *` are for proxies.
  if (url.charCodeAt(0) !== 47) return "The request's target must begin with a slash.";
  // A caller that goes by an address alone may send none (RFC 9112, section 3.2).
  if (headers.host && !isHost(headers.host)) return "The header Host names no host.";
  const transfer = headers["transfer-encoding"]?.trim().toLowerCase();
  return transfer && transfer !== "chunked" ? NOT_PACKED : null;
}

/** Whatever the API is asked for at a path that it does not have, Next's answer is 404. */
const KNOWN_TO_NEXT = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/**
 * Answers for a method that a path does not have, and `OPTIONS`. Next would name methods that the path does not have, and
 * fail for methods that it does not know.
 * @returns false when the path has the method: then nothing was answered
 */
function refuseMethod(response: ServerResponse, method: string, allowed: readonly string[] | null): boolean {
  const allow = allowed ?? KNOWN_TO_NEXT;
  if (!allowed && allow.includes(method)) return false;
  if (method === "OPTIONS") response.writeHead(204, { allow: allow.join(", ") }).end();
  else if (!allow.includes(method)) sendErrorResponse(response, methodNotAllowed(method, allow));
  else return false;
  return true;
}

interface PageRequest extends Incoming {
  response: ServerResponse;
  body: HeldBody | null;
}

function toPages({ body, ...incoming }: PageRequest, options: ServerOptions): void {
  const { request, response, path } = incoming;
  const proceed = () => {
    options.pages
      .then((pages) => {
        if (pages) return pages(request, response);
        throw new AppError("not_found", "This process serves no pages; ask one with BELFRY_ROLE web.");
      })
      .catch((error) => sendError(response, error, path));
  };
  if (!body) {
    proceed();
    return;
  }
  options
    .admit(incoming)
    .then((admission) => body.receive(admission))
    .then(
      (bytes) => {
        body.handOver(bytes);
        proceed();
      },
      (error) => refuseForm(request, response, path, error),
    );
}
