import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { AppError } from "@/lib/core/errors";
import { loggerOf } from "@/lib/core/logger";
import { sendError, sendJson } from "./answer";
import { admitBody, bodyCap } from "./body";
import { addressOf, cleanHeaders, type Trust } from "./guard";
import { addPageHeaders } from "./headers";
import type { RouteTable } from "./machine-handler";

const log = loggerOf("server");

/** Next's own handler. */
export type Pages = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface FrontOptions extends Trust {
  isDevelopment: boolean;
  doors: RouteTable;
  /** Fulfilled when Next is ready; `null`: this process serves no pages. */
  pages: Promise<Pages | null>;
}

/**
 * The process's HTTP server: machine doors are answered here, all else goes to Next behind the guard.
 * The limits end connections that send slowly or nothing at all; open event streams are not cut by them.
 */
export function createHttpServer(options: FrontOptions): Server {
  const server = createServer(
    {
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      keepAliveTimeout: 5_000,
      connectionsCheckingInterval: 2_000,
      maxHeaderSize: 16 * 1024,
    },
    (request, response) => answer(request, response, options),
  );
  server.maxConnections = 10_000;
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
    const status = CLIENT_FAULTS[error.code ?? ""] ?? "400 Bad Request";
    socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
  });
  return server;
}

const CLIENT_FAULTS: Record<string, string> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
};

function answer(request: IncomingMessage, response: ServerResponse, options: FrontOptions): void {
  const url = request.url ?? "";
  // `GET http://elsewhere/` and `OPTIONS *` are for proxies.
  if (url.charCodeAt(0) !== 47) {
    sendError(response, new AppError("invalid", "The request's target must begin with a slash."));
    return;
  }
  const query = url.indexOf("?");
  const path = query < 0 ? url : url.slice(0, query);
  const doors = options.doors.get(path);
  if (!doors) {
    toPages(request, response, path, options);
    return;
  }
  const door = doors.get(request.method === "HEAD" ? "GET" : (request.method ?? ""));
  if (!door) {
    response.setHeader("allow", [...doors.keys()].join(", "));
    sendJson(response, 405, { error: { code: "invalid", message: `${request.method} is not taken here.` } });
    return;
  }
  const address = addressOf(request, options.trustedProxies);
  door({ request, response, path, query: query < 0 ? "" : url.slice(query + 1), address });
}

function toPages(request: IncomingMessage, response: ServerResponse, path: string, options: FrontOptions): void {
  cleanHeaders(request, options);
  addPageHeaders(request, response, options.isDevelopment);
  admitBody(request, response, bodyCap(path), () => {
    options.pages
      .then((pages) => {
        if (pages) return pages(request, response);
        sendError(response, new AppError("not_found", "This process serves no pages; ask one with BELFRY_ROLE web."));
      })
      .catch((error) => {
        log.error("a page failed", { path, error });
        if (!response.headersSent) sendError(response, error);
        else response.destroy();
      });
  });
}
