import { createServer, type IncomingMessage, type ServerResponse, request as startRequest } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Issued } from "./authority";

/** An HTTP proxy that can fail on command. */
export interface ProxyServer {
  port: number;
  /** What was asked of it: `CONNECT example.org:443`, `POST http://example.org/x`. */
  asked: string[];
  /** How it answers every request instead of doing its work. */
  failure: ProxyFailure | null;
  close(): Promise<void>;
}

export type ProxyFailure =
  | { status: number; headers?: Record<string, string> }
  /** Takes the request and says nothing. */
  | "hang"
  | "reset"
  /** Speaks another protocol. */
  | "noise";

export interface ProxyBehaviour {
  /** `user:password` that it asks for. */
  credentials?: string;
  /** Speaks TLS to its clients. */
  tls?: Issued;
  /** Every name leads to this machine; a name in here leads nowhere, which is a 502. */
  unknownNames?: string[];
  /** Adds Via to what it passes on, as RFC 9110 asks; true by default. */
  addsVia?: boolean;
}

/**
 * A forward proxy: tunnels by CONNECT, requests in absolute form, Basic authentication (RFC 9110, sections 9.3.6, 7.6.3 and
 * 11.7; RFC 9112, section 3.2.2). All targets are on this machine.
 */
export async function startProxyServer(settings: ProxyBehaviour = {}): Promise<ProxyServer> {
  const { credentials, tls, unknownNames = [], addsVia = true } = settings;
  const sockets = new Set<Socket>();
  const state: { asked: string[]; failure: ProxyFailure | null } = { asked: [], failure: null };

  /** True when the request was dealt with already. */
  function isRefused(
    request: IncomingMessage,
    answer: (status: number, headers?: Record<string, string>) => void,
  ): boolean {
    state.asked.push(`${request.method} ${request.url}`);
    const { failure } = state;
    if (failure === "hang") return true;
    if (failure === "reset") request.socket.destroy();
    else if (failure === "noise") request.socket.end("220 mail.example ESMTP\r\n");
    else if (failure) answer(failure.status, failure.headers);
    else if (credentials && request.headers["proxy-authorization"] !== `Basic ${btoa(credentials)}`)
      answer(407, { "proxy-authenticate": 'Basic realm="proxy"' });
    else return false;
    return true;
  }

  function pass(request: IncomingMessage, response: ServerResponse): void {
    if (isRefused(request, (status, headers) => response.writeHead(status, headers).end("words of the proxy"))) return;
    const url = new URL(request.url ?? "");
    if (unknownNames.includes(url.hostname)) {
      response.writeHead(502).end();
      return;
    }
    const { "proxy-authorization": _, ...headers } = request.headers;
    const onward = startRequest(
      { host: "127.0.0.1", port: url.port || 80, method: request.method, path: url.pathname + url.search, headers },
      (answer) => {
        const via = addsVia ? { via: "1.1 proxy" } : {};
        response.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...via });
        answer.pipe(response);
      },
    );
    onward.on("error", () => response.writeHead(502).end());
    request.pipe(onward);
  }

  function tunnel(request: IncomingMessage, client: Socket, head: Buffer): void {
    client.on("error", () => undefined);
    const answer = (status: number, headers: Record<string, string> = {}) => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      client.end(`HTTP/1.1 ${status} Answer\r\n${lines.join("")}content-length: 0\r\n\r\n`);
    };
    if (isRefused(request, answer)) return;
    const [, name = "", port] = /^\[?(.*?)\]?:(\d+)$/.exec(request.url ?? "") ?? [];
    if (unknownNames.includes(name)) {
      answer(502);
      return;
    }
    const onward = connect(Number(port), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.write(head);
      onward.pipe(client).pipe(onward);
    });
    sockets.add(onward);
    onward.on("error", () => (onward.connecting ? answer(502) : client.destroy()));
    client.on("close", () => onward.destroy());
  }

  const server = tls ? createSecureServer(tls, pass) : createServer(pass);
  server.on("connect", tunnel);
  server.on("connection", (socket: Socket) => sockets.add(socket));
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return Object.assign(state, {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((done) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => done());
      }),
  });
}
