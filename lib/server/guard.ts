import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { callerBehind, isTrustedPeer, readIpAddress, type TrustedProxies } from "@/lib/core/client-address";
import { sharedState } from "@/lib/core/runtime";
import { noteUntrustedProxy } from "@/lib/core/untrusted-proxy";

/** What the HTTP server believes about its callers. */
export interface Trust {
  /** The address people open; when set, every request to a page is taken to be made there. */
  baseUrl?: string;
  /** Which callers are proxies whose forwarding headers are believed. */
  trustedProxies: TrustedProxies;
}

// Next trusts these: for the target of a redirect, the expected origin of an action, the caller's address.
const FORGEABLE = /^(x-forwarded-|forwarded$|x-real-ip$)/;
// Set by Belfry, or internal to Next: neither a caller nor a proxy sets them.
const RESERVED = /^(x-middleware-|x-invoke-|x-belfry-|x-nonce$|content-security-policy)/;
/** Names, addresses and ports (RFC 3986, section 3.2.2), without the signs that mean something elsewhere. */
const HOST = /^([\w.~-]{1,253}|\[[\da-f:.]{2,45}\])(:\d{1,5})?$/i;

/** Sent along to Next alone, which copies a request's headers when it asks this server itself for where an action leads. */
const OWN = "x-belfry-own";
const ownMark = () => sharedState("http.own-mark", () => randomBytes(16).toString("hex"));

/** True for a request that Next made for another one: its headers are those that the other had when it was cleaned. */
function isOwn(headers: IncomingHttpHeaders): boolean {
  return headers[OWN] === ownMark();
}

/** The caller's address: the socket's, or what the outermost believed proxy saw. None once the socket is gone. */
export function addressOf({ headers, socket }: IncomingMessage, trusted: TrustedProxies): string | null {
  if (isOwn(headers)) return readIpAddress(textOf(headers["x-belfry-address"]));
  const peer = readIpAddress(socket.remoteAddress);
  return peer && callerBehind(peer, textOf(headers["x-forwarded-for"]), trusted);
}

/** True for what can be a host, with or without a port. */
export function isHost(text: string): boolean {
  return HOST.test(text);
}

/** True when the caller's browser is known to have come by https, as a believed proxy says. Call it before `cleanHeaders`. */
export function cameByHttps({ headers, socket }: IncomingMessage, { baseUrl, trustedProxies }: Trust): boolean {
  if (!baseUrl?.startsWith("https:") || !isTrustedPeer(readIpAddress(socket.remoteAddress), trustedProxies))
    return false;
  return nearest(headers["x-forwarded-proto"])?.toLowerCase() !== "http";
}

/** Notes a peer that writes forwarding headers without being believed: most likely a proxy that Belfry does not know of. */
export function watchForProxies({ headers, socket }: IncomingMessage, trusted: TrustedProxies): void {
  const names = Object.keys(headers).filter((name) => FORGEABLE.test(name));
  if (names.length === 0 || isOwn(headers)) return;
  const peer = readIpAddress(socket.remoteAddress);
  if (peer && !isTrustedPeer(peer, trusted)) noteUntrustedProxy(peer);
}

/**
 * Makes a request's headers safe for Next: removes what a caller could have forged, keeps of a believed proxy what is
 * well-formed, and sets `x-belfry-address` to the caller's address.
 */
export function cleanHeaders(request: IncomingMessage, trust: Trust): void {
  const { headers } = request;
  const address = addressOf(request, trust.trustedProxies);
  const isBelieved = isTrustedPeer(readIpAddress(request.socket.remoteAddress), trust.trustedProxies);
  const host = nearest(headers["x-forwarded-host"]);
  const protocol = nearest(headers["x-forwarded-proto"])?.toLowerCase();
  for (const name of Object.keys(headers)) if (RESERVED.test(name) || FORGEABLE.test(name)) delete headers[name];
  if (isBelieved && host && isHost(host)) headers["x-forwarded-host"] = host;
  if (isBelieved && (protocol === "http" || protocol === "https")) headers["x-forwarded-proto"] = protocol;
  if (address) headers["x-belfry-address"] = address;
  headers[OWN] = ownMark();
  // A page cannot see its own address; a visitor who has to sign in first returns by it.
  if (request.url) headers["x-belfry-path"] = request.url;
  if (trust.baseUrl) {
    const { host, protocol } = new URL(trust.baseUrl);
    headers.host = host;
    headers["x-forwarded-host"] = host;
    headers["x-forwarded-proto"] = protocol.slice(0, -1);
  }
}

/** What the nearest proxy wrote; what stands before it came from its caller. */
function nearest(header: string | string[] | undefined): string | undefined {
  return textOf(header)?.split(",").at(-1)?.trim();
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(",") : header;
}
