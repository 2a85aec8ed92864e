import type { Socket } from "node:net";
import { Agent, buildConnector, type Dispatcher } from "undici";
import { Exchange, type ExchangeOptions } from "./http-exchange";

/** Opens the transport of a new connection; TLS with the target comes on top of it. */
export type OpenTransport = (target: { hostname: string; port: string; protocol: string }) => Promise<Socket>;

export type LineRequest = Dispatcher.DispatchOptions & { origin: string };
export type LineExchange = Omit<ExchangeOptions, "connectCount" | "repeat">;

/** Pools of kept-alive connections per origin that share one way to connect. */
export interface HttpLine {
  send(request: LineRequest, exchange: LineExchange): void;
  /** Finishes what is in flight. */
  close(): Promise<void>;
  destroy(): Promise<void>;
}

/**
 * @param connect makes a connection of undici's; see `connectorOver`
 */
export function openLine(connect: buildConnector.connector): HttpLine {
  const options = {
    connections: 64,
    // The exchange has its own timer; these only must not be shorter.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect,
  };
  const pooled = new Agent({ ...options, pipelining: 1 });
  // Zero opens a connection per request.
  let unpooled: Agent | undefined;
  const connects = new Map<string, number>();
  pooled.on("connect", ({ origin }) => connects.set(origin, (connects.get(origin) ?? 0) + 1));
  return {
    send(request, parts) {
      const exchange = new Exchange({
        ...parts,
        connectCount: () => connects.get(request.origin) ?? 0,
        repeat: () => {
          unpooled ??= new Agent({ ...options, pipelining: 0 });
          dispatch(unpooled, request, exchange);
        },
      });
      dispatch(pooled, request, exchange);
    },
    async close() {
      await Promise.all([pooled.close(), unpooled?.close()]);
    },
    async destroy() {
      await Promise.all([pooled.destroy(), unpooled?.destroy()]);
    },
  };
}

/** Puts TLS with the target on top of a transport, where the target's address says https. */
export function connectorOver(
  open: OpenTransport,
  tls: Parameters<typeof buildConnector>[0],
): buildConnector.connector {
  const secure = buildConnector(tls);
  return (options, callback) => {
    open(options).then(
      (socket) => {
        if (options.protocol === "https:") secure({ ...options, httpSocket: socket }, callback);
        else callback(null, socket);
      },
      (error: Error) => callback(error, null),
    );
  };
}

function dispatch(agent: Agent, request: Dispatcher.DispatchOptions, exchange: Exchange): void {
  try {
    agent.dispatch(request, exchange);
  } catch (error) {
    exchange.onResponseError(null, error instanceof Error ? error : new Error(String(error)));
  }
}
