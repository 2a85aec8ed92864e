import { isIP } from "node:net";
import type { ResolveName } from "./connect";
import { type Egress, isLocalHost, refusalOf } from "./egress";
import type { HttpAnswer } from "./http-answer";
import type { OutboundProxy } from "./proxy";
import { refusedByProxy } from "./tunnel";

/** Name resolution here is only a check: where none answers, the proxy resolves. */
const RESOLVE_MS = 1_000;
const KEPT_MS = 60_000;
const KEPT = 256;

/**
 * The address rule for targets behind a proxy. Literal addresses are judged as ever. A name is judged by what it
 * resolves to here, at most once a minute; a name that cannot be resolved here is left to the proxy, except that one
 * which cannot be on the public internet is refused where only public addresses may be reached.
 * @returns per name: why nothing may be sent there, or null
 */
export function judgeBeyondProxy(egress: Egress, resolve: ResolveName): (hostname: string) => Promise<string | null> {
  const known = new Map<string, { until: number; verdict: Promise<string | null> }>();
  return (hostname) => {
    const now = performance.now();
    const kept = known.get(hostname);
    if (kept && kept.until > now) return kept.verdict;
    if (known.size >= KEPT) known.clear();
    const verdict = judge(hostname, egress, resolve);
    known.set(hostname, { until: now + KEPT_MS, verdict });
    return verdict;
  };
}

async function judge(hostname: string, egress: Egress, resolve: ResolveName): Promise<string | null> {
  if (isIP(hostname)) return refusalOf(hostname, egress);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((done) => {
    timer = setTimeout(() => done(null), RESOLVE_MS);
  });
  const found = await Promise.race([resolve(hostname).catch(() => null), late]);
  clearTimeout(timer);
  const reasons = (found ?? []).map(({ address }) => refusalOf(address, egress));
  // The proxy chooses among the addresses, so each of them counts.
  const reason = reasons.find((one) => one !== null);
  if (reason) return `${hostname} resolves to an address where Belfry may not send: ${reason}`;
  if (reasons.length === 0 && egress === "public" && isLocalHost(hostname)) {
    return `${hostname} is a local name, and this installation may reach public addresses only.`;
  }
  return null;
}

/** Statuses that proxies answer by themselves: tinyproxy 401 to a wrong password, and 500 when nothing answers. */
const OF_PROXIES = new Set([401, 403, 500, 502, 503, 504]);

/**
 * Tells a proxy's own answer to a plain request from one that it passed on: by the status 407, by what squid and
 * RFC 9209 add to errors, and by the header Via, which a proxy adds to what it passes on (RFC 9110, section 7.6.3). An
 * error without it counts as the proxy's, so that it never ends a delivery for good.
 */
export function withoutProxyAnswers(
  answer: HttpAnswer & { kind: "answer" },
  proxy: OutboundProxy,
  target: string,
): HttpAnswer {
  const { status, headers, body } = answer;
  const squid = headers["x-squid-error"];
  const isOwn =
    status === 407 ||
    squid !== undefined ||
    /;\s*error=/.test(headers["proxy-status"] ?? "") ||
    (OF_PROXIES.has(status) && headers.via === undefined);
  if (isOwn) {
    const { message, advice, code } = refusedByProxy(proxy, target, status, squid);
    return { kind: "failed", reason: message, isRefused: false, code, ...(advice ? { advice } : {}) };
  }
  const secret = proxy.authorization?.replace(/^Basic /, "");
  return secret ? { ...answer, body: body.replaceAll(secret, "••••") } : answer;
}
