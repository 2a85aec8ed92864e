import { isIP } from "node:net";
import { Agent, type Dispatcher } from "undici";
import { decodePart } from "./decode-part";
import { EGRESS_REFUSED, type Egress, guardedLookup, refusalOf } from "./egress";

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
}

/** Every way a request may end: with an answer, or without one. */
export type HttpAnswer =
  | {
      kind: "answer";
      status: number;
      /** Names in lower case; repeated ones joined by a comma. */
      headers: Record<string, string>;
      /** At most 64 kB. */
      body: string;
    }
  | {
      kind: "failed";
      reason: string;
      /** Belfry itself refused to send: another attempt is pointless. */
      isRefused: boolean;
      /** `ECONNREFUSED`, `ENOTFOUND`, `TIMEOUT` … */
      code?: string;
    };

export interface Http extends HttpIo {
  /** Closes all connections. */
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
const BODY_LIMIT = 64 * 1024;

/**
 * HTTP with a pool of kept-alive connections per origin. Redirects are not followed. Addresses are checked when
 * connecting, after name resolution, so that a name cannot change its address in between.
 */
export function createHttp(options: { egress: Egress; userAgent: string }): Http {
  const { egress, userAgent } = options;
  const agentOptions = {
    connections: 64,
    // The exchange has its own timer; these only must not be shorter.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: CONNECT_TIMEOUT_MS, lookup: guardedLookup(egress) },
  };
  const pooled = new Agent({ ...agentOptions, pipelining: 1 });
  // Zero opens a connection per request.
  let unpooled: Agent | undefined;
  const connects = new Map<string, number>();
  pooled.on("connect", ({ origin }) => connects.set(origin, (connects.get(origin) ?? 0) + 1));
  const targetOf = rememberTargets(egress);

  return {
    async request(input) {
      const target = targetOf(input.url);
      if ("refusal" in target) return { kind: "failed", reason: target.refusal, isRefused: true };
      const { origin, path, host } = target;
      const headers: Record<string, string> = { "user-agent": userAgent, ...target.headers, ...input.headers };
      const request = { origin, path, method: input.method, headers, body: input.body ?? null };
      return new Promise((resolve) => {
        const exchange = new Exchange({
          host,
          timeoutMs: input.timeoutMs ?? REQUEST_TIMEOUT_MS,
          resolve,
          connectCount: () => connects.get(origin) ?? 0,
          repeat: () => {
            unpooled ??= new Agent({ ...agentOptions, pipelining: 0 });
            dispatch(unpooled, request, exchange);
          },
        });
        dispatch(pooled, request, exchange);
      });
    },
    async close() {
      await Promise.all([pooled.destroy(), unpooled?.destroy()]);
    },
  };
}

function dispatch(agent: Agent, request: Dispatcher.DispatchOptions, exchange: Exchange): void {
  try {
    agent.dispatch(request, exchange);
  } catch (error) {
    exchange.onResponseError(null, error instanceof Error ? error : new Error(String(error)));
  }
}

interface Target {
  origin: string;
  path: string;
  host: string;
  headers: Record<string, string>;
}

/** Channels post to the same few addresses: each is parsed and checked once. */
function rememberTargets(egress: Egress): (url: string) => Target | { refusal: string } {
  const known = new Map<string, Target | { refusal: string }>();
  return (url) => {
    let target = known.get(url);
    if (!target) {
      target = parseTarget(url, egress);
      if (known.size >= 256) known.clear();
      known.set(url, target);
    }
    return target;
  };
}

function parseTarget(text: string, egress: Egress): Target | { refusal: string } {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || (url.protocol !== "http:" && url.protocol !== "https:")) {
    return { refusal: "The address is not an http or https URL." };
  }
  const literal = url.hostname.replace(/^\[|\]$/g, "");
  const refusal = isIP(literal) ? refusalOf(literal, egress) : null;
  if (refusal) return { refusal };
  const headers: Record<string, string> = {};
  if (url.username || url.password) {
    const pair = `${decodePart(url.username)}:${decodePart(url.password)}`;
    headers.authorization = `Basic ${Buffer.from(pair).toString("base64")}`;
  }
  return { origin: url.origin, path: url.pathname + url.search, host: url.host, headers };
}

interface ExchangeOptions {
  host: string;
  timeoutMs: number;
  resolve: (answer: HttpAnswer) => void;
  /** Connections to the origin that were opened so far. */
  connectCount: () => number;
  /** Sends the request again on a new connection. */
  repeat: () => void;
}

/** Codes of a connection that ended without an answer. */
const CLOSED = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE"]);

