import { createServer as createHttpServer } from "node:http";
import { type AddressInfo as Bound, connect, createServer, type Socket } from "node:net";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { type Running, startProgram, until } from "@/e2e/support/child";
import { createHttp } from "./http";

const addresses: { address: string; family: number }[] = [];
const resolve = async () => [...addresses];
const http = createHttp({ egress: "any", userAgent: "Belfry/test", resolve });
const publicOnly = createHttp({ egress: "public", userAgent: "Belfry/test", resolve });
const closing: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(async () => {
  await http.close();
  await publicOnly.close();
});

/** A web server on one address only; the same port of all others is closed. */
async function serveOn(host: string): Promise<number> {
  const server = createHttpServer((_, response) => response.end(`from ${host}`));
  await new Promise<void>((done) => server.listen(0, host, done));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  });
  return (server.address() as Bound).port;
}

/** An address that takes no connection and refuses none: a stopped process with a full queue listens there. */
async function silentOn(host: string, port: number): Promise<void> {
  const script = `require("net").createServer().listen({ host: "${host}", port: ${port}, backlog: 1 }, () => { process.stdout.write("on"); process.kill(process.pid, "SIGSTOP"); })`;
  const holder: Running = startProgram(process.execPath, ["-e", script]);
  closing.push(() => holder.stop("SIGKILL"));
  await until("it listens", () => holder.words().includes("on"), { words: holder.words });
  const waiting: Socket[] = [];
  closing.push(() => waiting.map((socket) => socket.destroy()));
  for (let count = 0; count < 4; count++) waiting.push(connect(port, host).on("error", () => undefined));
  await until("its queue is full", () => waiting.filter((socket) => !socket.connecting).length >= 2);
}

const named = (...list: string[]) =>
  addresses.splice(0, addresses.length, ...list.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })));
const get = (port: number, io = http, timeoutMs = 20_000) =>
  io.request({ url: `http://many.example:${port}/`, method: "GET", timeoutMs });

describe("pain 44: a name with several addresses", () => {
  test.each([
    ["the first is closed", ["127.0.0.9", "127.0.0.1"]],
    ["the last one works", ["::1", "127.0.0.9", "127.0.0.8", "127.0.0.7", "127.0.0.1"]],
    ["broken IPv6", ["2001:db8::1", "127.0.0.1"]],
  ])("%s: another is used", async (_, list) => {
    const port = await serveOn("127.0.0.1");
    named(...list);
    expect(await get(port)).toMatchObject({ kind: "answer", body: "from 127.0.0.1" });
  });

  test("one that does not answer holds nothing up, and one that is slow is not given up for it", async () => {
    const port = await serveOn("127.0.0.1");
    await silentOn("127.0.0.2", port);
    named("127.0.0.2", "127.0.0.1");
    expect(await get(port)).toMatchObject({ kind: "answer", body: "from 127.0.0.1" });
  });

  test("the reason names each address", async () => {
    const port = await serveOn("127.0.0.1");
    named("127.0.0.9", "::1", "127.0.0.8");
    const answer = await get(port);
    expect(answer).toMatchObject({ kind: "failed", isRefused: false, code: "ECONNREFUSED" });
    expect(answer.kind === "failed" && answer.reason).toMatch(
      /^many\.example:\d+ cannot be reached at any of its addresses: 127\.0\.0\.9 refuses the connection, ::1 (refuses the connection|.*route.*), 127\.0\.0\.8 refuses the connection\.$/,
    );
  });

  test("an address that does not answer is named with the time it had", async () => {
    const hasty = createHttp({ egress: "any", userAgent: "Belfry/test", resolve, connectMs: 300 });
    closing.push(() => hasty.close());
    const port = await serveOn("127.0.0.1");
    await silentOn("127.0.0.2", port);
    named("127.0.0.2", "127.0.0.9");
    expect(await get(port, hasty)).toMatchObject({
      kind: "failed",
      reason: `many.example:${port} cannot be reached at any of its addresses: 127.0.0.9 refuses the connection, 127.0.0.2 does not answer within 0.3 s.`,
    });
  });

  test("a name server that does not answer is named", async () => {
    const hasty = createHttp({
      egress: "any",
      userAgent: "Belfry/test",
      resolve: () => new Promise(() => undefined),
      connectMs: 50,
    });
    closing.push(() => hasty.close());
    expect(await get(9, hasty)).toMatchObject({ reason: expect.stringContaining("no answer from the name server") });
  });

  test("the address rule holds for each address: what it refuses is never connected to", async () => {
    const port = await serveOn("127.0.0.1");
    named("127.0.0.1", "10.255.255.1");
    expect(await get(port, publicOnly)).toMatchObject({ kind: "failed", isRefused: true });
    let connections = 0;
    const guarded = createServer(() => connections++);
    await new Promise<void>((done) => guarded.listen(0, "127.0.0.1", done));
    closing.push(() => new Promise((done) => guarded.close(done)));
    // 2001:db8::/32 leads nowhere; the refused one must not be the way out.
    named("2001:4860:0:ffff::1", "127.0.0.1");
    const hasty = createHttp({ egress: "public", userAgent: "Belfry/test", resolve, connectMs: 300 });
    closing.push(() => hasty.close());
    const answer = await get((guarded.address() as Bound).port, hasty);
    expect(answer).toMatchObject({ kind: "failed", isRefused: false });
    expect(answer.kind === "failed" && answer.reason).toContain("127.0.0.1 is an address where Belfry may not send");
    expect(connections).toBe(0);
  });
});
