import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as the service got it. */
export interface ServiceRequest {
  at: number;
  method: string;
  /** Path without the query. */
  path: string;
  query: URLSearchParams;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
  /** The body as JSON, when it is some; undefined otherwise. */
  json: unknown;
  /** The body as a form, when its content type says so. */
  form: URLSearchParams;
}

export interface ServiceReply {
  status: number;
  /** A string goes out as it is, anything else as JSON; left out: no body. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** What the service does with the next requests instead of taking them. */
export interface ServiceFailure extends ServiceReply {
  /** How many requests; all until `recover` when left out. */
  times?: number;
}

/** A small server that behaves as one service documents it. */
export interface Service {
  /** `http://127.0.0.1:port` */
  url: string;
  /** Every request, refused ones too, with what was answered. */
  requests: (ServiceRequest & { status: number; answer: string })[];
  failWith(failure: ServiceFailure): void;
  /** Accepts requests and never answers. */
  hang(): void;
  /** Closes the connection in the middle of a request. */
  reset(): void;
  recover(): void;
  close(): Promise<void>;
}

/** Anything that messages can be sent to, by HTTP or otherwise. */
export interface FormTarget {
  url: string;
  close(): Promise<void>;
}

/** What a test of every channel needs to know of one: how its form is filled in, and what arrived. */
export interface ServiceForForms<S extends FormTarget = Service> {
  provider: string;
  start(): Promise<S>;
  /** The form's values by field name, pointed at the running server. */
  config(url: string): Record<string, string | number | boolean | string[]>;
  /** The field that holds the secret, and its value as `config` gives it: it must never be seen again. */
  secretField: string;
  /** All texts that have arrived, oldest first. */
  texts(service: S): string[];
  /** A secret that the form takes and the service does not; the right one with its last sign changed when left out. */
  wrongSecret?: string;
  /** What the service says to it; any of its own words when left out. */
  refusal?: string;
}

/**
 * Starts a server on loopback that answers by `handle`; failing, hanging and resetting come with it.
 * @param handle pure but for what it remembers; what it throws becomes a 500 with the message
 */
export async function startService(handle: (request: ServiceRequest) => ServiceReply): Promise<Service> {
  const requests: Service["requests"] = [];
  let failure: ServiceFailure | null = null;
  let manner: "answer" | "hang" | "reset" = "answer";

  const server: Server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
    } catch {
      return;
    }
    if (manner === "hang") return;
    if (manner === "reset") {
      incoming.socket.resetAndDestroy();
      return;
    }
    const url = new URL(incoming.url ?? "/", "http://service.test");
    const body = Buffer.concat(chunks).toString();
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(incoming.headers)) headers[name] = String(value);
    const request: ServiceRequest = {
      at: Date.now(),
      method: incoming.method ?? "GET",
      path: url.pathname,
      query: url.searchParams,
      headers,
      body,
      json: jsonOf(body),
      form: new URLSearchParams(headers["content-type"]?.startsWith("application/x-www-form-urlencoded") ? body : ""),
    };
    const reply = failing() ?? answer(request);
    const isText = typeof reply.body === "string";
    const words = typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body ?? "");
    requests.push({ ...request, status: reply.status, answer: reply.body === undefined ? "" : words });
    response.writeHead(reply.status, {
      ...(reply.body === undefined
        ? {}
        : { "content-type": isText ? "text/plain; charset=utf-8" : "application/json" }),
      ...reply.headers,
    });
    response.end(reply.body === undefined ? undefined : words);
  });

  function failing(): ServiceReply | null {
    if (!failure) return null;
    const { times, ...reply } = failure;
    if (times !== undefined) failure = times > 1 ? { ...failure, times: times - 1 } : null;
    return reply;
  }
  function answer(request: ServiceRequest): ServiceReply {
    try {
      return handle(request);
    } catch (error) {
      return { status: 500, body: { error: String(error) } };
    }
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    failWith(next) {
      failure = { ...next };
    },
    hang() {
      manner = "hang";
    },
    reset() {
      manner = "reset";
    },
    recover() {
      failure = null;
      manner = "answer";
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
