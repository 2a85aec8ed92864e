import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { receiverUrls } from "@/lib/core/receiver-urls";
import { type Api, apiOf } from "./support/api";
import { createKey } from "./support/app";
import { type Belfry, prepareBelfry, startBelfry } from "./support/belfry";
import { until } from "./support/child";
import { createReported, megabytesOf, type Reported, report, runsOf } from "./support/reports";

const MB = 1024 * 1024;
/** What the process may hold more than before. It is far below what the attacks send together. */
const GROWTH_MB = 160;

const dataDir = mkdtempSync(path.join(tmpdir(), "belfry-abused-"));
let belfry: Belfry;
let api: Api;
let job: Reported;
let sockets: Socket[] = [];
beforeAll(async () => {
  prepareBelfry();
  belfry = await startBelfry({ dataDir });
  api = apiOf(belfry.url, await createKey(dataDir, "admin"));
  job = await createReported(api, "nas");
}, 400_000);
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets = [];
});
afterAll(async () => {
  await belfry?.stop();
  rmSync(dataDir, { recursive: true, force: true });
});

/** A connection on which something is written, and then a byte now and then. */
function drip(head: string): Socket {
  const socket = connect(belfry.port, "127.0.0.1").on("error", () => undefined);
  const timer = setInterval(() => socket.write("x"), 250).unref();
  socket.on("close", () => clearInterval(timer));
  socket.resume().write(head);
  sockets.push(socket);
  return socket;
}

const ping = (target: string, body = "") => report(belfry.port, target, {}, body);

test("hundreds of connections that send a byte now and then keep nobody from reporting, and are ended", async () => {
  const before = megabytesOf(belfry.child.pid);
  for (let one = 0; one < 300; one++) drip(`POST /ping/${job.uuid}/log HTTP/1.1\r\nhost: x\r\nx-slow: `);
  const body = "content-length: 100000\r\n\r\n";
  for (let one = 0; one < 150; one++) {
    drip(`POST /ping/${job.uuid}/log HTTP/1.1\r\nhost: x\r\n${body}`);
    drip(`POST /in/${"y".repeat(43)} HTTP/1.1\r\nhost: x\r\n${body}`);
  }
  await until("all of them have begun", () => sockets.every((socket) => socket.bytesWritten > 50));
  const other = await createReported(api, "beside");
  for (let one = 0; one < 40; one++)
    expect(await ping(`/ping/${other.uuid}/fail?rid=${crypto.randomUUID()}`, `reason ${one}`)).toMatchObject({
      status: 200,
      text: "OK",
    });
  await until("each of them is a run", async () => (await runsOf(api, other)).length === 40, belfry);
  const areEnded = () => sockets.every((socket) => socket.closed);
  await until("endless headers and bodies are cut off", areEnded, { ...belfry, timeoutMs: 120_000 });
  expect(megabytesOf(belfry.child.pid) - before).toBeLessThan(GROWTH_MB);
});

const PIECES = [
  ..."/ // ? & = % %2F %00 %ff %E0%A4%A ; .. . é start fail log run finish 0 3 99999 kuma ntfy sentry loki".split(" "),
  ..."api push cron 1 message notify in ping key slug status=down create=1 rid=x msg=fail http: @ + ~ envelope".split(
    " ",
  ),
  "z".repeat(2_000),
];

/** Random addresses, always the same: those of a receiver's shape, some of them of a job that exists. */
function randomTargets(count: number): string[] {
  let state = 20_261_127;
  const whole = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const roots = [
    `/ping/${job.uuid}`,
    `/in/${job.token}`,
    `/api/push/${job.token}`,
    "/ping",
    "/in",
    "/api/1/cron",
    "/message",
  ];
  return Array.from({ length: count }, () => {
    const tail = Array.from({ length: whole(6) }, () => PIECES[whole(PIECES.length)] ?? "").join("/");
    const unknown = whole(3) === 0 ? `/${crypto.randomUUID()}` : "";
    return `${roots[whole(roots.length)]}${unknown}/${tail}`.replace("é", "\u00c3\u00a9");
  });
}

