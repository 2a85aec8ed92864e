import type { AddressInfo } from "node:net";
import { connect, createServer, type Socket } from "node:net";

/** When a connection is cut. */
export type Cut =
  /** Instead of passing on what holds these words. */
  | { before: string }
  /** After passing on what holds these words, instead of passing on the answer to it. */
  | { answerTo: string }
  /** Once the client has sent so many bytes more, for what nobody can read on the way. */
  | { afterBytes: number };

/** Passes bytes between clients and a server on loopback, and cuts connections at a chosen word. */
export interface CuttingProxy {
  port: number;
  /** Cuts the next connection that says so, once. */
  cutNext(cut: Cut): void;
  /** How many connections were cut. */
  cuts(): number;
  stop(): Promise<void>;
}

export async function startCuttingProxy(serverPort: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let planned: Cut | null = null;
  let cuts = 0;
  const proxy = createServer((client) => {
    const server = connect(serverPort, "127.0.0.1");
    const ends = [client, server];
    for (const end of ends) {
      sockets.add(end);
      end.on("error", () => undefined);
      end.on("close", () => {
        sockets.delete(end);
        for (const other of ends) other.destroy();
      });
    }
    let isAnswerCut = false;
    const cut = () => {
      cuts++;
      client.destroy();
    };
    client.on("data", (bytes) => {
      if (planned && "afterBytes" in planned) {
        planned = { afterBytes: planned.afterBytes - bytes.length };
        if (planned.afterBytes <= 0) {
          planned = null;
          cut();
          return;
        }
        server.write(bytes);
        return;
      }
      const words = bytes.toString("latin1");
      if (planned && "before" in planned && words.includes(planned.before)) {
        planned = null;
        cut();
        return;
      }
      if (planned && "answerTo" in planned && words.includes(planned.answerTo)) {
        planned = null;
        isAnswerCut = true;
      }
      server.write(bytes);
    });
    server.on("data", (bytes) => {
      if (isAnswerCut) cut();
      else client.write(bytes);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    port: (proxy.address() as AddressInfo).port,
    cutNext(cut) {
      planned = cut;
    },
    cuts: () => cuts,
    stop: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
