import { isIP } from "node:net";
import { Agent, type Dispatcher } from "undici";
import { EGRESS_REFUSED, type Egress, guardedLookup, refusalOf } from "./egress";

/** The only way in which providers speak HTTP. It never throws: every end of a request is an answer. */
export interface HttpIo {
  request(input: HttpRequest): Promise<HttpAnswer>;
}

export interface HttpRequest {
  /** http or https; a user and password in it become Basic authentication. */
  url: string;
  method: string;
  headers?: Record<string, string>;
  body?: string;
  /** For the whole request, milliseconds; 10 s when left out. */
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
      /** Belfry itself refused to send: trying again is pointless. */
      isRefused: boolean;
      /** `ECONNREFUSED`, `ENOTFOUND`, `TIMEOUT` … */
      code?: string;
    };

export interface Http extends HttpIo {
  /** Ends idle connections at once and waits for the others. */
  close(): Promise<void>;
}

const CONNECT_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 10_000;
const BODY_LIMIT = 64 * 1024;

/**
 * HTTP with a pool of kept-alive connections per origin. Redirects are not followed. Addresses are checked when
 * connecting, after name resolution, so a name that changes its address in between gains nothing.
 */
export function createHttp(options: { egress: Egress; userAgent: string }): Http {
  const { egress, userAgent } = options;
  const agent = new Agent({
    connections: 64,
    pipelining: 1,
    // The request's own timer rules: these only must not be shorter.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: { timeout: CONNECT_TIMEOUT_MS, lookup: guardedLookup(egress) },
  });
  const targetOf = rememberTargets(egress);

  return {
    async request(input) {
      const target = targetOf(input.url);
      if ("refusal" in target) return { kind: "failed", reason: target.refusal, isRefused: true };
      const headers: Record<string, string> = { "user-agent": userAgent, ...target.headers, ...input.headers };
      const timeoutMs = input.timeoutMs ?? REQUEST_TIMEOUT_MS;
      return new Promise((resolve) => {
        const exchange = new Exchange(target.host, timeoutMs, resolve);
        try {
          agent.dispatch(
            { origin: target.origin, path: target.path, method: input.method, headers, body: input.body ?? null },
            exchange,
          );
        } catch (error) {
          exchange.onResponseError(null, error instanceof Error ? error : new Error(String(error)));
        }
      });
    },
    close: () => agent.destroy(),
  };
}

interface Target {
  origin: string;
  path: string;
  host: string;
  headers: Record<string, string>;
}

/** Channels post to the same few addresses all day: parse and check each once. */
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
    const pair = `${decoded(url.username)}:${decoded(url.password)}`;
    headers.authorization = `Basic ${Buffer.from(pair).toString("base64")}`;
  }
  return { origin: url.origin, path: url.pathname + url.search, host: url.host, headers };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** One request under way, as undici's own handler: no stream, no abort signal, since thousands of these run each second. */
class Exchange implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | null = null;
  private readonly timer: NodeJS.Timeout;
  private status = 0;
  private headers: Record<string, string> = {};
  private chunks: Buffer[] = [];
  private size = 0;
  private isOver = false;

  constructor(
    private readonly host: string,
    private readonly timeoutMs: number,
    private readonly resolve: (answer: HttpAnswer) => void,
  ) {
    this.timer = setTimeout(() => this.giveUp(), timeoutMs);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.isOver) controller.abort(new Error("given up"));
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
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
    this.settle(toActionError(error, this.host));
  }

  private answer(): void {
    const only = this.chunks.length === 1 ? this.chunks[0] : undefined;
    const bytes = only ?? Buffer.concat(this.chunks);
    const body = bytes.length > BODY_LIMIT ? bytes.subarray(0, BODY_LIMIT).toString() : bytes.toString();
    this.settle({ kind: "answer", status: this.status, headers: this.headers, body });
  }

  private giveUp(): void {
    const seconds = this.timeoutMs / 1000;
    this.settle({
      kind: "failed",
      reason: `No answer from ${this.host} within ${seconds} s.`,
      isRefused: false,
      code: "TIMEOUT",
    });
    this.controller?.abort(new Error("given up"));
  }

  private settle(answer: HttpAnswer): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    this.resolve(answer);
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

function toActionError(error: Error, host: string): HttpAnswer {
  const code = codeOf(error);
  if (code === EGRESS_REFUSED) return { kind: "failed", reason: error.message, isRefused: true, code };
  if (code === "UND_ERR_INVALID_ARG") {
    return { kind: "failed", reason: `The request cannot be made: ${error.message}.`, isRefused: true, code };
  }
  const sentence = SENTENCES[code]?.(host) ?? `${host} could not be asked: ${error.message}.`;
  return { kind: "failed", reason: sentence, isRefused: false, ...(code ? { code } : {}) };
}

/** Node joins the failures of several addresses in one error without a code of its own. */
function codeOf(error: Error): string {
  if ("code" in error && typeof error.code === "string") return error.code;
  if ("errors" in error && Array.isArray(error.errors) && error.errors[0] instanceof Error)
    return codeOf(error.errors[0]);
  return error.cause instanceof Error ? codeOf(error.cause) : "";
}
