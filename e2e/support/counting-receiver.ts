import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** One request that came, and when it was answered; 0: not yet. */
export interface Arrival {
  path: string;
  body: string;
  at: number;
  answeredAt: number;
}

/** A web server that takes everything and writes down what came, in the order in which it came. */
export interface CountingReceiver {
  url: string;
  arrivals: Arrival[];
  stop(): Promise<void>;
}

/** @param afterMs how long it thinks before it answers, asked for each request */
export async function startCountingReceiver(afterMs: () => number = () => 0): Promise<CountingReceiver> {
  const arrivals: Arrival[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("error", () => undefined);
    request.on("end", () => {
      const body = Buffer.concat(pieces).toString("utf8");
      const arrival: Arrival = { path: request.url ?? "", body, at: Date.now(), answeredAt: 0 };
      arrivals.push(arrival);
      setTimeout(() => {
        // Nobody may be there any more to hear it.
        if (!response.destroyed) arrival.answeredAt = Date.now();
        response.end("ok");
      }, afterMs());
    });
  });
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
