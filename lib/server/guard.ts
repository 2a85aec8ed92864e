import type { IncomingMessage } from "node:http";

/** What the server in front believes about its callers. */
export interface Trust {
  /** The address people open; when set, every request to a page is taken to have been made there. */
  baseUrl?: string;
  /** How many proxies in front are believed. */
  trustedProxies: number;
}

// Next believes these as they come: where a redirect leads, whom an action's origin is compared with, whose address it is.
const FORGEABLE = /^(x-forwarded-|forwarded$|x-real-ip$)/;
// Ours to say, or Next's own inside: no caller sets them, no proxy either.
const RESERVED = /^(x-middleware-|x-invoke-|x-belfry-|x-nonce$|content-security-policy)/;

/** The caller's address: the socket's, or what the outermost believed proxy saw. None once the socket is gone. */
export function addressOf(request: IncomingMessage, trustedProxies: number): string | null {
  const forwarded = trustedProxies > 0 ? request.headers["x-forwarded-for"] : undefined;
  const hops = forwarded ? String(forwarded).split(",") : [];
  const seen = hops.at(-Math.min(trustedProxies, hops.length))?.trim() || request.socket.remoteAddress;
  return seen ? seen.replace(/^::ffff:(?=\d+\.)/i, "") : null;
}

/**
 * Makes a request's headers fit to hand to Next: what a caller could have forged is gone, and the caller's address
 * stands in `x-belfry-address`.
 */
export function cleanHeaders(request: IncomingMessage, trust: Trust): void {
  const { headers } = request;
  const address = addressOf(request, trust.trustedProxies);
  for (const name of Object.keys(headers)) {
    if (RESERVED.test(name) || (trust.trustedProxies === 0 && FORGEABLE.test(name))) delete headers[name];
  }
  if (address) headers["x-belfry-address"] = address;
  // A page cannot see its own address; who has to sign in first is led back by it.
  if (request.url) headers["x-belfry-path"] = request.url;
  if (trust.baseUrl) {
    const { host, protocol } = new URL(trust.baseUrl);
    headers.host = host;
    headers["x-forwarded-host"] = host;
    headers["x-forwarded-proto"] = protocol.slice(0, -1);
  }
}
