import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { makeAuthority } from "@/e2e/support/authority";
import { freePort } from "@/e2e/support/free-port";
import { ANY_RECEIVER } from "@/e2e/support/own-answers";
import { type ProxyServer, startProxyServer } from "@/e2e/support/proxy-server";
import { classify } from "./classify";
import { createHttp, type Http, type HttpOptions } from "./http";
import { chooseProxy } from "./proxy";

const authority = makeAuthority();
const forService = authority.issue("DNS:service.example");
const forProxy = authority.issue("DNS:localhost,IP:127.0.0.1");
const closing: (() => Promise<unknown> | unknown)[] = [];
/** What reached the service itself. */
const arrived: IncomingMessage[] = [];
let answer: { status: number; headers?: Record<string, string>; body?: string } = { status: 200 };
const listener: RequestListener = (request, response) => {
  arrived.push(request);
  request
    .resume()
    .on("end", () => response.writeHead(answer.status, answer.headers).end(answer.body ?? "of the service"));
};
const plain = createServer(listener);
const secure = createSecureServer(forService, listener);
const portOf = (server: Server) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  for (const server of [plain, secure]) await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  arrived.length = 0;
  answer = { status: 200 };
});
afterAll(() => {
  for (const server of [plain, secure]) {
    server.closeAllConnections();
    server.close();
  }
});

/** No name can be resolved here: only the proxy leads out. */
const noNames = async (host: string) => {
  throw Object.assign(new Error(`no ${host}`), { code: "ENOTFOUND" });
};

async function proxied(
  settings: Parameters<typeof startProxyServer>[0] = {},
  options: Partial<HttpOptions> & { user?: string } = {},
): Promise<{ http: Http; proxy: ProxyServer; name: string }> {
  const proxy = await startProxyServer(settings);
  const { user, ...more } = options;
  // By name, which the proxy's own certificate has.
  const name = `${settings.tls ? "localhost" : "127.0.0.1"}:${proxy.port}`;
  const address = `${settings.tls ? "https" : "http"}://${user ? `${user}@` : ""}${name}`;
  const resolve = async (host: string) =>
    host === "localhost" ? [{ address: "127.0.0.1", family: 4 }] : noNames(host);
  const http = createHttp({
    egress: "any",
    userAgent: "Belfry/test",
    authorities: [authority.ca],
    resolve,
    proxies: { httpsProxy: address, httpProxy: address },
    ...more,
  });
  closing.push(
    () => http.close(),
    () => proxy.close(),
  );
  return { http, proxy, name };
}

const WAYS = ["http", "https"] as const;
const send = (http: Http, way: "http" | "https", more: { timeoutMs?: number; host?: string } = {}) => {
  const { host = "service.example", timeoutMs } = more;
  const port = portOf(way === "http" ? plain : secure);
  return http.request({
    url: `${way}://${host}:${port}/path?q=1`,
    method: "POST",
    body: "{}",
    ...(timeoutMs ? { timeoutMs } : {}),
  });
};

