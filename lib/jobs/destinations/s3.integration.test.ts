import { randomBytes } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { freePort } from "@/e2e/support/free-port";
import { type S3Fault, type S3Server, startS3Server } from "@/e2e/support/s3-server";
import { bindDestination } from "../bind-destination";
import { RunError } from "../run-error";
import { type TestIo, testIo } from "../testing/io";
import { s3 } from "./s3";

const MIB = 1024 * 1024;

let server: S3Server;
beforeAll(async () => {
  server = await startS3Server();
});
afterAll(() => server.stop());

let io: TestIo;
let prefix: string;
beforeEach(() => {
  io = testIo();
  prefix = `test-${randomBytes(4).toString("hex")}`;
});
afterEach(() => {
  io.abort(new RunError("The test is over."));
  io.remove();
});

function config(more: Record<string, unknown> = {}): unknown {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = server;
  return s3.parse({ endpoint, region, bucket, prefix, accessKeyId, secretAccessKey, partSizeMiB: 5, ...more });
}

async function store(path: string, bytes: Buffer, settings = config()): Promise<void> {
  const sink = await s3.create(settings, path, io);
  try {
    for (let at = 0; at < bytes.length; at += 65_536) await sink.write(bytes.subarray(at, at + 65_536));
    await sink.finish();
  } catch (error) {
    await sink.discard();
    throw error;
  }
}

const contents = async (path: string) => Buffer.concat(await (await s3.read(config(), path, io)).toArray());
const stored = () => server.objects().filter((name) => name.startsWith(prefix));
const unfinished = () => server.uploads().filter((name) => name.startsWith(prefix));
const refused = (words: string, advice: string) => ({
  kind: "cannot_start",
  message: expect.stringContaining(words),
  advice: expect.stringContaining(advice),
});

test.each([
  ["with checksums in requests", true],
  ["without them", false],
])(
  "a backup of several parts exists only when it is complete, and reads back as it was written, %s",
  async (_, checksums) => {
    const bytes = randomBytes(13 * MIB + 1);
    const settings = config({ checksums });
    const sink = await s3.create(settings, "shop/one.db", io);
    for (let at = 0; at < bytes.length; at += MIB) await sink.write(bytes.subarray(at, at + MIB));
    await expect.poll(unfinished).toEqual([`${prefix}/shop/one.db`]);
    expect(stored()).toEqual([]);
    expect(await s3.list(settings, "shop", io)).toEqual([{ path: "shop/one.db.part", bytes: 0 }]);
    await sink.finish();
    expect(stored()).toEqual([`${prefix}/shop/one.db`]);
    expect(unfinished()).toEqual([]);
    expect((await contents("shop/one.db")).equals(bytes)).toBe(true);
    expect(await s3.list(settings, "shop", io)).toEqual([{ path: "shop/one.db", bytes: bytes.length }]);
  },
);

test("small and empty backups are one request each; a discarded one leaves nothing, before and after it was finished", async () => {
  await store("shop/small", Buffer.from("bell"));
  await store("shop/empty", Buffer.alloc(0));
  expect((await contents("shop/small")).toString()).toBe("bell");
  expect((await contents("shop/empty")).length).toBe(0);
  const half = await s3.create(config(), "shop/half", io);
  for (let at = 0; at < 8; at++) await half.write(randomBytes(MIB));
  await expect.poll(unfinished).toEqual([`${prefix}/shop/half`]);
  await half.discard();
  expect(unfinished()).toEqual([]);
  const whole = await s3.create(config(), "shop/whole", io);
  await whole.write(Buffer.from("whole"));
  await whole.finish();
  await whole.discard();
  expect(stored()).toEqual([`${prefix}/shop/empty`, `${prefix}/shop/small`]);
});

test("bytes that fill their parts are as many requests as they need, and none of them is empty", async () => {
  const sent = (words: string) =>
    server.requests.filter((line) => line.startsWith("PUT ") && line.includes(words)).length;
  for (const [parts, name] of [
    [1, "one"],
    [2, "two"],
  ] as const) {
    const bytes = randomBytes(parts * 5 * MIB);
    await store(`shop/${name}`, bytes);
    expect((await contents(`shop/${name}`)).equals(bytes)).toBe(true);
    expect(sent(`${prefix}/shop/${name}`)).toBe(parts);
  }
});

