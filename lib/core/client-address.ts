import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** Longest text that can be an address with brackets, zone and port. */
const MAX_CHARACTERS = 100;

/**
 * Reads one caller's address as sockets and proxies write it: with or without port, brackets, quotes and zone
 * (RFC 7239 section 6, RFC 6874), IPv4 also inside IPv6.
 * @returns the one form that is stored, compared and shown: `192.0.2.7`, `2001:db8::7`; null for any other text
 */
export function readIpAddress(text: string | null | undefined): string | null {
  if (!text || text.length > MAX_CHARACTERS) return null;
  const bare = text.trim().replace(/^"(.*)"$/, "$1");
  const [, inBrackets, beforePort] = /^\[([^\]]*)\](?::\d{1,5})?$|^([\d.]+):\d{1,5}$/.exec(bare) ?? [];
  const address = (inBrackets ?? beforePort ?? bare).replace(/%[\w.~-]{1,40}$/, "");
  // ipaddr.js also takes `0x7f.1` and the like, which others read otherwise.
  if (isIP(address) === 0) return null;
  const parsed = ipaddr.process(address);
  return parsed instanceof ipaddr.IPv6 && parsed.range() === "rfc6052"
    ? ipaddr.fromByteArray(parsed.toByteArray().slice(12)).toString()
    : parsed.toString();
}

/**
 * What counts as one caller: an IPv4 address, or the IPv6 network of 64 bits that one connection usually gets, in which
 * everyone can take any address.
 * @param address as `readIpAddress` returns it
 */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const bytes = ipaddr.parse(address).toByteArray();
  return `${ipaddr.fromByteArray([...bytes.slice(0, 8), ...Array<number>(8).fill(0)]).toString()}/64`;
}

/** True for addresses that no stranger on the internet calls from: this machine, private and link-local networks. */
export function isLocalAddress(address: string): boolean {
  return ["loopback", "private", "uniqueLocal", "linkLocal", "carrierGradeNat"].includes(
    ipaddr.process(address).range(),
  );
}

/** Which callers are proxies whose forwarding headers are believed: so many in front, or those in these networks (CIDR). */
export type TrustedProxies = number | readonly string[];

/** Reads `10.0.0.0/8` or one address. @returns the network in CIDR form; null for any other text */
export function readNetwork(text: string): string | null {
  const [, base = "", bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  if (isIP(base) === 0) return null;
  const parsed = ipaddr.parse(base);
  const length = bits === undefined ? parsed.toByteArray().length * 8 : Number(bits);
  return length <= parsed.toByteArray().length * 8 ? `${parsed.toString()}/${length}` : null;
}

/**
 * The address of the caller behind believed proxies: the right-most one that none of them has, so that nothing a caller
 * wrote counts. What a proxy wrote that is no address ends the search at the proxy.
 * @param peer the socket's address, as `readIpAddress` returns it
 * @param forwardedFor the header X-Forwarded-For; each proxy adds the address it was called from at the end
 */
export function callerBehind(peer: string, forwardedFor: string | undefined, trusted: TrustedProxies): string {
  const entries = forwardedFor ? forwardedFor.split(",") : [];
  let caller = peer;
  for (let hops = 0; isTrusted(caller, hops, trusted); hops++) {
    const next = readIpAddress(entries.at(-1 - hops));
    if (next === null) break;
    caller = next;
  }
  return caller;
}

/** True when what this peer says about its callers is believed. */
export function isTrustedPeer(peer: string | null, trusted: TrustedProxies): boolean {
  return typeof trusted === "number" ? trusted > 0 : peer !== null && isTrusted(peer, 0, trusted);
}

function isTrusted(address: string, hops: number, trusted: TrustedProxies): boolean {
  if (typeof trusted === "number") return hops < trusted;
  const parsed = ipaddr.process(address);
  return trusted.some((network) => {
    const [base, length] = ipaddr.parseCIDR(network);
    return base.kind() === parsed.kind() && parsed.match(base as ipaddr.IPv4, length);
  });
}
