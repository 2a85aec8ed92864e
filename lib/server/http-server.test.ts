import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { sendJson } from "./answer";
import { createHttpServer, type FrontOptions } from "./http-server";
import { routeTable } from "./machine-handler";

const MB = 1024 * 1024;
let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** What a page behind the server got to see. */
interface Seen {
  headers: IncomingHttpHeaders;
  bytes: number;
}
const seen: Seen[] = [];

/** Stands where Next does: reads the whole body, says how long it was. */
async function page(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  let bytes = 0;
  for await (const chunk of incoming) bytes += (chunk as Buffer).length;
  seen.push({ headers: { ...incoming.headers }, bytes });
  response.end(`page ${bytes}`);
}

async function start(options: Partial<FrontOptions> = {}): Promise<number> {
  seen.length = 0;
  server = createHttpServer({
    isDevelopment: false,
    trustedProxies: 0,
    doors: routeTable([["GET /door", ({ response, address }) => sendJson(response, 200, { address })]]),
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
    const providerIo = request(
      { port, path, method, headers: { ...headers, ...length }, agent: false },
      async (incoming) => {
        let text = "";
        for await (const chunk of incoming) text += chunk;
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
      },
    );
    providerIo.on("error", reject);
    if (chunked && body) {
      for (let at = 0; at < body.length; at += 64 * 1024) providerIo.write(body.subarray(at, at + 64 * 1024));
      providerIo.end();
    } else providerIo.end(body);
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
      expect(JSON.parse(answer.text).error.code).toBe("too_large");
    }
    expect(seen).toEqual([]);
  });

  test("the upload of a configuration backup may have 50 MB", async () => {
    const port = await start();
    const upload = (bytes: number) =>
      ask(port, "/api/v1/config-backups/restore", { method: "POST", body: Buffer.alloc(bytes), chunked: true });
    expect((await upload(20 * MB)).text).toBe(`page ${20 * MB}`);
    expect((await upload(51 * MB)).status).toBe(413);
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
    expect(JSON.parse((await ask(port, "/door", { headers: forged })).text)).toEqual({ address: "127.0.0.1" });
  });

  test("behind a trusted proxy its word counts, and only its own: what stood before is the caller's", async () => {
    const port = await start({ trustedProxies: 1 });
    const headers = { ...forged, "x-forwarded-for": "1.1.1.1, 203.0.113.9" };
    expect(JSON.parse((await ask(port, "/door", { headers })).text)).toEqual({ address: "203.0.113.9" });
    await ask(port, "/page", { headers });
    expect(seen[0]?.headers).toMatchObject({ "x-belfry-address": "203.0.113.9", "x-forwarded-host": "evil.example" });
    expect(seen[0]?.headers["x-middleware-subrequest"]).toBeUndefined();
  });

  test("with a base address every page believes to be there", async () => {
    const port = await start({ baseUrl: "https://backup.example" });
    await ask(port, "/page", { headers: { host: "evil.example", ...forged } });
    expect(seen[0]?.headers).toMatchObject({
      host: "backup.example",
      "x-forwarded-host": "backup.example",
      "x-forwarded-proto": "https",
    });
  });
});

test("every page has a strict policy with a nonce of its own", async () => {
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

describe("requests that are none of ours", () => {
  test("an absolute target is refused", async () => {
    const port = await start();
    expect(await raw(port, "GET http://evil.example/ HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")).toMatch(
      /^HTTP\/1.1 400/,
    );
    expect(seen).toEqual([]);
  });
  test("rubbish gets 400, headers without end 431", async () => {
    const port = await start();
    expect(await raw(port, "rubbish\r\n\r\n")).toMatch(/^HTTP\/1.1 400/);
    expect(await raw(port, `GET / HTTP/1.1\r\nhost: a\r\nx-long: ${"x".repeat(20_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 431/,
    );
  });
  test("a door that does not take the method says which it takes", async () => {
    const port = await start();
    const answer = await ask(port, "/door", { method: "DELETE" });
    expect(answer).toMatchObject({ status: 405, headers: { allow: "GET" } });
  });
  test("HEAD is answered like GET, without a body", async () => {
    const port = await start();
    expect(await ask(port, "/door", { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
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
