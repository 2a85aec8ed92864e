import ipaddr from "ipaddr.js";
import { textBefore } from "@/lib/core/trim-signs";

/** Where requests may go. `public` leaves out this machine and private networks as well. */
export type Egress = "any" | "public";

/** Addresses at which clouds hand out credentials; some are in ranges that are otherwise public. */
const METADATA = new Set(["169.254.169.254", "fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16"]);
const NEVER = new Set(["linkLocal", "unspecified", "multicast", "broadcast"]);

type Net = [ipaddr.IPv6, number];
const net = (text: string) => ipaddr.IPv6.parseCIDR(text) as Net;

/** All that IANA has handed out for the public internet: https://www.iana.org/assignments/ipv6-address-space */
const GLOBAL_UNICAST = net("2000::/3");
const TEREDO = net("2001::/32");
const SIX_TO_FOUR = net("2002::/16");
/** RFC 6052. */
const NAT64 = net("64:ff9b::/96");
/** RFC 8215: a network's own NAT64, with the IPv4 address at a place that only the network knows. */
const OWN_NAT64 = net("64:ff9b:1::/48");
/** RFC 2765, section 2.1, and RFC 4291, section 2.5.5.1. */
const IPV4_TRANSLATED = net("::ffff:0:0:0/96");
const IPV4_COMPATIBLE = net("::/96");

/** The code on the error of a refused connection. */
export const EGRESS_REFUSED = "BELFRY_EGRESS_REFUSED";

/**
 * Why an address may not be reached, in a sentence; `null` when it may. `public` takes only what IANA lists as globally
 * reachable unicast: a range that nobody thought of is refused. IPv6 forms that carry IPv4 addresses (mapped, compatible,
 * translated, NAT64, 6to4, Teredo, ISATAP) are judged by each of those too.
 * @param address a literal IP address, without brackets
 */
export function refusalOf(address: string, egress: Egress): string | null {
  if (!ipaddr.isValid(address)) return `${address} is not an address.`;
  const parsed = ipaddr.process(textBefore(address, "%"));
  const inner = parsed instanceof ipaddr.IPv6 ? embeddedIpv4(parsed) : {};
  if (inner.standsFor) return refusalOf(inner.standsFor, egress);
  for (const one of inner.leadsOver ?? []) {
    const refusal = refusalOf(one, egress);
    if (refusal) return refusal;
  }
  const plain = parsed.toString();
  const range: string = parsed.range();
  if (METADATA.has(plain) || inner.perhaps?.some((one) => METADATA.has(one)))
    return `${plain} is a metadata address; Belfry never sends there.`;
  if (NEVER.has(range)) return `${plain} is a ${wordsOf(range)} address; Belfry never sends there.`;
  if (egress === "public" && !isPublic(parsed, range)) {
    return `${plain} is a ${wordsOf(range)} address, and this installation may reach public addresses only.`;
  }
  return null;
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6, range: string): boolean {
  if (address instanceof ipaddr.IPv4) return range === "unicast";
  return address.match(GLOBAL_UNICAST) && (range === "unicast" || range === "6to4");
}

const RANGE_WORDS: Record<string, string> = {
  "6to4": "6to4",
  deprecatedSiteLocal: "site-local",
  rfc6052: "NAT64",
  unicast: "non-public",
};

function wordsOf(range: string): string {
  return RANGE_WORDS[range] ?? range.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

interface Embedded {
  /** The address is only another way to write this one. */
  standsFor?: string;
  /** Its packets go to these as well. */
  leadsOver?: string[];
  /** It stands for one of these; only a network knows which. */
  perhaps?: string[];
}

function embeddedIpv4(address: ipaddr.IPv6): Embedded {
  const bytes = address.toByteArray();
  const at = (...places: [number, number, number, number]) => places.map((place) => bytes[place] ?? 0).join(".");
  const last = at(12, 13, 14, 15);
  if (address.match(NAT64) || address.match(IPV4_TRANSLATED)) return { standsFor: last };
  // :: and ::1 are themselves.
  if (address.match(IPV4_COMPATIBLE)) return bytes.slice(12, 15).some(Boolean) ? { standsFor: last } : {};
  if (address.match(SIX_TO_FOUR)) return { leadsOver: [at(2, 3, 4, 5)] };
  // RFC 6052, section 2.2: byte 8 is left out.
  if (address.match(OWN_NAT64)) return { perhaps: [last, at(6, 7, 9, 10), at(7, 9, 10, 11), at(9, 10, 11, 12)] };
  // RFC 4380, section 4: the server, and the client with each bit turned.
  const client = last.replace(/\d+/g, (part) => String(255 - Number(part)));
  if (address.match(TEREDO)) return { leadsOver: [at(4, 5, 6, 7), client] };
  // RFC 5214, section 6.1.
  const isIsatap = [0, 2].includes(bytes[8] ?? 1) && bytes[9] === 0 && bytes[10] === 0x5e && bytes[11] === 0xfe;
  return isIsatap ? { leadsOver: [last] } : {};
}

/** The error of a refused connection, recognised by its code. */
export function egressError(reason: string): Error & { code: string } {
  return Object.assign(new Error(reason), { code: EGRESS_REFUSED });
}

/** True for names that cannot be on the public internet: this machine, a private address, a local name. */
export function isLocalHost(hostname: string): boolean {
  const host = hostname
    .replace(/^\[|\]$/g, "")
    .replace(/\.$/, "")
    .toLowerCase();
  if (ipaddr.isValid(host)) return refusalOf(host, "public") !== null;
  return !host.includes(".") || /\.(localhost|local|lan|home|internal|intranet|home\.arpa)$/.test(host);
}

/** True for this machine's own address: no certificate names it, and nobody is in between. */
export function isThisMachine(hostname: string): boolean {
  return /^((.+\.)?localhost\.?|\[?::1\]?|127\.\d+\.\d+\.\d+)$/i.test(hostname);
}