describe.each(WAYS)("pain 45: only a proxy leads out, %s", (way) => {
  const target = () => `service.example:${portOf(way === "http" ? plain : secure)}`;

  test.each([
    ["plain", {}, undefined],
    ["with user and password", { credentials: "me:p@ss:word" }, "me:p%40ss%3Aword"],
    ["reached by https", { tls: forProxy }, undefined],
    ["reached by https, with user and password", { tls: forProxy, credentials: "me:secret" }, "me:secret"],
  ])("a proxy: %s", async (_, settings, user) => {
    const { http, proxy } = await proxied(settings, user ? { user } : {});
    for (let count = 0; count < 3; count++) {
      expect(await send(http, way)).toMatchObject({ kind: "answer", status: 200, body: "of the service" });
    }
    expect(proxy.asked[0]).toBe(way === "http" ? `POST http://${target()}/path?q=1` : `CONNECT ${target()}`);
    // A tunnel is kept open; the pool reuses it only after a turn of the event loop.
    expect(proxy.asked.length).toBeLessThan(way === "http" ? 4 : 3);
    expect(arrived[0]).toMatchObject({ url: "/path?q=1", headers: { host: target() } });
    // Hop by hop: the service never sees it.
    for (const { headers } of arrived) expect(headers["proxy-authorization"]).toBeUndefined();
  });

  test.each([
    [
      407,
      { "proxy-authenticate": "Basic" },
      /asks for a user and password that it accepts \(407/,
      /HTTPS?_PROXY: http:\/\/user:password@/,
    ],
    [403, {}, /does not allow connections to service\.example:\d+ \(403 Forbidden/, /NO_PROXY/],
    [502, {}, /could not reach service\.example:\d+ \(502 Bad Gateway/, /resolves names and connects by itself/],
    [
      503,
      { "x-squid-error": "ERR_DNS_FAIL 0" },
      /could not reach .* \(503 Service Unavailable, ERR_DNS_FAIL 0\)/,
      /log/,
    ],
    [504, {}, /could not reach/, /log/],
  ])("its %i is never the service's answer, and worth another attempt", async (status, headers, reason, advice) => {
    const { http, proxy, name } = await proxied();
    proxy.failure = { status, headers: headers as Record<string, string> };
    const result = classify(await send(http, way), ANY_RECEIVER);
    expect(result).toMatchObject({
      kind: "retry",
      reason: expect.stringMatching(reason),
      advice: expect.stringMatching(advice),
    });
    expect(result.kind === "retry" && result.reason).toContain(`The proxy ${name}`);
    expect(result.status).toBeUndefined();
    proxy.failure = null;
    expect(await send(http, way)).toMatchObject({ kind: "answer" });
  });

  test("a wrong password is named as that, and never shown", async () => {
    const { http } = await proxied({ credentials: "me:right" }, { user: "me:wrong-one" });
    const result = await send(http, way);
    expect(result).toMatchObject({ kind: "failed", advice: expect.stringMatching(/^Correct the user and password/) });
    expect(JSON.stringify(result)).not.toMatch(/wrong-one|bWU6/);
  });

  test.each([
    ["reset", /closed the connection without an answer/],
    ["noise", /The proxy/],
  ] as const)("a proxy that breaks: %s", async (failure, reason) => {
    const { http, proxy, name } = await proxied();
    proxy.failure = failure;
    const result = classify(await send(http, way), ANY_RECEIVER);
    expect(result).toMatchObject({ kind: "retry", reason: expect.stringMatching(reason) });
    expect(result.kind === "retry" && result.reason).toContain(name);
  });

  test("a proxy that hangs, and one that is not there, are named", async () => {
    const { http, proxy, name } = await proxied({}, { connectMs: 200 });
    proxy.failure = "hang";
    const hung = await send(http, way, { timeoutMs: way === "http" ? 200 : 10_000 });
    expect(hung).toMatchObject({
      kind: "failed",
      isRefused: false,
      reason: expect.stringContaining(`the proxy ${name}`.slice(1)),
    });
    await proxy.close();
    const gone = await send(http, way);
    expect(gone).toMatchObject({
      reason: `The proxy ${name} refuses the connection: nothing listens there.`,
      advice: expect.stringMatching(/^HTTPS?_PROXY names this proxy\.$/),
    });
    closing.pop();
  });

  test("a name that the proxy does not find", async () => {
    const { http } = await proxied({ unknownNames: ["service.example"] });
    expect(await send(http, way)).toMatchObject({
      kind: "failed",
      reason: expect.stringMatching(/could not reach service\.example/),
    });
  });

  test("the service's own errors stay the service's", async () => {
    const { http } = await proxied();
    for (const status of [403, 404, 410, 502]) {
      answer = { status, body: '{"message":"its words"}' };
      expect(classify(await send(http, way), ANY_RECEIVER)).toMatchObject({
        status,
        reason: expect.stringContaining("its words"),
      });
    }
  });

  test("NO_PROXY leads straight there", async () => {
    const local = async () => [{ address: "127.0.0.1", family: 4 }];
    const { http, proxy } = await proxied({}, { resolve: local });
    const closed = `http://127.0.0.1:${await freePort()}`;
    const direct = createHttp({
      egress: "any",
      userAgent: "Belfry/test",
      authorities: [authority.ca],
      resolve: local,
      proxies: { httpsProxy: closed, httpProxy: closed, noProxy: "other.example, .example" },
    });
    closing.push(() => direct.close());
    expect(await send(direct, way)).toMatchObject({ kind: "answer", status: 200 });
    expect(await send(http, way)).toMatchObject({ kind: "answer", status: 200 });
    expect(proxy.asked).toHaveLength(1);
  });

  test("the address rule holds: literal addresses, names that resolve here, local names", async () => {
    const resolves = (address: string) => async (host: string) =>
      host.endsWith(".example") ? [{ address, family: 4 }] : noNames(host);
    const { http: metadata, proxy } = await proxied({}, { resolve: resolves("169.254.169.254") });
    expect(await send(metadata, way)).toMatchObject({
      kind: "failed",
      isRefused: true,
      reason: expect.stringMatching(/metadata/),
    });
    expect(await send(metadata, way, { host: "169.254.169.254" })).toMatchObject({ isRefused: true });
    expect(proxy.asked).toEqual([]);
    const { http: restricted, proxy: other } = await proxied({}, { egress: "public", resolve: resolves("10.1.2.3") });
    for (const host of ["service.example", "10.1.2.3", "intranet", "nas.local"])
      expect(await send(restricted, way, { host }), host).toMatchObject({ kind: "failed", isRefused: true });
    expect(other.asked).toEqual([]);
    // The proxy itself is the operator's choice, and what only it can resolve is left to it.
    expect(await send(restricted, way, { host: "elsewhere.test" })).toMatchObject(
      way === "http" ? { kind: "answer" } : { kind: "failed", reason: expect.stringMatching(/is for another name/) },
    );
  });
});

test("an error without Via may be the proxy's: it never ends a delivery", async () => {
  const { http } = await proxied({ addsVia: false });
  answer = { status: 403 };
  expect(classify(await send(http, "http"), ANY_RECEIVER)).toMatchObject({ kind: "retry" });
  answer = { status: 404 };
  expect(classify(await send(http, "http"), ANY_RECEIVER)).toMatchObject({ kind: "rejected", status: 404 });
});

test("the certificate behind a tunnel is checked, and its fault is the service's", async () => {
  const { http } = await proxied({}, { authorities: [] });
  const result = await send(http, "https");
  expect(result).toMatchObject({
    kind: "failed",
    reason: expect.stringMatching(/^The certificate of service\.example/),
  });
});

describe("which proxy", () => {
  const all = { httpsProxy: "proxy.example:3128", httpProxy: "http://other.example" };
  const chosen = (url: string, noProxy?: string) => chooseProxy({ ...all, noProxy })(new URL(url))?.name ?? null;

  test("by the scheme; an address without one is http; without a port it has the usual one", () => {
    expect(chosen("https://a.example")).toBe("proxy.example:3128");
    expect(chosen("http://a.example")).toBe("other.example:80");
    expect(chooseProxy({ httpProxy: "http://p" })(new URL("https://a.example"))).toBeNull();
  });

  test.each([
    ["a.example", "https://a.example", true],
    ["a.example", "https://b.a.example", true],
    [".a.example", "https://a.example", true],
    ["*.a.example", "https://b.a.example", true],
    ["a.example", "https://ba.example", false],
    ["A.Example", "https://a.EXAMPLE.", true],
    ["x, a.example:8443", "https://a.example:8443", true],
    ["a.example:8443", "https://a.example", false],
    ["a.example:443", "https://a.example", true],
    ["10.0.0.0/8", "http://10.1.2.3:8080", true],
    ["10.0.0.0/8", "http://11.1.2.3", false],
    ["fd00::/8", "http://[fd12::1]/", true],
    ["10.0.0.0/8", "http://[fd12::1]/", false],
    ["[fd12::1]:8080", "http://[fd12:0:0::1]:8080/", true],
    ["192.168.1.5", "http://192.168.1.5", true],
    ["*", "https://anything.example", true],
    ["", "https://a.example", false],
    [" , ,", "https://a.example", false],
  ])("NO_PROXY=%s, %s", (noProxy, url, isDirect) => {
    expect(chosen(url, noProxy) === null).toBe(isDirect);
  });

  test.each(["http://localhost:1", "https://127.0.0.1", "http://[::1]:3", "http://app.localhost"])(
    "this machine itself is never reached through a proxy: %s",
    (url) => expect(chosen(url)).toBeNull(),
  );
});
