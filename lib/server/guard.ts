import type { IncomingMessage } from "node:http";

/** What the HTTP server believes about its callers. */
export interface Trust {
  /** The address people open; when set, every request to a page is taken to be made there. */
  baseUrl?: string;
  /** How many proxies in front are believed. */
  trustedProxies: number;
}

// Next trusts these: for the target of a redirect, the expected origin of an action, the caller's address.
const FORGEABLE = /^(x-forwarded-|forwarded$|x-real-ip$)/;
// Set by Belfry, or internal to Next: neither a caller nor a proxy sets them.
const RESERVED = /^(x-middleware-|x-invoke-|x-belfry-|x-nonce$|content-security-policy)/;

/** The caller's address: the socket's, or what the outermost believed proxy saw. None once the socket is gone. */
export function addressOf(request: IncomingMessage, trustedProxies: number): string | null {
  const forwarded = trustedProxies > 0 ? request.headers["x-forwarded-for"] : undefined;
  const hops = forwarded ? String(forwarded).split(",") : [];
  const seen = hops.at(-Math.min(trustedProxies, hops.length))?.trim() || request.socket.remoteAddress;
  return seen ? seen.replace(/^::ffff:(?=\d+\.)/i, "") : null;
}

/**
 * Makes a request's headers safe for Next: removes what a caller could have forged, and sets `x-belfry-address`
 * to the caller's address.
 */
export function cleanHeaders(request: IncomingMessage, trust: Trust): void {
  const { headers } = request;
  const address = addressOf(request, trust.trustedProxies);
  for (const name of Object.keys(headers)) {
    if (RESERVED.test(name) || (trust.trustedProxies === 0 && FORGEABLE.test(name))) delete headers[name];
  }
  if (address) headers["x-belfry-address"] = address;
  // A page cannot see its own address; a visitor who has to sign in first returns by it.
  if (request.url) headers["x-belfry-path"] = request.url;
  if (trust.baseUrl) {
    const { host, protocol } = new URL(trust.baseUrl);
    headers.host = host;
    headers["x-forwarded-host"] = host;
    headers["x-forwarded-proto"] = protocol.slice(0, -1);
  }
}
