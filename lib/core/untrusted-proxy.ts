import { isLocalAddress } from "./client-address";
import { loggerOf } from "./logger";
import { sharedState } from "./runtime";

const log = loggerOf("http");

/** Anybody can send the headers, so that the list must not grow with the callers. */
const MAX_PEERS = 20;
const peers = () => sharedState("http.untrusted-proxies", () => new Set<string>());

/**
 * Notes that requests from this address carry forwarding headers which are not believed, and logs it once.
 * @param peer the socket's address, as `readIpAddress` returns it
 */
export function noteUntrustedProxy(peer: string): void {
  const known = peers();
  if (known.has(peer) || known.size >= MAX_PEERS) return;
  known.add(peer);
  log.warn("requests come through a proxy that is not trusted", { peer, advice: untrustedProxySentence(peer) });
}

/** Peers that are most likely proxies of one's own: strangers on the internet who send such headers are left out. */
export function untrustedProxies(): string[] {
  return [...peers()].filter(isLocalAddress);
}

/** What happened and what to set, for the log and the settings page. */
export function untrustedProxySentence(peer: string): string {
  return `Requests come through a proxy at ${peer} that Belfry does not trust, so everybody behind it counts as ${peer}: in the audit log, and when wrong passwords slow down sign-in. If this proxy is yours, start Belfry with BELFRY_TRUST_PROXY=${peer}.`;
}
