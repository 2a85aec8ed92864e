import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { request as secureRequest } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "./support/free-port";
import { type RunningProxy, startDocumentedCaddy, startDocumentedNginx } from "./support/proxies";

/** Stands where Belfry would be, and keeps what a proxy sends to it. */
let behind: Server;
let seen: IncomingHttpHeaders = {};
beforeAll(async () => {
  behind = createServer((request, response) => {
    seen = request.headers;
    response.end("reached");
  });
  await new Promise<void>((done) => behind.listen(0, "127.0.0.1", done));
});
afterAll(() => new Promise<void>((done) => behind.close(() => done())));

const FORGED = {
  "x-forwarded-for": "203.0.113.66",
  "x-forwarded-host": "evil.example",
  "x-forwarded-proto": "http",
  forwarded: "for=203.0.113.66;host=evil.example;proto=http",
  "x-real-ip": "203.0.113.66",
};

function get(port: number, headers: Record<string, string>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { host: "localhost", port, path: "/login", headers, rejectUnauthorized: false, family: 4 };
    const request = secureRequest(options, (response) => {
      response.resume().on("end", () => resolve(response.statusCode));
    });
    request.on("error", reject).end();
  });
}

describe.each([
  ["nginx", startDocumentedNginx],
  ["Caddy", startDocumentedCaddy],
] as const)("the example for %s", (_, start) => {
  let proxy: RunningProxy;
  let port = 0;
  let plainPort = 0;
  beforeAll(async () => {
    [port, plainPort] = [await freePort(), await freePort()];
    proxy = await start(port, (behind.address() as AddressInfo).port, plainPort);
  });
  afterAll(() => proxy?.stop());

  test("fault E15: passes on the Host with its port, and of the caller's address only what the proxy saw", async () => {
    expect(await get(port, FORGED)).toBe(200);
    expect(seen).toMatchObject({
      host: `localhost:${port}`,
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-proto": "https",
    });
    expect(seen).not.toHaveProperty("forwarded");
    expect([undefined, `localhost:${port}`]).toContain(seen["x-forwarded-host"]);
  });

  test("fault E15: sends plain HTTP on to https", async () => {
    const answer = await fetch(`http://localhost:${plainPort}/jobs?page=2`, { redirect: "manual" });
    expect(answer.status).toBeGreaterThanOrEqual(301);
    // Caddy leaves out its port, which is 443 outside the tests.
    expect(answer.headers.get("location")).toMatch(/^https:\/\/localhost(:\d+)?\/jobs\?page=2$/);
  });
});
