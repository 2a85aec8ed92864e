import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { afterEach, describe, expect, test, vi } from "vitest";
import { AppError } from "@/lib/core/errors";
import { allowedMethods } from "@/lib/services/openapi/allowed-methods";
import { admitToPages, STRANGER_BODY_BYTES } from "./admission";
import { BodyBudget } from "./body-budget";
import type { Admission } from "./held-body";
import { createHttpServer } from "./http-server";
import { rawHandler, routeTable } from "./machine-handler";

const KB = 1024;
const MB = 1024 * KB;
let server: Server | undefined;
/** What handlers behind the server were given. */
const taken: number[] = [];

afterEach(() => {
  vi.useRealTimers();
  server?.closeAllConnections();
  server?.close();
  taken.length = 0;
});

/** `/key` takes 1 MB from those that name a caller, everybody else is refused; every other path is a page. */
async function start(): Promise<number> {
  const admit = async ({ request }: { request: { headers: Record<string, unknown> } }): Promise<Admission> => {
    const caller = request.headers["x-caller"];
    if (!caller) throw new AppError("unauthenticated", "Sign in, or send an API key.");
    return { caller: String(caller), isStranger: false, maxBytes: MB };
  };
  server = createHttpServer({
    isDevelopment: false,
    trustedProxies: 0,
    routes: routeTable([
      [
        "POST /key",
        rawHandler(admit, async (_, body) => {
          taken.push(body.length);
          return { status: 200, json: body.length };
        }),
      ],
    ]),
    allowedMethods: allowedMethods(),
    admit: admitToPages(),
    pages: Promise.resolve(async (request, response) => {
      let bytes = 0;
      for await (const chunk of request) bytes += (chunk as Buffer).length;
      taken.push(bytes);
      response.end(`page ${bytes}`);
    }),
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** A connection that says what it was answered so far. */
function open(port: number) {
  const socket = connect(port, "127.0.0.1");
  let text = "";
  let isClosed = false;
  socket.on("data", (chunk) => {
    text += chunk;
  });
  socket.on("close", () => {
    isClosed = true;
  });
  socket.on("error", () => undefined);
  const statuses = () => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));
  return {
    socket,
    write: (data: string | Buffer) => socket.write(data),
    text: () => text,
    statuses,
    isClosed: () => isClosed,
    answered: (...expected: number[]) => expect.poll(statuses).toEqual(expected),
  };
}

const head = (path: string, lines: string[]) =>
  `POST ${path} HTTP/1.1\r\n${["host: localhost", ...lines].join("\r\n")}\r\n\r\n`;
const CHUNKED = "transfer-encoding: chunked";
const chunk = (bytes: number) => `${bytes.toString(16)}\r\n${"x".repeat(bytes)}\r\n`;
const LAST = "0\r\n\r\n";

describe("fault E2: who calls is known before the body is read", () => {
  test.each([
    ["of declared length", "content-length: 900000"],
    ["in chunks", CHUNKED],
  ])("a stranger's body %s is answered with 401 before any of it, and the connection goes on", async (_, framing) => {
    const port = await start();
    const caller = open(port);
    caller.write(head("/key", [framing]));
    await caller.answered(401);
    caller.write(framing === CHUNKED ? chunk(900_000) + LAST : "x".repeat(900_000));
    caller.write(`${head("/key", ["x-caller: anna", "content-length: 5"])}hello`);
    await caller.answered(401, 200);
    expect(taken).toEqual([5]);
  });

  test("a sender that goes on after a refusal is cut off soon", async () => {
    const port = await start();
    const connected = once(server as Server, "connection");
    const caller = open(port);
    const [socket] = (await connected) as [Socket];
    caller.write(head("/key", [CHUNKED]));
    await caller.answered(401);
    const piece = chunk(64 * KB);
    for (let sent = 0; sent < 64 * MB; sent += 64 * KB) caller.write(piece);
    await expect.poll(caller.isClosed).toBe(true);
    expect(socket.bytesRead).toBeLessThan(8 * MB);
  });

  test("strangers that send 45 MB at once all get to see their 401", async () => {
    const port = await start();
    const strangers = Array.from({ length: 14 }, () => open(port));
    const piece = chunk(64 * KB);
    for (const { write } of strangers) {
      write(head("/key", [CHUNKED]));
      for (let sent = 0; sent < 45 * MB; sent += 64 * KB) write(piece);
    }
    await expect.poll(() => strangers.map(({ statuses }) => statuses().join())).toEqual(strangers.map(() => "401"));
  });

  test("a sender that wants the connection closed afterwards sees its answer too, though it is in the middle of its body", async () => {
    const port = await start();
    const connected = once(server as Server, "connection");
    const stranger = open(port);
    const [socket] = (await connected) as [Socket];
    stranger.write(head("/key", ["content-length: 900000", "connection: close"]));
    await stranger.answered(401);
    stranger.write("x".repeat(450_000));
    await expect.poll(() => socket.bytesRead).toBeGreaterThan(450_000);
    expect(stranger.isClosed()).toBe(false);
    stranger.write("x".repeat(450_000));
    await expect.poll(stranger.isClosed).toBe(true);
    const whole = open(port);
    whole.write(`${head("/key", ["content-length: 5", "connection: close"])}hello`);
    await whole.answered(401);
    await expect.poll(whole.isClosed).toBe(true);
  });

  test("a sender that asks first is refused without being asked for the body, or asked for it", async () => {
    const port = await start();
    const stranger = open(port);
    stranger.write(head("/key", ["content-length: 900000", "expect: 100-continue"]));
    await stranger.answered(401);
    await expect.poll(stranger.isClosed).toBe(true);
    const large = open(port);
    large.write(head("/key", ["x-caller: anna", "content-length: 9000000", "expect: 100-continue"]));
    await large.answered(413);
    const anna = open(port);
    anna.write(head("/key", ["x-caller: anna", "content-length: 5", "expect: 100-continue"]));
    await anna.answered(100);
    anna.write("hello");
    await anna.answered(100, 200);
    expect(taken).toEqual([5]);
  });

  test("a request behind an unread body has its own answer", async () => {
    const port = await start();
    const caller = open(port);
    const refused = `${head("/key", ["content-length: 3000"])}${"x".repeat(3000)}`;
    caller.write(`${refused}${head("/key", ["x-caller: anna", "content-length: 2"])}hi${refused}`);
    await caller.answered(401, 200, 401);
    expect(taken).toEqual([2]);
  });

  test("calls and pages take nothing large from a stranger; the forms for strangers take a few short fields", async () => {
    const port = await start();
    const post = async (path: string, bytes: number, chunked: boolean) => {
      const caller = open(port);
      caller.write(head(path, [chunked ? CHUNKED : `content-length: ${bytes}`, "connection: close"]));
      caller.write(chunked ? chunk(bytes) + LAST : "x".repeat(bytes));
      await expect.poll(() => caller.statuses().length).toBe(1);
      return caller.statuses()[0];
    };
    for (const chunked of [false, true]) {
      expect(await post("/api/v1/channels", 10, chunked)).toBe(401);
      expect(await post("/api/v1/config-backups/restore", 100_000, chunked)).toBe(401);
      expect(await post("/login", STRANGER_BODY_BYTES, chunked)).toBe(200);
      expect(await post("/login", STRANGER_BODY_BYTES + 1, chunked)).toBe(413);
      expect(await post("/setup", 100_000, chunked)).toBe(413);
      expect(await post("/invite/abc", 100_000, chunked)).toBe(413);
    }
    expect(await post("/jobs", 100_000, false)).toBe(401);
    expect(await post("/api/v1/nothing", 100_000, false)).toBe(404);
  });

  test("a packed body is refused, whatever it would become", async () => {
    const port = await start();
    const packed = gzipSync(Buffer.alloc(10 * MB));
    const caller = open(port);
    const own = ["x-caller: anna", `content-length: ${packed.length}`];
    caller.write(head("/key", [...own, "content-encoding: gzip"]));
    caller.write(packed);
    caller.write(head("/key", ["x-caller: anna", "transfer-encoding: gzip, chunked"]) + LAST);
    caller.write(`${head("/key", ["x-caller: anna", "content-encoding: identity", "content-length: 2"])}hi`);
    await caller.answered(400, 400, 200);
    expect(taken).toEqual([2]);
  });
});

describe("fault E2: what is held of all bodies together is limited", () => {
  test("callers that hold much lose their oldest unfinished body, 503 with Retry-After; others do not notice", async () => {
    const port = await start();
    const greedy = Array.from({ length: 12 }, (_, at) =>
      Array.from({ length: 6 }, () => ({ at, ...open(port) })),
    ).flat();
    for (const { at, write } of greedy) write(head("/key", [`x-caller: greedy ${at}`, CHUNKED]) + chunk(600 * KB));
    const statuses = () => greedy.flatMap((caller) => caller.statuses());
    await expect.poll(statuses).toContain(503);
    for (const one of greedy) if (one.text()) expect(one.text()).toMatch(/503[\s\S]*retry-after: 2/i);
    // 1 MB while they hold everything: they hold more each.
    const anna = open(port);
    anna.write(head("/key", ["x-caller: anna", `content-length: ${MB}`]) + "x".repeat(MB));
    await anna.answered(200);
    expect(taken).toEqual([MB]);
    expect(statuses().every((status) => status === 503)).toBe(true);
  });

  test("small pieces do not hold more than they are", () => {
    const budget = new BodyBudget(100);
    const dropped: string[] = [];
    const one = budget.open("one", () => dropped.push("one"));
    const two = budget.open("two", () => dropped.push("two"));
    expect([one.take(60), two.take(40), two.take(1)]).toEqual([true, true, true]);
    expect([dropped, budget.bytes]).toEqual([["one"], 41]);
    two.settle();
    const three = budget.open("three", () => dropped.push("three"));
    expect([three.take(59), three.take(1)]).toEqual([true, false]);
    two.release();
    two.release();
    three.release();
    expect([dropped, budget.bytes]).toEqual([["one"], 0]);
  });

  test("among strangers the newest wins, and a form that has arrived is never dropped", () => {
    const budget = new BodyBudget(100, true);
    const dropped: string[] = [];
    const openOne = (name: string, caller = "one address") => budget.open(caller, () => dropped.push(name));
    const whole = openOne("whole");
    whole.take(40);
    whole.settle();
    for (const name of ["a", "b", "c", "d"]) expect(openOne(name).take(30)).toBe(true);
    expect(dropped).toEqual(["a", "b"]);
    expect(openOne("e", "another").take(61)).toBe(false);
  });
});

describe("fault E2: the time of a body is limited over all", () => {
  test.each([
    ["sends a byte now and then", CHUNKED],
    ["declares more than it sends", "content-length: 1000"],
  ])("a caller that %s gets 408 at the end, and the connection is closed", async (_, framing) => {
    const port = await start();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const caller = open(port);
    const begun = once(server as Server, "request");
    caller.write(head("/key", ["x-caller: anna", framing]));
    await begun;
    const drip = () => caller.write(framing === CHUNKED ? chunk(1) : "x");
    drip();
    for (let second = 0; second < 29; second++) {
      vi.advanceTimersByTime(1_000);
      drip();
      await new Promise(setImmediate);
    }
    expect(caller.statuses()).toEqual([]);
    vi.advanceTimersByTime(1_001);
    vi.useRealTimers();
    await caller.answered(408);
    await expect.poll(caller.isClosed).toBe(true);
    expect(taken).toEqual([]);
  });

  test("one that was refused and never ends its body is cut off in the same time", async () => {
    const port = await start();
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const caller = open(port);
    caller.write(head("/key", [CHUNKED]));
    await once(caller.socket, "data");
    expect(caller.statuses()).toEqual([401]);
    vi.advanceTimersByTime(30_001);
    vi.useRealTimers();
    // Written to all the time, so that it is not the idle connection that ends.
    const isClosed = () => {
      caller.write(chunk(1));
      return caller.isClosed();
    };
    await expect.poll(isClosed).toBe(true);
  });
});