test("a Test leaves nothing; saving looks at the bucket and writes nothing", async () => {
  await s3.prepare(config(), io, false);
  expect(server.requests.at(-1)).toMatch(/^GET /);
  expect(await s3.test(config(), io)).toEqual({ message: expect.stringContaining(`backups/${prefix} on 127.0.0.1`) });
  expect(stored()).toEqual([]);
  expect(await s3.measure(config(), io)).toBeNull();
});

test("a quota is held against the bytes that are listed below the prefix", async () => {
  await store("shop/one", randomBytes(MIB));
  await store("shop/two", randomBytes(MIB));
  const settings = config({ quotaGiB: 3 / 1024 });
  expect(await s3.measure(settings, io)).toEqual({ usedBytes: 2 * MIB, freeBytes: MIB });
  expect((await s3.test(settings, io)).message).toContain("of its quota are free");
  await s3.preflight(settings, MIB, io);
  await expect(s3.preflight(settings, MIB + 1, io)).rejects.toMatchObject(
    refused("too little left", "raise the quota"),
  );
});

test("removing answers whether the object existed, or aborts the upload of one that is unfinished", async () => {
  await store("shop/b", Buffer.from("b"));
  await store("shop/a", Buffer.from("a"));
  await store("shop-two/c", Buffer.from("c"));
  expect((await s3.list(config(), "shop", io)).map(({ path }) => path)).toEqual(["shop/a", "shop/b"]);
  expect(await s3.remove(config(), "shop/a", io)).toBe(true);
  expect(await s3.remove(config(), "shop/a", io)).toBe(false);
  expect(await s3.list(config(), "nothing", io)).toEqual([]);
  const left = await s3.create(config(), "shop/left", io);
  for (let at = 0; at < 8; at++) await left.write(randomBytes(MIB));
  await expect.poll(unfinished).toEqual([`${prefix}/shop/left`]);
  expect(await s3.remove(config(), "shop/left.part", io)).toBe(true);
  expect(await s3.remove(config(), "shop/left.part", io)).toBe(false);
  expect(unfinished()).toEqual([]);
  await expect(s3.read(config(), "shop/gone", io)).rejects.toThrow("does not exist");
  await expect(s3.create(config(), "../out", io)).rejects.toThrow("leads out");
});

test("wrong credentials, a bucket that is not there, and a server that is not are named with what to do", async () => {
  const test = (more: Record<string, unknown>) => s3.test(config(more), io);
  await expect(test({ accessKeyId: "AKIANOBODY" })).rejects.toMatchObject(
    refused("does not know the access key ID", "Check the access key ID"),
  );
  const wrong = test({ secretAccessKey: "wrong-secret-0123456789" });
  await expect(wrong).rejects.toMatchObject(refused("does not accept the secret access key", "Enter the secret"));
  expect(String(await wrong.catch((error: unknown) => error))).not.toContain("wrong-secret");
  await expect(test({ bucket: "no-such-bucket" })).rejects.toMatchObject(
    refused("There is no bucket no-such-bucket", "Make it there"),
  );
  await expect(s3.prepare(config({ bucket: "no-such-bucket" }), io, true)).rejects.toThrow("There is no bucket");
  const closed = `http://127.0.0.1:${await freePort()}`;
  await expect(test({ endpoint: closed })).rejects.toMatchObject(refused("refuses the connection", "Is it running"));
});

test.each<[string, S3Fault["answer"], string, string]>([
  ["a wrong clock", { status: 403, code: "RequestTimeTooSkewed" }, "The clock of this machine", "time service"],
  ["another region", { status: 301, code: "PermanentRedirect" }, "is not in the region", "region of the bucket"],
  ["missing rights", { status: 403, code: "AccessDenied" }, "may not do this", "rights to list"],
  ["a full store", { status: 507, code: "XMinioStorageFull" }, "is full", "Free some space"],
  ["an unknown request", { status: 501, code: "NotImplemented" }, "does not know this kind", "Checksums in requests"],
  ["a sign-in page", { page: 200 }, "does not answer as an S3 service", "endpoint"],
])("an answer of %s is a sentence with what to do", async (_, answer, words, advice) => {
  server.fault({ of: { method: "PUT", words: prefix }, answer, times: 20 });
  server.fault({ of: { method: "GET", words: prefix }, answer, times: 20 });
  await expect(s3.test(config(), io)).rejects.toMatchObject(refused(words, advice));
  expect(stored()).toEqual([]);
  server.clearFaults();
});

