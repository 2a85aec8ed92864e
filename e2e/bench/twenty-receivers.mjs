// One server for each of the twenty services, each on a port of its own as if it were a host of its own, all answering
// after 50 ms. A process of its own, so that it shares no thread with what is measured.
import http from "node:http";
import { performance } from "node:perf_hooks";
import { TWENTY } from "./twenty.mjs";

const ANSWERS_AFTER_MS = 50;

/** When each channel's first request of the present round was there, by provider. */
let arrivals = {};

function listen({ provider, status = 200, body }) {
  const isText = typeof body === "string";
  const words = isText ? body : JSON.stringify(body);
  const headers = { "content-type": isText ? "text/plain" : "application/json" };
  const server = http.createServer((request, response) => {
    request.resume();
    request.on("end", () => {
      arrivals[provider] ??= performance.now();
      setTimeout(() => response.writeHead(status, headers).end(status === 204 ? undefined : words), ANSWERS_AFTER_MS);
    });
  });
  server.keepAliveTimeout = 65_000;
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));
}

process.on("message", (asked) => {
  if (asked === "begin") arrivals = {};
  process.send?.({ arrivals });
});
process.on("disconnect", () => process.exit(0));
process.send?.({ ports: await Promise.all(TWENTY.map(listen)) });
