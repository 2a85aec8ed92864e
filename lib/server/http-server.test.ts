import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { MAX_BODY_BYTES } from "@/lib/core/request-body";
import { sharedState } from "@/lib/core/runtime";
import { untrustedProxies } from "@/lib/core/untrusted-proxy";
import { allowedMethods } from "@/lib/services/openapi/allowed-methods";
import { sendJson } from "./answer";
import { createHttpServer, type ServerOptions } from "./http-server";
import { rawHandler, routeTable } from "./machine-handler";

const KB = 1024;
const MB = 1024 * KB;
/** A machine route that answers with what it got. */
const admitting = (maxBytes: number) => async () => ({ caller: "a test", isStranger: false, maxBytes });
const echo = rawHandler(admitting(4 * KB), async ({ params, query, request: { method } }, body) => ({
  status: 200,
  json: { params, query, method, body: body.toString("hex") },
}));
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A request as a page behind the server got it. */
interface Seen {
  headers: IncomingHttpHeaders;
  bytes: number;
}
const seen: Seen[] = [];

/** In place of Next: reads the whole body and answers with its length. */
async function page(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  let bytes = 0;
  for await (const chunk of incoming) bytes += (chunk as Buffer).length;
  seen.push({ headers: { ...incoming.headers }, bytes });
  response.end(`page ${bytes}`);
}