/**
 * One request in flight, as undici's own handler: no stream, no abort signal, since thousands of these run each second.
 *
 * A server may close an idle connection at the moment when a request goes out on it. Such a request, on a reused
 * connection and without any answer, is sent once more on a new connection. The caller would send it again anyway, as
 * after every failure without an answer, so this adds no risk of a duplicate.
 */
class Exchange implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | null = null;
  private readonly timer: NodeJS.Timeout;
  private readonly connectsBefore: number;
  private canRepeat = false;
  private isRepeated = false;
  private status = 0;
  private headers: Record<string, string> = {};
  private chunks: Buffer[] = [];
  private size = 0;
  private isOver = false;

  constructor(private readonly options: ExchangeOptions) {
    this.connectsBefore = options.connectCount();
    this.timer = setTimeout(() => this.giveUp(), options.timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    // No new connection since the dispatch: this request uses one from before.
    this.canRepeat = !this.isRepeated && this.options.connectCount() === this.connectsBefore;
    if (this.isOver) controller.abort(new Error("given up"));
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.canRepeat = false;
    if (status < 200) return;
    this.status = status;
    for (const name in headers) {
      const value = headers[name];
      if (value !== undefined) this.headers[name] = typeof value === "string" ? value : value.join(", ");
    }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.chunks.push(chunk);
    this.size += chunk.length;
    if (this.size < BODY_LIMIT) return;
    this.answer();
    controller.abort(new Error("enough was read"));
  }

  onResponseEnd(): void {
    this.answer();
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: Error): void {
    if (this.canRepeat && !this.isOver && CLOSED.has(codeOf(error))) {
      this.canRepeat = false;
      this.isRepeated = true;
      this.options.repeat();
      return;
    }
    this.settle(failedAnswer(error, this.options.host));
  }

  private answer(): void {
    const only = this.chunks.length === 1 ? this.chunks[0] : undefined;
    const bytes = only ?? Buffer.concat(this.chunks);
    const body = bytes.length > BODY_LIMIT ? bytes.subarray(0, BODY_LIMIT).toString() : bytes.toString();
    this.settle({ kind: "answer", status: this.status, headers: this.headers, body });
  }

  private giveUp(): void {
    const { host, timeoutMs } = this.options;
    this.settle({
      kind: "failed",
      reason: `No answer from ${host} within ${timeoutMs / 1000} s.`,
      isRefused: false,
      code: "TIMEOUT",
    });
    this.controller?.abort(new Error("given up"));
  }

  private settle(answer: HttpAnswer): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    this.options.resolve(answer);
  }
}

const SENTENCES: Record<string, (host: string) => string> = {
  ECONNREFUSED: (host) => `${host} refuses the connection: nothing listens there.`,
  ECONNRESET: (host) => `${host} closed the connection without an answer.`,
  UND_ERR_SOCKET: (host) => `${host} closed the connection without an answer.`,
  EPIPE: (host) => `${host} closed the connection without an answer.`,
  ENOTFOUND: (host) => `The name ${host} cannot be resolved.`,
  EAI_AGAIN: (host) => `The name ${host} cannot be resolved at the moment.`,
  ETIMEDOUT: (host) => `${host} cannot be reached: the connection timed out.`,
  UND_ERR_CONNECT_TIMEOUT: (host) => `${host} cannot be reached: no connection within ${CONNECT_TIMEOUT_MS / 1000} s.`,
  EHOSTUNREACH: (host) => `${host} cannot be reached: no route to it.`,
  ENETUNREACH: (host) => `${host} cannot be reached: no route to its network.`,
};

function failedAnswer(error: Error, host: string): HttpAnswer {
  const code = codeOf(error);
  if (code === EGRESS_REFUSED) return { kind: "failed", reason: error.message, isRefused: true, code };
  if (code === "UND_ERR_INVALID_ARG") {
    return { kind: "failed", reason: `The request cannot be made: ${error.message}.`, isRefused: true, code };
  }
  const sentence = SENTENCES[code]?.(host) ?? `The request to ${host} failed: ${error.message}.`;
  return { kind: "failed", reason: sentence, isRefused: false, ...(code ? { code } : {}) };
}

/** Node joins the errors of several addresses in one error without a code. */
function codeOf(error: Error): string {
  if ("code" in error && typeof error.code === "string") return error.code;
  if ("errors" in error && Array.isArray(error.errors) && error.errors[0] instanceof Error)
    return codeOf(error.errors[0]);
  return error.cause instanceof Error ? codeOf(error.cause) : "";
}
