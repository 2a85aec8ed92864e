import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { withoutBrackets } from "./connect";
import { decodePart } from "./decode-part";
import { isThisMachine } from "./egress";

/** The proxies of an installation, as the environment names them. */
export interface ProxySettings {
  /** For https addresses: `http://user:password@proxy.example:3128`; also https to the proxy itself. */
  httpsProxy?: string | undefined;
  /** For http addresses. */
  httpProxy?: string | undefined;
  /** What is reached without a proxy: names with all below them, addresses, networks, `name:port`, `*`. */
  noProxy?: string | undefined;
}

/** One proxy, ready to use. */
export interface OutboundProxy {
  /** `proxy.example:3128`, without credentials: for sentences. */
  name: string;
  /** Where an address that it may not know is looked up: the variable that names it. */
  variable: "HTTPS_PROXY" | "HTTP_PROXY";
  origin: string;
  hostname: string;
  port: number;
  isTls: boolean;
  /** `Basic …`, when the address has a user. */
  authorization?: string;
}

/** The proxy of a URL; null: reached directly. */
export type ChooseProxy = (url: { protocol: string; hostname: string; port: string }) => OutboundProxy | null;

const DEFAULT_PORTS: Record<string, number> = { "http:": 80, "https:": 443 };

/**
 * Decides by the conventions of curl and Go which proxy leads to an address: exceptions are names (with everything
 * below them), literal addresses, networks in CIDR notation, each with an optional port, or `*`. This machine itself is
 * never reached through a proxy.
 */
export function chooseProxy(settings: ProxySettings = {}): ChooseProxy {
  const forHttps = settings.httpsProxy ? readProxy(settings.httpsProxy, "HTTPS_PROXY") : null;
  const forHttp = settings.httpProxy ? readProxy(settings.httpProxy, "HTTP_PROXY") : null;
  if (!forHttps && !forHttp) return () => null;
  const exceptions = (settings.noProxy ?? "")
    .split(/[,\s]+/)
    .filter(Boolean)
    .map(readException);
  return ({ protocol, hostname, port }) => {
    const proxy = protocol === "https:" ? forHttps : forHttp;
    const host = withoutBrackets(hostname).toLowerCase().replace(/\.$/, "");
    if (!proxy || isThisMachine(host)) return null;
    const number = Number(port) || (DEFAULT_PORTS[protocol] ?? 0);
    return exceptions.some((matches) => matches(host, number)) ? null : proxy;
  };
}

function readProxy(text: string, variable: OutboundProxy["variable"]): OutboundProxy {
  const url = new URL(text.includes("://") ? text : `http://${text}`);
  const port = Number(url.port) || (DEFAULT_PORTS[url.protocol] ?? 80);
  const pair = `${decodePart(url.username)}:${decodePart(url.password)}`;
  return {
    name: `${url.hostname}:${port}`,
    variable,
    origin: url.origin,
    hostname: url.hostname,
    port,
    isTls: url.protocol === "https:",
    ...(url.username || url.password ? { authorization: `Basic ${Buffer.from(pair).toString("base64")}` } : {}),
  };
}

type Exception = (host: string, port: number) => boolean;

function readException(text: string): Exception {
  if (text === "*") return () => true;
  const network = readNetwork(text);
  if (network) return (host) => isIP(host) > 0 && isInside(host, network);
  const [, name = text, number] = /^(\[.*\]|[^:]*):(\d+)$/.exec(text) ?? [];
  const plain = withoutBrackets(name)
    .toLowerCase()
    .replace(/^\*?\./, "");
  const isSame: (host: string) => boolean = isIP(plain)
    ? (host) => isIP(host) > 0 && ipaddr.process(host).toString() === ipaddr.process(plain).toString()
    : (host) => host === plain || host.endsWith(`.${plain}`);
  return (host, port) => (number === undefined || Number(number) === port) && plain !== "" && isSame(host);
}

type Network = [ipaddr.IPv4 | ipaddr.IPv6, number];

function readNetwork(text: string): Network | null {
  return ipaddr.isValidCIDR(text) ? ipaddr.parseCIDR(text) : null;
}

function isInside(host: string, [base, bits]: Network): boolean {
  const address = ipaddr.process(host);
  return address.kind() === base.kind() && address.match([base, bits] as [ipaddr.IPv4, number]);
}