async function start(options: Partial<ServerOptions> = {}): Promise<number> {
  seen.length = 0;
  server = createHttpServer({
    isDevelopment: false,
    trustedProxies: 0,
    routes: routeTable([
      ["GET /machine", ({ response, address }) => sendJson(response, 200, { address })],
      ["GET|POST /sample/{uuid}", echo],
      [
        "PUT /sample/{uuid}/upload",
        rawHandler(admitting(KB), async (_, body) => ({ status: 201, type: "text/plain", text: `${body.length}` })),
      ],
      ["POST /sample/fixed", rawHandler(admitting(KB), async () => ({ status: 200, json: "fixed" }))],
      ["POST /sent/{token}/{...rest}", echo],
    ]),
    allowedMethods: allowedMethods(),
    admit: admitting(MAX_BODY_BYTES),
    pages: Promise.resolve(page),
    ...options,
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

function ask(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: Buffer; chunked?: boolean } = {},
): Promise<Answer> {
  const { method = "GET", headers = {}, body, chunked } = options;
  return new Promise((resolve, reject) => {
    const length: Record<string, string> = body && !chunked ? { "content-length": String(body.length) } : {};
    const outgoing = request(
      { port, path, method, headers: { ...headers, ...length }, agent: false },
      async (incoming) => {
        let text = "";
        for await (const chunk of incoming) text += chunk;
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
      },
    );
    outgoing.on("error", reject);
    if (chunked && body) {
      for (let at = 0; at < body.length; at += 64 * 1024) outgoing.write(body.subarray(at, at + 64 * 1024));
      outgoing.end();
    } else outgoing.end(body);
  });
}

/** Sends bytes as they are and returns all that comes back. */
async function raw(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.end(text);
  let answer = "";
  for await (const chunk of socket) answer += chunk;
  return answer;
}

describe("bodies", () => {
  const big = Buffer.alloc(MB + 1, 120);
  const fits = Buffer.alloc(MB, 120);

  test.each([
    ["of declared length", false],
    ["in chunks", true],
  ])("one %s up to 1 MB reaches the page whole", async (_, chunked) => {
    const port = await start();
    const answer = await ask(port, "/page", { method: "POST", body: fits, chunked });
    expect(answer).toMatchObject({ status: 200, text: `page ${MB}` });
  });

  test.each([
    ["of declared length", false],
    ["in chunks", true],
  ])("one %s over 1 MB gets 413, and the page never sees it", async (_, chunked) => {
    const port = await start();
    for (let round = 0; round < 5; round++) {
      const answer = await ask(port, "/page", { method: "POST", body: big, chunked });
      expect(answer.status).toBe(413);
      expect(answer.text).toContain("The body is larger than 1 MB.");
    }
    expect(seen).toEqual([]);
  });
});

describe("forged headers", () => {
  const forged = {
    "x-forwarded-host": "evil.example",
    "x-forwarded-for": "8.8.8.8",
    "x-forwarded-proto": "https",
    forwarded: "for=8.8.8.8",
    "x-middleware-subrequest": "src/middleware",
    "x-belfry-address": "8.8.8.8",
    "x-nonce": "mine",
    "content-security-policy": "script-src *",
  };

  test("change nothing unless a proxy is trusted", async () => {
    const port = await start();
    await ask(port, "/page", { headers: forged });
    const { headers } = seen[0] as Seen;
    expect(headers["x-belfry-address"]).toBe("127.0.0.1");
    for (const name of Object.keys(forged).filter((key) => /^(x-forwarded|forwarded|x-middleware)/.test(key))) {
      expect(headers[name], name).toBeUndefined();
    }
    expect(headers["x-nonce"]).not.toBe("mine");
    expect(headers["content-security-policy"]).not.toContain("script-src *");
    expect(JSON.parse((await ask(port, "/machine", { headers: forged })).text)).toEqual({ address: "127.0.0.1" });
  });

  test("behind a trusted proxy its own entry counts, and not what the caller put before it", async () => {
    const port = await start({ trustedProxies: 1 });
    const headers = { ...forged, "x-forwarded-for": "1.1.1.1, 203.0.113.9" };
    expect(JSON.parse((await ask(port, "/machine", { headers })).text)).toEqual({ address: "203.0.113.9" });
    await ask(port, "/page", { headers });
    expect(seen[0]?.headers).toMatchObject({ "x-belfry-address": "203.0.113.9", "x-forwarded-host": "evil.example" });
    expect(seen[0]?.headers["x-middleware-subrequest"]).toBeUndefined();
  });

  test.each(["unknown", "_x", "<script>", "1.2.3", "203.0.113.9;", "x".repeat(5_000), "203.0.113.9, nobody"])(
    "fault E14: from a believed proxy %.20j is no address, and none becomes of it",
    async (text) => {
      const port = await start({ trustedProxies: 1 });
      const headers = { "x-forwarded-for": text, "x-forwarded-host": "<b>", "x-forwarded-proto": "javascript" };
      expect(JSON.parse((await ask(port, "/machine", { headers })).text)).toEqual({ address: "127.0.0.1" });
      await ask(port, "/page", { headers });
      expect(seen[0]?.headers).toMatchObject({ "x-belfry-address": "127.0.0.1" });
      expect(JSON.stringify(seen[0]?.headers)).not.toMatch(/x-forwarded|<b>|javascript/);
    },
  );

  test("fault E14: only what the nearest proxy wrote counts, in one form, and never the header Forwarded", async () => {
    const port = await start({ trustedProxies: ["127.0.0.0/8", "10.0.0.0/8"] });
    const headers = {
      ...forged,
      "x-forwarded-for": "8.8.8.8, [2001:DB8::7]:4711, 10.0.0.2",
      "x-forwarded-host": "evil.example, belfry.example",
      "x-forwarded-proto": "javascript, HTTPS",
    };
    await ask(port, "/page", { headers });
    expect(seen[0]?.headers).toMatchObject({
      "x-belfry-address": "2001:db8::7",
      "x-forwarded-host": "belfry.example",
      "x-forwarded-proto": "https",
    });
    expect(seen[0]?.headers).not.toHaveProperty("forwarded");
    expect(seen[0]?.headers).not.toHaveProperty("x-forwarded-for");
  });

  test("fault E14: a Host that is none is refused, and comes back nowhere", async () => {
    const port = await start();
    for (const host of ["<b>", "a b", "a/b", "a@b", "[::1", "a,b", "x".repeat(300)]) {
      const answer = await ask(port, "/page", { headers: { host } });
      expect([answer.status, answer.text.includes(host)], host).toEqual([400, false]);
    }
    for (const host of ["belfry", "belfry_backend", "10.0.0.7:3000", "[::1]:3000", "xn--bcher-kva.example."])
      expect((await ask(port, "/page", { headers: { host } })).status, host).toBe(200);
  });

  test("fault E6: forwarding headers of a proxy that is not trusted are noticed, and logged once", async () => {
    const lines: string[] = [];
    const log = vi.spyOn(process.stderr, "write").mockImplementation((line) => lines.push(String(line)) > 0);
    const port = await start({ trustedProxies: ["10.0.0.0/8"] });
    sharedState("http.untrusted-proxies", () => new Set()).clear();
    await ask(port, "/page");
    expect(untrustedProxies()).toEqual([]);
    for (const path of ["/page", "/machine", "/page"]) await ask(port, path, { headers: { forwarded: "for=8.8.8.8" } });
    log.mockRestore();
    expect(untrustedProxies()).toEqual(["127.0.0.1"]);
    expect(lines.filter((line) => line.includes("a proxy that is not trusted"))).toHaveLength(1);
    expect(lines.join("")).toContain("BELFRY_TRUST_PROXY=127.0.0.1");
    expect(lines.join("")).not.toContain("8.8.8.8");
  });

  test("fault E6: what Next asks for itself while it answers an action counts as its caller's, and as no proxy", async () => {
    const port = await start({ trustedProxies: 1 });
    sharedState("http.untrusted-proxies", () => new Set()).clear();
    await ask(port, "/action", { headers: { "x-forwarded-for": "203.0.113.9" } });
    const [{ headers: cleaned }] = seen as [Seen];
    const { host: _, ...copied } = cleaned as Record<string, string>;
    server?.close();
    const own = await start();
    await ask(own, "/page", { headers: { ...copied, "x-forwarded-for": "127.0.0.1", "x-forwarded-port": "3000" } });
    expect(seen[0]?.headers["x-belfry-address"]).toBe("203.0.113.9");
    expect(untrustedProxies()).toEqual([]);
    await ask(own, "/page", { headers: { ...copied, "x-belfry-own": "guessed" } });
    expect(seen[1]?.headers["x-belfry-address"]).toBe("127.0.0.1");
  });

  test("fault E14: who came by https to an https base URL is to come by https alone", async () => {
    const strict = async (options: Partial<ServerOptions>, headers: Record<string, string>, path = "/page") => {
      const answer = await ask(await start(options), path, { headers });
      server?.close();
      return answer.headers["strict-transport-security"];
    };
    const https = { "x-forwarded-proto": "https" };
    const proxied = { baseUrl: "https://backup.example", trustedProxies: 1 };
    expect(await strict(proxied, https)).toBe("max-age=31536000");
    expect(await strict(proxied, {})).toBe("max-age=31536000");
    expect(await strict(proxied, https, "/machine")).toBe("max-age=31536000");
    expect(await strict(proxied, { "x-forwarded-proto": "https, http" })).toBeUndefined();
    expect(await strict({ ...proxied, trustedProxies: 0 }, https)).toBeUndefined();
    expect(await strict({ ...proxied, baseUrl: "http://backup.example" }, https)).toBeUndefined();
    expect(await strict({ trustedProxies: 1 }, https)).toBeUndefined();
  });

  test("with a base URL every request to a page is taken to be made there", async () => {
    const port = await start({ baseUrl: "https://backup.example" });
    await ask(port, "/page", { headers: { host: "evil.example", ...forged } });
    expect(seen[0]?.headers).toMatchObject({
      host: "backup.example",
      "x-forwarded-host": "backup.example",
      "x-forwarded-proto": "https",
    });
  });
});

describe("machine routes", () => {
  const json = async (answer: Promise<Answer>) => JSON.parse((await answer).text);

  test("path parameters are decoded, the query is passed on as it is", async () => {
    const port = await start();
    expect(await json(ask(port, "/sample/a%2Fb%C3%BC%20c?x=%20&y"))).toEqual({
      params: { uuid: "a/bü c" },
      query: "x=%20&y",
      method: "GET",
      body: "",
    });
    expect(await json(ask(port, "/sent/t0/a/b%3F/c/?q", { method: "POST" }))).toMatchObject({
      params: { token: "t0", rest: "a/b?/c/" },
    });
  });

  test.each(["/sample/%", "/sample/%ff", "/sample/%E0%A4%A", `/sample/${"x".repeat(1_001)}`])(
    "%.20s is refused with 400",
    async (path) => {
      const port = await start();
      expect(await ask(port, path)).toMatchObject({ status: 400, text: expect.stringContaining('"invalid"') });
      expect(seen).toEqual([]);
    },
  );

  test("the body is handed over as bytes", async () => {
    const port = await start();
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    for (const chunked of [false, true]) {
      expect(await json(ask(port, "/sample/a", { method: "POST", body: bytes, chunked }))).toMatchObject({
        method: "POST",
        body: bytes.toString("hex"),
      });
    }
  });

  test("each route has a limit of its own for the body", async () => {
    const port = await start();
    for (const chunked of [false, true]) {
      const put = (bytes: number) =>
        ask(port, "/sample/a/upload", { method: "PUT", body: Buffer.alloc(bytes), chunked });
      expect(await put(KB)).toMatchObject({ status: 201, text: "1024" });
      expect(await put(KB + 1)).toMatchObject({ status: 413, text: expect.stringContaining('"too_large"') });
      const other = await ask(port, "/sample/a", { method: "POST", body: Buffer.alloc(4 * KB), chunked });
      expect(other.status).toBe(200);
    }
  });

  test.each([
    ["declares", "content-length: 9000000\r\n\r\n"],
    ["has sent", `transfer-encoding: chunked\r\n\r\n1000\r\n${"x".repeat(4096)}\r\n`],
  ])("a caller that %s too much gets 413 before the body has ended", async (_, rest) => {
    const port = await start();
    const socket = connect(port, "127.0.0.1");
    socket.write(`PUT /sample/a/upload HTTP/1.1\r\nhost: a\r\n${rest}`);
    const [chunk] = await once(socket, "data");
    expect(String(chunk)).toMatch(/^HTTP\/1.1 413/);
    socket.destroy();
  });

  test("a literal path wins over a parameter, a trailing slash does not count after a parameter", async () => {
    const port = await start();
    expect(await json(ask(port, "/sample/fixed", { method: "POST" }))).toBe("fixed");
    expect((await ask(port, "/sample/fixed")).status).toBe(405);
    expect(await json(ask(port, "/sample/fixed2/"))).toMatchObject({ params: { uuid: "fixed2" } });
    for (const path of ["/sample", "/sample/", "/sample/a/b", "/sample/a//", "/samples/a", "/machine/"]) {
      expect(await ask(port, path)).toMatchObject({ text: "page 0" });
    }
  });

  test("other methods get 405 with those the route has, HEAD goes to GET", async () => {
    const port = await start();
    expect(await ask(port, "/sample/a", { method: "DELETE" })).toMatchObject({
      status: 405,
      headers: { allow: "GET, POST, HEAD, OPTIONS" },
    });
    expect(await ask(port, "/sample/a/upload", { method: "HEAD" })).toMatchObject({ status: 405 });
    expect(await ask(port, "/sample/a", { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
  });
});

describe("a form of a page at another address", () => {
  const form = (port: number, headers: Record<string, string>, path = "/login") =>
    ask(port, path, { method: "POST", headers, body: Buffer.from("a form") });

  test("fault D3: behind a proxy that changes the Host it is refused with the variable to set and a reference", async () => {
    const port = await start();
    const refused = await form(port, { origin: "https://backup.example", "next-action": "abc" });
    expect(refused).toMatchObject({ status: 403, headers: { "content-type": "text/plain" } });
    expect(refused.text).toMatch(
      /^This page was opened at https:\/\/backup\.example, .* for localhost:\d+, .* BELFRY_BASE_URL=https:\/\/backup\.example, .* under err_\w+\.$/,
    );
    expect(refused.text).not.toContain("BELFRY_TRUST_PROXY");
    const named = await form(port, { origin: "https://backup.example", "x-forwarded-host": "backup.example" });
    expect(named.text).toContain("BELFRY_TRUST_PROXY=1");
    expect(named).toMatchObject({ status: 403, headers: { "content-type": "text/html; charset=utf-8" } });
    expect(seen).toEqual([]);
  });

  test("fault D3: with a base URL it names the address to open", async () => {
    const port = await start({ baseUrl: "https://backup.example" });
    const refused = await form(port, { origin: "http://10.0.0.7:3000", "next-action": "abc" });
    expect(refused.text).toContain("Open https://backup.example, or correct the variable BELFRY_BASE_URL.");
    expect((await form(port, { origin: "https://backup.example" })).text).toBe("page 6");
  });

  test("what a page sends to the API is refused in JSON, a key is no page, and markup in an address stays text", async () => {
    const port = await start();
    const upload = "/api/v1/config-backups/restore";
    const { status, text } = await form(port, { origin: "https://backup.example" }, upload);
    expect([status, JSON.parse(text).error.code]).toEqual([403, "forbidden"]);
    const key = { origin: "https://app.example", authorization: "Bearer bfy_x" };
    expect((await form(port, key, upload)).text).toBe("page 6");
    expect((await form(port, { host: "<b>", origin: "https://backup.example" })).text).not.toContain("<b>");
    for (const origin of ["null", "moz-extension://x", `http://localhost:${port}`])
      expect((await form(port, { origin })).text).toBe("page 6");
  });

  test("behind a trusted proxy the host that it names counts", async () => {
    const port = await start({ trustedProxies: 1 });
    const headers = { origin: "https://backup.example", "x-forwarded-host": "backup.example" };
    expect((await form(port, headers)).text).toBe("page 6");
    expect((await form(port, { ...headers, "x-forwarded-host": "other.example" })).status).toBe(403);
  });
});

test("every page has a strict policy with its own nonce", async () => {
  const port = await start();
  const [first, second] = [await ask(port, "/page"), await ask(port, "/page")];
  const policy = String(first.headers["content-security-policy"]);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("unsafe-eval");
  expect(policy).not.toMatch(/script-src[^;]*unsafe-inline/);
  expect(first.headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "same-origin" });
  const nonceOf = (text: string) => /'nonce-([^']+)'/.exec(text)?.[1];
  expect(nonceOf(policy)).toBe(seen[0]?.headers["x-nonce"]);
  expect(nonceOf(policy)).not.toBe(nonceOf(String(second.headers["content-security-policy"])));
});

test.each([
  ["/machine", "GET, HEAD, OPTIONS"],
  ["/page", "GET, HEAD, POST, OPTIONS"],
  ["/api/v1/channels", "GET, POST, HEAD, OPTIONS"],
  ["/api/v1/channels/x/test", "POST, OPTIONS"],
  ["/api/v1/jobs/x", "GET, PATCH, DELETE, HEAD, OPTIONS"],
  ["/api/v1/openapi.json", "GET, HEAD, OPTIONS"],
])("fault D8: %s has these methods, says so to OPTIONS, and refuses all others: %s", async (path, allow) => {
  const port = await start();
  expect(await ask(port, path, { method: "OPTIONS" })).toMatchObject({ status: 204, headers: { allow }, text: "" });
  const others = ["TRACE", "PROPFIND", "PUT", "PATCH", "DELETE", "POST", "GET"];
  for (const method of others.filter((name) => !allow.split(", ").includes(name))) {
    const answer = await ask(port, path, { method });
    expect([method, answer.status, answer.headers.allow, JSON.parse(answer.text)]).toEqual([
      method,
      405,
      allow,
      { error: { code: "invalid", message: `${method} is not allowed here.` } },
    ]);
  }
  expect(seen).toEqual([]);
});

test("fault D8: a path that the API does not have is no page's either: its own answer is 404, but TRACE is refused", async () => {
  const port = await start();
  for (const method of ["GET", "DELETE", "OPTIONS"])
    expect((await ask(port, "/api/v1/nothing", { method })).text).toBe("page 0");
  expect(await ask(port, "/api/v1/nothing", { method: "TRACE" })).toMatchObject({ status: 405 });
});

describe("malformed requests", () => {
  test("an absolute target is refused", async () => {
    const port = await start();
    expect(await raw(port, "GET http://evil.example/ HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")).toMatch(
      /^HTTP\/1.1 400/,
    );
    expect(seen).toEqual([]);
  });
  test("garbage gets 400, endless headers 431", async () => {
    const port = await start();
    expect(await raw(port, "garbage\r\n\r\n")).toMatch(/^HTTP\/1.1 400/);
    expect(await raw(port, `GET / HTTP/1.1\r\nhost: a\r\nx-long: ${"x".repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431/,
    );
  });
  test("a machine route refuses other methods and names those it has", async () => {
    const port = await start();
    const answer = await ask(port, "/machine", { method: "DELETE" });
    expect(answer).toMatchObject({ status: 405, headers: { allow: "GET, HEAD, OPTIONS" } });
  });
  test("HEAD is answered like GET, without a body", async () => {
    const port = await start();
    expect(await ask(port, "/machine", { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
  });
});

test("a page that throws is answered, not left hanging", async () => {
  const port = await start({ pages: Promise.resolve(() => Promise.reject(new Error("no"))) });
  const answer = await ask(port, "/page");
  expect(answer.status).toBe(500);
  expect(answer.text).not.toContain('"no"');
});

test("a process without pages says so", async () => {
  const port = await start({ pages: Promise.resolve(null) });
  expect((await ask(port, "/page")).status).toBe(404);
});
