import { connectToHost, type ResolveName } from "./connect";
import type { Egress } from "./egress";
import { connectorOver, type HttpLine, openLine } from "./http-line";
import type { ChooseProxy, OutboundProxy } from "./proxy";
import { type ClientTls, createTrust } from "./trust";
import { openProxy, openTunnel } from "./tunnel";

/** Lines with certificates or proxies of their own that are kept open. */
const KEPT = 32;

export interface LinesOptions {
  egress: Egress;
  userAgent: string;
  proxyOf: ChooseProxy;
  /** PEM certificates of authorities that are trusted besides the usual ones. */
  authorities: readonly string[] | undefined;
  resolve: ResolveName;
  /** For each step of connecting, milliseconds. */
  timeoutMs: number;
}

/** The ways out of the machine: one per set of certificates, and one per proxy that passes plain requests on. */
export interface HttpLines {
  /** Straight to the target, or through a tunnel. @throws Error when the certificates cannot be read */
  straight(tls: ClientTls | undefined): HttpLine;
  /** Connections to a proxy, which passes plain requests on. */
  forwarding(proxy: OutboundProxy): HttpLine;
  close(): Promise<void>;
}

/** Lines are opened when they are first used; beyond some dozens the oldest is closed. */
export function openLines(options: LinesOptions): HttpLines {
  const { egress, userAgent, proxyOf, resolve, timeoutMs } = options;
  const trust = createTrust(options.authorities);
  const lines = new Map<string, HttpLine>();

  function lineFor(key: string, open: () => HttpLine): HttpLine {
    let line = lines.get(key);
    if (!line) {
      line = open();
      if (lines.size >= KEPT) closeOldest(lines);
      lines.set(key, line);
    }
    return line;
  }

  return {
    straight: (tls = {}) =>
      lineFor(`straight ${JSON.stringify(tls)}`, () => {
        const context = trust.contextOf(tls);
        const connector = connectorOver(
          ({ hostname, port, protocol }) => {
            const proxy = proxyOf({ hostname, port, protocol });
            const number = Number(port) || (protocol === "https:" ? 443 : 80);
            if (!proxy || protocol !== "https:")
              return connectToHost({ host: hostname, port: number, egress, timeoutMs, resolve });
            const host = hostname.includes(":") ? `[${hostname}]` : hostname;
            return openTunnel({ proxy, trust, timeoutMs, userAgent, resolve }, `${host}:${number}`);
          },
          { timeout: timeoutMs, ...(context ? { secureContext: context } : {}) },
        );
        return openLine(connector);
      }),
    forwarding: (proxy) =>
      lineFor(`forwarding ${proxy.origin}`, () =>
        // TLS with the proxy is part of the transport.
        openLine((_, callback) => {
          openProxy({ proxy, trust, timeoutMs, userAgent, resolve }).then(
            (socket) => callback(null, socket),
            (error: Error) => callback(error, null),
          );
        }),
      ),
    async close() {
      await Promise.all([...lines.values()].map((line) => line.destroy()));
      lines.clear();
    },
  };
}

function closeOldest(lines: Map<string, HttpLine>): void {
  const [key, line] = lines.entries().next().value ?? [];
  if (key !== undefined) lines.delete(key);
  void line?.close();
}
