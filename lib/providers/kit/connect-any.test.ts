import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type ConnectError, connectToAny } from "./connect-any";
import type { Resolve } from "./egress";

/*
 * Addresses of this machine with a real listener each, or none. The name is the test's own: it resolves to them.
 */

const TIMES = { connectMs: 20_000, nextAddressMs: 20_000 };
const servers: Server[] = [];
const sockets: Socket[] = [];
const children: ChildProcess[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const server of servers.splice(0)) server.close();
});

const names =
  (...addresses: string[]): Resolve =>
  (_, __, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );

async function listen(host: string, port = 0): Promise<number> {
  const server = createServer((socket) => void sockets.push(socket));
  servers.push(server);
  server.listen(port, host);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function reach(port: number, resolve: Resolve, times: Partial<typeof TIMES> = {}): Promise<string> {
  const socket = await connectToAny({ host: "mail.example", port, egress: "any", resolve, ...TIMES, ...times });
  sockets.push(socket);
  return socket.remoteAddress ?? "";
}

const failure = (reaching: Promise<unknown>): Promise<ConnectError> =>
  reaching.then(
    () => null as never,
    (e) => e,
  );

test("IPv6 first; when it refuses, IPv4 at once", async () => {
  const port = await listen("127.0.0.1");
  expect(await reach(port, names("127.0.0.1", "::1"))).toBe("127.0.0.1");
  await listen("::1", port);
  expect(await reach(port, names("127.0.0.1", "::1"))).toBe("::1");
});

test("the last of several addresses is reached, also when the others refuse", async () => {
  const port = await listen("127.0.0.4");
  expect(await reach(port, names("127.0.0.1", "127.0.0.2", "::1", "127.0.0.3", "127.0.0.4"))).toBe("127.0.0.4");
});

test("all refuse: the error names each of them with its reason", async () => {
  const port = await listen("127.0.0.1");
  const error = await failure(reach(port, names("127.0.0.2", "::1")));
  expect(error.failures).toEqual([
    { address: "::1", code: "ECONNREFUSED" },
    { address: "127.0.0.2", code: "ECONNREFUSED" },
  ]);
});

test("an address that never answers keeps the next one waiting only so long, and is named when nothing answers", async () => {
  const silent = await listenWithoutRoom("127.0.0.5");
  await listen("127.0.0.6", silent);
  expect(await reach(silent, names("127.0.0.5", "127.0.0.6"), { nextAddressMs: 50 })).toBe("127.0.0.6");
  const error = await failure(reach(silent, names("127.0.0.5", "127.0.0.7"), { nextAddressMs: 50, connectMs: 500 }));
  expect(error.failures).toEqual([
    { address: "127.0.0.7", code: "ECONNREFUSED" },
    { address: "127.0.0.5", code: "ETIMEDOUT" },
  ]);
});

test("the egress rule holds for each address", async () => {
  const port = await listen("127.0.0.1");
  const target = { host: "mail.example", port, egress: "public" as const, ...TIMES };
  await expect(connectToAny({ ...target, resolve: names("127.0.0.1", "10.0.0.1") })).rejects.toThrow(/may not send/);
  await expect(connectToAny({ ...target, host: "127.0.0.1" })).rejects.toThrow(/public addresses only/);
  await expect(connectToAny({ ...target, host: "[::1]" })).rejects.toThrow(/public addresses only/);
});

test("a name that does not resolve keeps the resolver's error", async () => {
  const none: Resolve = (_, __, callback) => callback(Object.assign(new Error("none"), { code: "ENOTFOUND" }), []);
  await expect(reach(25, none)).rejects.toMatchObject({ code: "ENOTFOUND" });
});

/** A listener that accepts nothing and whose queue is full: Linux then leaves new connections without any answer. */
async function listenWithoutRoom(host: string): Promise<number> {
  const program = `const s = require("node:net").createServer().listen({ port: 0, host: "${host}", backlog: 1 }, () => {
    process.stdout.write(String(s.address().port), () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });`;
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const [port] = await once(child.stdout, "data");
  // A backlog of one holds two; the others stay unanswered.
  for (let count = 0; count < 6; count++) {
    const socket = connect({ host, port: Number(port) });
    socket.on("error", () => undefined);
    sockets.push(socket);
  }
  await expect.poll(() => sockets.filter(({ connecting }) => !connecting).length).toBeGreaterThanOrEqual(2);
  return Number(port);
}