test("ten thousand random addresses are answered without an error of Belfry's own, those of unknown jobs within a limit, while others report", async () => {
  const before = megabytesOf(belfry.child.pid);
  const targets = randomTargets(10_000);
  const odd: string[] = [];
  let limited = 0;
  const methods = ["GET", "POST", "HEAD", "PUT"];
  const ask = async () => {
    for (let target = targets.pop(); target !== undefined; target = targets.pop()) {
      const { status, headers } = await report(belfry.port, target, { method: methods[targets.length % 4] }, "");
      if (status >= 500 || (status >= 300 && status < 400) || headers["set-cookie"]) odd.push(`${status} ${target}`);
      if (status === 429) limited++;
    }
  };
  const other = await createReported(api, "meanwhile");
  const others = async () => {
    while (targets.length > 0) {
      if ((await ping(`/ping/${other.uuid}`)).status !== 200) odd.push("the other was not heard");
    }
  };
  await Promise.all([others(), ...Array.from({ length: 16 }, ask)]);
  expect(odd).toEqual([]);
  expect(limited).toBeGreaterThan(1_000);
  expect(megabytesOf(belfry.child.pid) - before).toBeLessThan(GROWTH_MB);
});

test("a log of fifty megabytes in no encoding, of no declared length, is taken: its beginning and its end stay", async () => {
  const logged = await createReported(api, "talkative");
  const before = megabytesOf(belfry.child.pid);
  const socket = connect(belfry.port, "127.0.0.1");
  sockets.push(socket);
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += chunk;
  });
  socket.write(`PUT /ping/${logged.uuid}/fail HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n`);
  const chunk = async (piece: Buffer) => {
    socket.write(`${piece.length.toString(16)}\r\n`);
    socket.write(piece);
    if (!socket.write("\r\n")) await new Promise((resolve) => socket.once("drain", resolve));
  };
  await chunk(Buffer.from("the beginning\n"));
  for (let sent = 0; sent < 50; sent++) await chunk(Buffer.alloc(MB, 0xe9));
  await chunk(Buffer.from("\n\u0000the reason at the end\n"));
  socket.write("0\r\n\r\n");
  await until("it is answered", () => text.startsWith("HTTP/1.1 200"), belfry);
  expect(megabytesOf(belfry.child.pid) - before).toBeLessThan(GROWTH_MB);
  await until("it is a run", async () => (await runsOf(api, logged))[0]?.status === "failure", belfry);
  const [run] = await runsOf(api, logged);
  expect(run?.error).toContain("the reason at the end");
  const log = await api.get<{ text: string }>(`/runs/${run?.id}/log`);
  expect(log.text).toContain("the beginning");
  expect(log.text).toContain("the reason at the end");
});

test("a body in pieces of a byte holds no more memory than any other", async () => {
  const pieces = await createReported(api, "in pieces");
  const before = megabytesOf(belfry.child.pid);
  const head = `POST /ping/${pieces.uuid}/log HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n`;
  const senders = Array.from({ length: 4 }, () => {
    const socket = connect(belfry.port, "127.0.0.1").on("error", () => undefined);
    sockets.push(socket);
    socket.write(head);
    for (let one = 0; one < 20; one++) socket.write("1\r\nx\r\n".repeat(50_000));
    return socket;
  });
  await until("all of it has been read", () => senders.every((socket) => socket.writableLength === 0), belfry);
  expect(megabytesOf(belfry.child.pid) - before).toBeLessThan(GROWTH_MB);
  expect((await ping(`/ping/${pieces.uuid}`)).status).toBe(200);
});

test("no address of a receiver ever redirects, sets a cookie or fails, by whatever method and however it was pasted", async () => {
  const { healthchecks, sentry, ...own } = receiverUrls("", job);
  const addresses = [
    ...Object.values(own),
    healthchecks,
    `/ping/${job.uuid.toUpperCase()}`,
    `${sentry.replace("/1", "/api/1")}/cron/nightly/${job.token}/`,
    `/in/api/1/envelope/?sentry_key=${job.token}`,
    `/api/push/${job.token}`,
    `/api/1/cron/nightly/${job.token}/`,
    `/message?token=${job.token}`,
    `/notify/${job.token}`,
    "/ping/some-key/some-slug",
    "/in/short",
    "/ping",
    "/api/push",
  ];
  const pasted = (address: string) => [address, `${address}/`, `/${address}`, address.replace(/(?<=.)\//g, "//")];
  const odd: string[] = [];
  for (const address of addresses.flatMap(pasted))
    for (const method of ["GET", "HEAD", "POST", "OPTIONS"]) {
      const headers = { "x-forwarded-proto": "http", accept: "text/html", cookie: "belfry-session=forged" };
      const answer = await report(belfry.port, address, { method, headers });
      const isWrong = answer.status >= 500 || (answer.status >= 300 && answer.status < 400);
      if (isWrong || answer.headers["set-cookie"] || answer.headers.location) odd.push(`${answer.status} ${address}`);
    }
  expect(odd).toEqual([]);
});
