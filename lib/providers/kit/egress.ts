import ipaddr from "ipaddr.js";

/** Where requests may go. `public` leaves out this machine and private networks as well. */
export type Egress = "any" | "public";

/** Addresses at which clouds hand out credentials; some are in ranges that are otherwise public. */
const METADATA = new Set(["169.254.169.254", "fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16"]);
const NEVER = new Set(["linkLocal", "unspecified", "multicast", "broadcast"]);
const PUBLIC_ONLY = new Set([
  "loopback",
  "private",
  "carrierGradeNat",
  "uniqueLocal",
  "reserved",
  "benchmarking",
  "discard",
]);

/** The code on the error of a refused connection. */
export const EGRESS_REFUSED = "BELFRY_EGRESS_REFUSED";

/**
 * Why an address may not be reached, in a sentence; `null` when it may. IPv6 forms that carry an IPv4 address
 * (mapped, compatible, NAT64, 6to4) are judged by that address.
 * @param address a literal IP address, without brackets
 */
export function refusalOf(address: string, egress: Egress): string | null {
  if (!ipaddr.isValid(address)) return `${address} is not an address.`;
  const parsed = ipaddr.process(address.replace(/%.*$/, ""));
  const inner = parsed instanceof ipaddr.IPv6 ? embeddedIpv4(parsed) : null;
  if (inner) return refusalOf(inner, egress);
  const plain = parsed.toString();
  const range: string = parsed.range();
  if (METADATA.has(plain)) return `${plain} is a metadata address; Belfry never sends there.`;
  if (NEVER.has(range)) return `${plain} is a ${wordsOf(range)} address; Belfry never sends there.`;
  if (egress === "public" && PUBLIC_ONLY.has(range)) {
    return `${plain} is a ${wordsOf(range)} address, and this installation may reach public addresses only.`;
  }
  return null;
}

function wordsOf(range: string): string {
  return range.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function embeddedIpv4(address: ipaddr.IPv6): string | null {
  const parts = address.parts;
  const from = (high: number | undefined, low: number | undefined) =>
    `${(high ?? 0) >> 8}.${(high ?? 0) & 255}.${(low ?? 0) >> 8}.${(low ?? 0) & 255}`;
  if (parts[0] === 0x2002) return from(parts[1], parts[2]);
  const isNat64 = parts[0] === 0x64 && parts[1] === 0xff9b;
  const isCompatible = parts.slice(0, 6).every((part) => part === 0) && (parts[6] !== 0 || (parts[7] ?? 0) > 1);
  return isNat64 || isCompatible ? from(parts[6], parts[7]) : null;
}

/** The error of a refused connection, recognised by its code. */
export function egressError(reason: string): Error & { code: string } {
  return Object.assign(new Error(reason), { code: EGRESS_REFUSED });
}

/** True for names that cannot be on the public internet: this machine, a private address, a local name. */
export function isLocalHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (ipaddr.isValid(host)) return PUBLIC_ONLY.has(ipaddr.process(host).range());
  return !host.includes(".") || /\.(localhost|local|lan|home|internal|intranet|home\.arpa)$/.test(host);
}

/** True for this machine's own address: no certificate names it, and nobody is in between. */
export function isThisMachine(hostname: string): boolean {
  return /^((.+\.)?localhost\.?|\[?::1\]?|127\.\d+\.\d+\.\d+)$/i.test(hostname);
}
