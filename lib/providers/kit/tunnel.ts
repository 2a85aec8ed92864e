import { STATUS_CODES, request as startRequest } from "node:http";
import { isIP, type Socket } from "node:net";
import { connect as startTls } from "node:tls";
import { connectToHost, type ResolveName, withoutBrackets } from "./connect";
import { explainFailure } from "./connection-failure";
import type { OutboundProxy } from "./proxy";
import type { TlsTrust } from "./trust";

/** The code of a failure of the proxy, or on the way to it; the message is a sentence about the proxy. */
export const PROXY_FAILED = "BELFRY_PROXY_FAILED";

/** An error of the proxy, with what to do. */
export interface ProxyError extends Error {
  code: typeof PROXY_FAILED;
  advice?: string | undefined;
}

export interface ProxyLine {
  proxy: OutboundProxy;
  trust: TlsTrust;
  /** For each step (connection, TLS, answer), milliseconds. */
  timeoutMs: number;
  userAgent: string;
  resolve?: ResolveName | undefined;
}

/** Connects to the proxy, with TLS where its address says https. @throws ProxyError */
export async function openProxy({ proxy, trust, timeoutMs, resolve }: ProxyLine): Promise<Socket> {
  try {
    // The operator chose the proxy: no rule about addresses applies to it.
    const socket = await connectToHost({ host: proxy.hostname, port: proxy.port, egress: null, timeoutMs, resolve });
    if (!proxy.isTls) return socket;
    return await secured(socket, proxy, trust, timeoutMs);
  } catch (error) {
    const { reason, advice } = explainFailure(error as Error, `The proxy ${proxy.name}`, {
      timeoutMs,
      hint: `${proxy.variable} names this proxy.`,
    });
    throw proxyError(reason, advice);
  }
}

function secured(socket: Socket, proxy: OutboundProxy, trust: TlsTrust, timeoutMs: number): Promise<Socket> {
  const host = withoutBrackets(proxy.hostname);
  return new Promise((resolve, reject) => {
    const secure = startTls({
      socket,
      host,
      ...(isIP(host) ? {} : { servername: host }),
      secureContext: trust.contextOf(),
    });
    const timer = setTimeout(
      () => secure.destroy(Object.assign(new Error("timed out"), { code: "ETIMEDOUT" })),
      timeoutMs,
    );
    secure.once("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    secure.once("secureConnect", () => {
      clearTimeout(timer);
      resolve(secure.removeAllListeners("error"));
    });
  });
}

/**
 * Opens a tunnel through the proxy with CONNECT (RFC 9110, section 9.3.6): whatever comes through it is the target's.
 * @param target `example.org:443`
 * @throws ProxyError with the proxy's answer in words
 */
export async function openTunnel(line: ProxyLine, target: string): Promise<Socket> {
  const socket = await openProxy(line);
  const { proxy, timeoutMs, userAgent } = line;
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => {
      clearTimeout(timer);
      socket.on("error", () => undefined).destroy();
      reject(error);
    };
    const timer = setTimeout(
      () =>
        fail(
          proxyError(`The proxy ${proxy.name} did not open a connection to ${target} within ${timeoutMs / 1000} s.`),
        ),
      timeoutMs,
    );
    const headers = {
      host: target,
      "user-agent": userAgent,
      ...(proxy.authorization ? { "proxy-authorization": proxy.authorization } : {}),
    };
    const request = startRequest({ method: "CONNECT", path: target, headers, createConnection: () => socket });
    request.once("error", (error: NodeJS.ErrnoException) => {
      const how = error.code?.startsWith("HPE_")
        ? "did not answer as a proxy does"
        : "closed the connection without an answer";
      fail(proxyError(`The proxy ${proxy.name} ${how}.`, `Check ${proxy.variable}: its address, and http or https.`));
    });
    request.once("connect", ({ statusCode = 0, headers: said }, _, head) => {
      if (statusCode < 200 || statusCode > 299) {
        fail(refusedByProxy(proxy, target, statusCode, said["x-squid-error"]));
        return;
      }
      clearTimeout(timer);
      request.removeAllListeners();
      if (head.length > 0) socket.unshift(head);
      resolve(socket);
    });
    request.end();
  });
}

/**
 * What a proxy's own answer means.
 * @param cause the proxy's own word for it, such as squid's `ERR_DNS_FAIL 0`
 */
export function refusedByProxy(
  proxy: OutboundProxy,
  target: string,
  status: number,
  cause?: string | string[],
): ProxyError {
  const name = STATUS_CODES[status];
  const word = typeof cause === "string" ? `, ${cause.replace(/[^\w .-]/g, "").slice(0, 60)}` : "";
  const answer = `(${name ? `${status} ${name}` : status}${word})`;
  if (status === 407 || status === 401) {
    const advice = proxy.authorization
      ? `Correct the user and password in ${proxy.variable}.`
      : `Put them into ${proxy.variable}: http://user:password@${proxy.name}`;
    return proxyError(`The proxy ${proxy.name} asks for a user and password that it accepts ${answer}.`, advice);
  }
  if (status === 403 || status === 405) {
    const advice = `Allow ${target} in the proxy, or name the host in NO_PROXY if it can be reached directly.`;
    return proxyError(`The proxy ${proxy.name} does not allow connections to ${target} ${answer}.`, advice);
  }
  if (status >= 500) {
    const advice = "The proxy resolves names and connects by itself: check from there, and see its log.";
    return proxyError(`The proxy ${proxy.name} could not reach ${target} ${answer}.`, advice);
  }
  return proxyError(
    `The proxy ${proxy.name} opened no connection to ${target} ${answer}.`,
    `Check that ${proxy.variable} names a proxy, and not another server.`,
  );
}

function proxyError(message: string, advice?: string): ProxyError {
  return Object.assign(new Error(message), { code: PROXY_FAILED, ...(advice ? { advice } : {}) } as const);
}
