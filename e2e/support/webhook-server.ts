import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

export interface WebhookRequest {
  at: number;
  method: string;
  headers: IncomingHttpHeaders;
  /** As it came. */
  text: string;
}

export interface WebhookServer {
  url: string;
  /** Those that were answered with 200. */
  taken: WebhookRequest[];
  requests: WebhookRequest[];
  /** Answers so until `recover`. */
  failWith(status: number, body?: string): void;
  recover(): void;
  close(): Promise<void>;
}

/** An address that takes whatever is posted to it, or refuses it on request. */
export async function startWebhookServer(): Promise<WebhookServer> {
  const taken: WebhookRequest[] = [];
  const requests: WebhookRequest[] = [];
  let failure: { status: number; body: string } | null = null;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const { method = "", headers } = request;
      const one = { at: Date.now(), method, headers, text: Buffer.concat(chunks).toString("utf8") };
      requests.push(one);
      if (!failure) taken.push(one);
      response.writeHead(failure?.status ?? 200, { "content-type": "text/plain" });
      response.end(failure?.body ?? "taken");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    taken,
    requests,
    failWith(status, body = "asked to fail") {
      failure = { status, body };
    },
    recover() {
      failure = null;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
