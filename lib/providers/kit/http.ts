import { isIP } from "node:net";
import { judgeBeyondProxy, withoutProxyAnswers } from "./beyond-proxy";
import { type ResolveName, resolveBySystem, withoutBrackets } from "./connect";
import { explainFailure, failureCode } from "./connection-failure";
import { decodePart } from "./decode-part";
import { EGRESS_REFUSED, type Egress, refusalOf } from "./egress";
import type { HttpAnswer } from "./http-answer";
import type { LineExchange, LineRequest } from "./http-line";
import { type HttpLines, openLines } from "./http-lines";
import { type ChooseProxy, chooseProxy, type OutboundProxy, type ProxySettings } from "./proxy";
import type { FailureContext } from "./tls-failure";
import type { ClientTls } from "./trust";
import { PROXY_FAILED } from "./tunnel";

export type { HttpAnswer } from "./http-answer";

/** The only way for providers to send HTTP requests. It never throws: every end of a request is an answer. */
export interface HttpIo {
  request(input: HttpRequest): Promise<HttpAnswer>;
}

export interface HttpRequest {
  /** http or https; a user and password in it become Basic authentication. */
  url: string;
  method: string;
  headers?: Record<string, string>;
  body?: string;
  /** For the whole request, milliseconds; 10 s by default. */
  timeoutMs?: number;
  /** The channel's certificates. Given, even empty: its form has fields for them. */
  tls?: ClientTls | undefined;
}

export interface Http extends HttpIo {
  /** Closes all connections. */
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;

export interface HttpOptions {
  egress: Egress;
  userAgent: string;
  proxies?: ProxySettings | undefined;
  /** PEM certificates of authorities that are trusted besides the usual ones. */
  authorities?: readonly string[] | undefined;
  /** The system's resolver by default. */
  resolve?: ResolveName | undefined;
  /** For each step of connecting, milliseconds; 5 s by default. */
  connectMs?: number | undefined;
}

/**
 * HTTP with pools of kept-alive connections per origin. Redirects are not followed. Addresses are checked when
 * connecting, after name resolution, so that a name cannot change its address in between. Where a proxy leads to the
 * target, https goes through a tunnel (CONNECT) and http as a request in absolute form (RFC 9112, section 3.2.2).
 */
export function createHttp(options: HttpOptions): Http {
  const { egress, userAgent, resolve = resolveBySystem, connectMs: timeoutMs = CONNECT_TIMEOUT_MS } = options;
  const proxyOf = chooseProxy(options.proxies);
  const lines = openLines({ egress, userAgent, proxyOf, authorities: options.authorities, resolve, timeoutMs });
  const targetOf = rememberTargets(egress, proxyOf);
  const judge = judgeBeyondProxy(egress, resolve);

  return {
    async request(input) {
      const target = targetOf(input.url);
      if ("refusal" in target) return { kind: "failed", reason: target.refusal, isRefused: true };
      const { proxy } = target;
      const refusal = proxy ? await judge(target.hostname) : null;
      if (refusal) return { kind: "failed", reason: refusal, isRefused: true, code: EGRESS_REFUSED };
      const context: FailureContext = {
        timeoutMs,
        hasCertificateFields: input.tls !== undefined,
        scheme: target.isPlain ? "http" : "https",
      };
      const headers: Record<string, string> = { "user-agent": userAgent, ...target.headers, ...input.headers };
      return new Promise((settle) => {
        const parts = {
          from: proxy ? `${target.host}, through the proxy ${proxy.name},` : target.host,
          timeoutMs: input.timeoutMs ?? REQUEST_TIMEOUT_MS,
          resolve: settle,
          explain: (error: Error) => failedAnswer(error, target.host, context),
        };
        const { origin, path } = target;
        const request = { origin, path, method: input.method, headers, body: input.body ?? null };
        if (proxy && target.isPlain) forward(lines, request, target.host, proxy, parts);
        else
          try {
            lines.straight(input.tls).send(request, parts);
          } catch (error) {
            // Certificates that cannot be read: another attempt changes nothing.
            settle({ ...failedAnswer(error as Error, target.host, context), isRefused: true });
          }
      });
    },
    close: () => lines.close(),
  };
}

function forward(
  lines: HttpLines,
  request: LineRequest & { headers: Record<string, string> },
  host: string,
  proxy: OutboundProxy,
  parts: LineExchange,
): void {
  const { authorization } = proxy;
  const headers = { ...request.headers, host, ...(authorization ? { "proxy-authorization": authorization } : {}) };
  lines.forwarding(proxy).send(
    { ...request, headers, origin: proxy.origin, path: request.origin + request.path },
    {
      ...parts,
      explain: (error) => failedAnswer(error, `The proxy ${proxy.name}`, { timeoutMs: parts.timeoutMs }),
      judge: (answer) => withoutProxyAnswers(answer, proxy, host),
    },
  );
}

interface Target {
  origin: string;
  path: string;
  /** With its port. */
  host: string;
  /** Without brackets. */
  hostname: string;
  isPlain: boolean;
  proxy: OutboundProxy | null;
  headers: Record<string, string>;
}

/** Channels post to the same few addresses: each is parsed and checked once. */
function rememberTargets(egress: Egress, proxyOf: ChooseProxy): (url: string) => Target | { refusal: string } {
  const known = new Map<string, Target | { refusal: string }>();
  return (url) => {
    let target = known.get(url);
    if (!target) {
      target = parseTarget(url, egress, proxyOf);
      if (known.size >= 256) known.clear();
      known.set(url, target);
    }
    return target;
  };
}

function parseTarget(text: string, egress: Egress, proxyOf: ChooseProxy): Target | { refusal: string } {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) {
    return { refusal: "The address is not an http or https URL." };
  }
  const hostname = withoutBrackets(url.hostname);
  const refusal = isIP(hostname) ? refusalOf(hostname, egress) : null;
  if (refusal) return { refusal };
  const headers: Record<string, string> = {};
  if (url.username || url.password) {
    const pair = `${decodePart(url.username)}:${decodePart(url.password)}`;
    headers.authorization = `Basic ${Buffer.from(pair).toString("base64")}`;
  }
  return {
    origin: url.origin,
    path: url.pathname + url.search,
    host: url.host,
    hostname,
    isPlain: url.protocol === "http:",
    proxy: proxyOf(url),
    headers,
  };
}

function failedAnswer(error: Error, where: string, context: FailureContext): HttpAnswer & { kind: "failed" } {
  const code = failureCode(error);
  if (code === "UND_ERR_INVALID_ARG") {
    return { kind: "failed", reason: `The request cannot be made: ${error.message}.`, isRefused: true, code };
  }
  if (code === PROXY_FAILED) {
    const { advice } = error as { advice?: string };
    return { kind: "failed", reason: error.message, isRefused: false, code, ...(advice ? { advice } : {}) };
  }
  const { reason, advice } = explainFailure(error, where, context);
  return {
    kind: "failed",
    reason,
    isRefused: code === EGRESS_REFUSED,
    ...(code ? { code } : {}),
    ...(advice ? { advice } : {}),
  };
}