test("a service that asks for patience for a moment gets it; one that goes on is a failure that says so", async () => {
  const slow = { status: 503, code: "SlowDown" };
  server.fault({ of: { method: "PUT", words: "partNumber=2" }, answer: slow, times: 1 });
  const bytes = randomBytes(12 * MIB);
  await store("shop/one", bytes);
  expect((await contents("shop/one")).equals(bytes)).toBe(true);
  server.fault({ of: { method: "PUT", words: "partNumber=2" }, answer: slow, times: 100 });
  const sink = await s3.create(config(), "shop/two", io);
  const writing = (async () => {
    for (let at = 0; at < 40; at++) await sink.write(randomBytes(MIB));
    await sink.finish();
  })();
  await expect(writing).rejects.toMatchObject({
    message: expect.stringContaining("takes no more requests at the moment"),
    advice: expect.stringContaining("Try again later"),
  });
  server.clearFaults();
  await sink.discard();
  expect(unfinished()).toEqual([]);
  expect(stored()).toEqual([`${prefix}/shop/one`]);
});

test("an upload that is cut in the middle is sent again; one that is cut every time fails and leaves no part", async () => {
  const cut = { cutAfter: MIB };
  server.fault({ of: { method: "PUT", words: "partNumber=1" }, answer: cut, times: 1 });
  const bytes = randomBytes(7 * MIB);
  await store("shop/one", bytes);
  expect((await contents("shop/one")).equals(bytes)).toBe(true);
  server.fault({ of: { method: "PUT", words: "partNumber=2" }, answer: cut, times: 100 });
  await expect(store("shop/two", bytes)).rejects.toThrow("closed the connection");
  server.clearFaults();
  await expect.poll(unfinished).toEqual([]);
  expect(stored()).toEqual([`${prefix}/shop/one`]);
});

test("a backup whose reading is cut in the middle is a failure, not a shorter backup", async () => {
  await store("shop/one", randomBytes(4 * MIB));
  server.fault({ of: { method: "GET", words: "shop/one" }, answer: { cutAfter: MIB }, times: 1 });
  const stream = await s3.read(config(), "shop/one", io);
  await expect(stream.toArray()).rejects.toThrow("closed the connection");
});

test("a server that does not answer holds a run no longer than the run itself", async () => {
  const endpoint = { id: "dst_1", name: "bucket", kind: s3, config: config(), secrets: [], mounts: null };
  server.fault({ of: { method: "PUT", words: prefix }, answer: "silence", times: 100 });
  const sink = await bindDestination(endpoint, io).create("shop/one.db");
  await sink.write(Buffer.from("first"));
  const finishing = sink.finish();
  await expect.poll(() => server.requests.at(-1)).toContain("PUT ");
  io.abort(new RunError("Canceled.", { kind: "canceled" }));
  await expect(finishing).rejects.toMatchObject({ kind: "canceled" });
  await expect(s3.test(config(), io)).rejects.toMatchObject({ kind: "canceled" });
  server.clearFaults();
  await sink.discard();
  expect(stored()).toEqual([]);
});

test("a backup that would need too many parts says which setting to raise", async () => {
  const sink = await s3.create(config(), "shop/huge", io);
  // The size counts, not its bytes.
  const huge = { byteLength: 5 * MIB * 10_000 + 1 } as Uint8Array;
  await expect(sink.write(huge)).rejects.toMatchObject({ advice: expect.stringContaining("part size") });
  await sink.discard();
});

test("memory does not grow with the size of a backup", async () => {
  const settings = config({ partSizeMiB: undefined });
  const piece = randomBytes(MIB);
  // What is in use counts, not what waits to be collected: that is as much as a busy machine leaves.
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const inUse = () => {
    collect();
    return process.memoryUsage().rss;
  };
  const before = inUse();
  let peak = before;
  const sink = await s3.create(settings, "shop/large", io);
  for (let at = 0; at < 300; at++) {
    await sink.write(piece);
    if (at % 5 === 0) peak = Math.max(peak, inUse());
  }
  await sink.finish();
  let bytes = 0;
  for await (const chunk of await s3.read(settings, "shop/large", io)) {
    const length = (chunk as Buffer).length;
    if (Math.floor(bytes / (5 * MIB)) !== Math.floor((bytes + length) / (5 * MIB))) peak = Math.max(peak, inUse());
    bytes += length;
  }
  expect(bytes).toBe(300 * MIB);
  expect(peak - before).toBeLessThan(100 * MIB);
});
