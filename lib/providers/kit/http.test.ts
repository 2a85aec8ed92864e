import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createTcp, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { ANY_RECEIVER } from "@/e2e/support/own-answers";
import { classify } from "./classify";
import { refusalOf } from "./egress";
import { createHttp } from "./http";
import { retryAfterOf } from "./retry-after";

const http = createHttp({ egress: "any", userAgent: "Belfry/test" });
const open: { close(done: () => void): unknown }[] = [];

afterEach(async () => {
  for (const server of open.splice(0)) await new Promise<void>((done) => server.close(() => done()));
});
afterAll(() => http.close());

async function serve(listener: RequestListener): Promise<{ url: string; server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  open.push({
    close: (done) => {
      server.closeAllConnections();
      server.close(done);
    },
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

async function serveRaw(onSocket: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createTcp((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    onSocket(socket);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  open.push({
    close: (done) => {
      for (const socket of sockets) socket.destroy();
      server.close(done);
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const post = (url: string, more: { timeoutMs?: number; headers?: Record<string, string> } = {}) =>
  http.request({ url, method: "POST", body: "{}", ...more });

describe("createHttp", () => {
  test("sends method, path, headers, body and Basic credentials of the address", async () => {
    const seen: Record<string, unknown> = {};
    const { url } = await serve(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      Object.assign(seen, { method: request.method, url: request.url, headers: request.headers, body });
      response.end("héllo");
    });
    const target = `${url.replace("://", "://me:p%40ss@")}/a/b?c=d`;
    const answer = await http.request({ url: target, method: "PUT", body: "ü", headers: { "x-one": "1" } });
    expect(answer).toMatchObject({ kind: "answer", status: 200, body: "héllo" });
    expect(seen).toMatchObject({ method: "PUT", url: "/a/b?c=d", body: "ü" });
    expect(seen.headers).toMatchObject({
      "user-agent": "Belfry/test",
      "x-one": "1",
      "content-length": "2",
      authorization: `Basic ${Buffer.from("me:p@ss").toString("base64")}`,
    });
  });

  test("keeps connections and uses as many as are needed at once", async () => {
    let sockets = 0;
    const { url, server } = await serve((_, response) => void setTimeout(() => response.end("ok"), 20));
    server.on("connection", () => sockets++);
    for (let round = 0; round < 10; round++) await Promise.all(Array.from({ length: 8 }, () => post(url)));
    expect(sockets).toBeGreaterThanOrEqual(8);
    expect(sockets).toBeLessThanOrEqual(24);
  });

  test("follows no redirect and names where it points", async () => {
    let hits = 0;
    const { url } = await serve((_, response) => {
      hits++;
      response.writeHead(302, { location: "https://elsewhere.example/secret/path" }).end();
    });
    const outcome = classify(await post(url), ANY_RECEIVER);
    expect(hits).toBe(1);
    expect(outcome).toMatchObject({ kind: "rejected", status: 302 });
    expect(outcome.kind === "rejected" && outcome.reason).toContain("points to elsewhere.example,");
    expect(JSON.stringify(outcome)).not.toContain("/secret/path");
  });

  test("reads 64 kB of an endless answer and hangs up", async () => {
    const { url } = await serve((_, response) => {
      const timer = setInterval(() => response.write("x".repeat(16_384)), 1);
      response.on("close", () => clearInterval(timer));
    });
    const answer = await post(url);
    expect(answer.kind === "answer" && answer.body.length).toBe(65_536);
  });

  test.each([
    ["no answer at all", () => undefined],
    [
      "a body that drips",
      (socket: Socket) => {
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n");
        const timer = setInterval(() => socket.write("x"), 20);
        socket.on("close", () => clearInterval(timer));
      },
    ],
  ])("gives up on the whole request in time: %s", async (_, onSocket) => {
    const url = await serveRaw(onSocket);
    const start = performance.now();
    const answer = await post(url, { timeoutMs: 200 });
    expect(answer).toMatchObject({ kind: "failed", code: "TIMEOUT", isRefused: false });
    expect(performance.now() - start).toBeLessThan(5_000);
    expect(classify(answer, ANY_RECEIVER).kind).toBe("retry");
  });

  test("a reset, a closed port, an unknown name and nonsense are retries with a sentence", async () => {
    const reset = await serveRaw((socket) => void socket.once("data", () => socket.resetAndDestroy()));
    const noise = await serveRaw((socket) => void socket.once("data", () => socket.end("I am no web server\r\n\r\n")));
    const closed = await serveRaw(() => undefined);
    await new Promise<void>((done) => open.pop()?.close(() => done()));
    const reasons: string[] = [];
    for (const url of [reset, noise, closed, "http://no-such-name.invalid"]) {
      const outcome = classify(await post(url), ANY_RECEIVER);
      expect(outcome.kind).toBe("retry");
      if (outcome.kind === "retry") reasons.push(outcome.reason);
    }
    expect(reasons[0]).toMatch(/closed the connection without an answer/);
    expect(reasons[2]).toMatch(/refuses the connection/);
    expect(reasons[3]).toMatch(/no-such-name\.invalid cannot be resolved/);
  });

  describe("a connection that the server closes without an answer", () => {
    const OK = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
    /** Head and body of a request may arrive apart: only the head counts. */
    const onRequest = (socket: Socket, listener: () => void) =>
      socket.on("data", (chunk) => chunk.includes("HTTP/1.1") && listener());
    /** The pool reuses a connection only after a turn of the event loop. */
    async function postFirst(url: string) {
      await post(url);
      await setImmediate();
    }
    /** Answers each connection's requests in turn; null closes the connection instead. */
    async function serveInTurn(script: (string | null)[][]) {
      const seen: number[] = [];
      const url = await serveRaw((socket) => {
        const connection = seen.push(0) - 1;
        onRequest(socket, () => {
          const answer = script[connection]?.[seen[connection] ?? 0] ?? null;
          seen[connection] = (seen[connection] ?? 0) + 1;
          if (answer === null) socket.destroy();
          else socket.write(answer);
        });
      });
      return { url, seen };
    }
    test("is replaced by a new one when it was reused", async () => {
      const { url, seen } = await serveInTurn([[OK, null], [OK]]);
      await postFirst(url);
      expect(await post(url)).toMatchObject({ kind: "answer", status: 200 });
      expect(seen).toEqual([2, 1]);
    });
    test("is replaced only once", async () => {
      const { url, seen } = await serveInTurn([[OK, null], [null], [OK]]);
      await postFirst(url);
      expect(await post(url)).toMatchObject({ kind: "failed", reason: expect.stringMatching(/without an answer/) });
      expect(seen).toEqual([2, 1]);
    });
    test("is not replaced when it was new", async () => {
      const { url, seen } = await serveInTurn([[null], [OK]]);
      expect(await post(url)).toMatchObject({ kind: "failed" });
      expect(seen).toEqual([1]);
    });
    test("is not replaced when an answer had begun", async () => {
      const url = await serveRaw((socket) => {
        let requests = 0;
        onRequest(socket, () => {
          requests += 1;
          if (requests === 1) socket.write(OK);
          else socket.end("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab");
        });
      });
      await postFirst(url);
      expect(await post(url)).toMatchObject({ kind: "failed" });
    });
    test("counts against the time of the whole request", async () => {
      let connections = 0;
      const url = await serveRaw((socket) => {
        connections += 1;
        const isFirst = connections === 1;
        let requests = 0;
        onRequest(socket, () => {
          requests += 1;
          if (!isFirst) return;
          if (requests === 1) socket.write(OK);
          else socket.destroy();
        });
      });
      await postFirst(url);
      expect(await post(url, { timeoutMs: 150 })).toMatchObject({ kind: "failed", code: "TIMEOUT" });
    });
  });

  test("impossible requests are refused, not thrown", async () => {
    for (const url of ["ftp://x.example/", "file:///etc/passwd", "nonsense", "http://a:%zz@127.0.0.1:1/"]) {
      const answer = await post(url);
      expect(answer.kind).toBe("failed");
    }
    const { url } = await serve((_, response) => response.end());
    expect(await post(url, { headers: { "x-a": "b\r\nx-c: d" } })).toMatchObject({ kind: "failed", isRefused: true });
  });
});

describe("providerIo addresses", () => {
  test.each([
    "169.254.169.254",
    "169.254.1.1",
    "fe80::1",
    "fd00:ec2::254",
    "100.100.100.200",
    "0.0.0.0",
    "0.1.2.3",
    "::",
    "224.0.0.1",
    "ff02::1",
    "255.255.255.255",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "64:ff9b::a9fe:a9fe",
    "2002:a9fe:a9fe::1",
    "::169.254.169.254",
  ])("%s is never reached", (address) => {
    expect(refusalOf(address, "any")).not.toBeNull();
    expect(refusalOf(address, "public")).not.toBeNull();
  });
  test.each([
    "127.0.0.1",
    "::1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "fd12::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
  ])("%s is reached unless only public addresses are", (address) => {
    expect(refusalOf(address, "any")).toBeNull();
    expect(refusalOf(address, "public")).not.toBeNull();
  });
  test.each(["1.1.1.1", "2606:4700::1111", "162.159.128.233"])("%s is always reached", (address) => {
    expect(refusalOf(address, "public")).toBeNull();
  });
  test("checked for literals in any spelling, and for names after resolution", async () => {
    const publicOnly = createHttp({ egress: "public", userAgent: "Belfry/test" });
    const { url } = await serve((_, response) => response.end("reached"));
    const port = new URL(url).port;
    for (const host of ["127.0.0.1", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]", "localhost"]) {
      const answer = await publicOnly.request({ url: `http://${host}:${port}/`, method: "GET" });
      expect(answer, host).toMatchObject({ kind: "failed", isRefused: true });
    }
    expect(await http.request({ url: `http://localhost:${port}/`, method: "GET" })).toMatchObject({ status: 200 });
    expect(await http.request({ url: "http://169.254.169.254/latest/meta-data", method: "GET" })).toMatchObject({
      isRefused: true,
    });
    await publicOnly.close();
  });
});

describe("retryAfterOf", () => {
  const now = Date.UTC(2026, 10, 21, 3, 0, 0);
  test.each([
    ["seconds", { "retry-after": "7" }, "", 7_000],
    ["fractions, at least a second", { "retry-after": "0.3" }, "", 1_000],
    ["an HTTP date", { "retry-after": "Sat, 21 Nov 2026 03:01:30 GMT" }, "", 90_000],
    ["a date that is past", { "retry-after": "Sat, 21 Nov 2026 02:00:00 GMT" }, "", 1_000],
    ["at most a day", { "retry-after": "9999999" }, "", 86_400_000],
    ["Discord", {}, '{"retry_after": 2.25}', 2_250],
    ["the longer of two", { "retry-after": "1" }, '{"retry_after": 1.75}', 1_750],
    ["Telegram", {}, '{"parameters":{"retry_after":35}}', 35_000],
    ["Matrix", {}, '{"retry_after_ms":4500}', 4_500],
    ["reset after", { "x-ratelimit-reset-after": "1.5" }, "", 1_500],
    ["reset at", { "x-ratelimit-reset": String(now / 1000 + 12) }, "", 12_000],
    ["reset at, in milliseconds", { "x-ratelimit-reset": String(now + 12_000) }, "", 12_000],
    ["reset in seconds", { "x-ratelimit-reset": "12" }, "", 12_000],
    ["said once, the window does not matter", { "retry-after": "2", "x-ratelimit-reset-after": "60" }, "", 2_000],
    ["nothing", { "retry-after": "soon" }, "{not json retry_after", undefined],
  ] as [string, Record<string, string>, string, number | undefined][])("%s", (_, headers, body, expected) => {
    expect(retryAfterOf(headers, body, now)).toBe(expected);
  });
});

test("pain 14: the reason is the service's own message, short and in one line", () => {
  const said = (status: number, body: string) => {
    const outcome = classify({ kind: "answer", status, headers: {}, body }, ANY_RECEIVER);
    return outcome.kind === "sent" ? "" : outcome.reason;
  };
  expect(said(404, '{"message":"Unknown Webhook","code":10015}')).toBe("404 Not Found: Unknown Webhook");
  expect(said(400, '{"error":{"message":"no such room"}}')).toBe("400 Bad Request: no such room");
  expect(said(422, '{"errors":["a is bad","b too"]}')).toBe("422 Unprocessable Entity: a is bad; b too");
  expect(said(502, "<html><head><title>502 Bad\nGateway</title></head></html>")).toBe(
    "502 Bad Gateway: 502 Bad Gateway",
  );
  expect(said(500, "")).toBe("500 Internal Server Error");
  expect(said(599, "x".repeat(5000))).toHaveLength("599: ".length + 300);
});

test("nothing listens on the port that the tests call closed", async () => {
  const url = await serveRaw(() => undefined);
  const port = Number(new URL(url).port);
  await new Promise<void>((done) => open.pop()?.close(() => done()));
  await expect(
    new Promise((resolve, reject) => connect(port, "127.0.0.1", () => resolve(0)).on("error", reject)),
  ).rejects.toThrow();
});
