import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { isRoot } from "@/e2e/support/child";
import { type CuttingProxy, startCuttingProxy } from "@/e2e/support/cutting-proxy";
import { freePort } from "@/e2e/support/free-port";
import { canUnshare, type SshServer, startSshServer } from "@/e2e/support/ssh-server";
import { bindDestination } from "../bind-destination";
import { RunError } from "../run-error";
import { type TestIo, testIo } from "../testing/io";
import { sftp } from "./sftp";
import { hostKeyText, readPinnedKeys } from "./sftp-host-key";

let server: SshServer;
let proxy: CuttingProxy;
beforeAll(async () => {
  server = await startSshServer();
  proxy = await startCuttingProxy(server.port);
});
afterAll(async () => {
  await proxy.stop();
  await server.stop();
});

let io: TestIo;
let root: string;
beforeEach(() => {
  io = testIo();
  root = join(server.folder, `backups-${randomBytes(4).toString("hex")}`);
  mkdirSync(root);
});
afterEach(() => {
  io.abort(new RunError("The test is over."));
  io.remove();
});

function config(more: Record<string, unknown> = {}): unknown {
  const { port, user, privateKey, hostKey } = server;
  return sftp.parse({ host: "127.0.0.1", port, user, privateKey, hostKey, path: root, ...more });
}

async function store(path: string, bytes: Buffer, settings = config()): Promise<void> {
  const sink = await sftp.create(settings, path, io);
  for (let at = 0; at < bytes.length; at += 65_536) await sink.write(bytes.subarray(at, at + 65_536));
  await sink.finish();
}

async function contents(path: string): Promise<Buffer> {
  return Buffer.concat(await (await sftp.read(config(), path, io)).toArray());
}

const refused = (words: string, advice = "") => ({
  kind: "cannot_start",
  message: expect.stringContaining(words),
  advice: advice ? expect.stringContaining(advice) : null,
});

test("a file appears under its name only when it is complete, and reads back as it was written", async () => {
  const bytes = randomBytes(9_000_001);
  const sink = await sftp.create(config(), "shop/one.db", io);
  await sink.write(bytes.subarray(0, 1_000_000));
  expect(readdirSync(join(root, "shop"))).toEqual(["one.db.part"]);
  await sink.write(bytes.subarray(1_000_000));
  await sink.finish();
  expect(readdirSync(join(root, "shop"))).toEqual(["one.db"]);
  expect((await contents("shop/one.db")).equals(bytes)).toBe(true);
  expect(statSync(join(root, "shop/one.db")).mode & 0o077).toBe(0);
  expect(await sftp.list(config(), "shop", io)).toEqual([{ path: "shop/one.db", bytes: bytes.length }]);
});

test("a discarded file leaves nothing, before and after it was finished; an empty file is one", async () => {
  const half = await sftp.create(config(), "shop/one.db", io);
  await half.write(Buffer.from("half"));
  await half.discard();
  const whole = await sftp.create(config(), "shop/two.db", io);
  await whole.finish();
  expect((await contents("shop/two.db")).length).toBe(0);
  await whole.discard();
  expect(readdirSync(join(root, "shop"))).toEqual([]);
});

test("a Test says what is free and leaves nothing; saving makes the folder where that was chosen, a run never does", async () => {
  expect(await sftp.test(config(), io)).toMatchObject({ message: expect.stringMatching(/can be written to: .* free/) });
  expect(readdirSync(root)).toEqual([]);
  expect(await sftp.measure(config(), io)).toEqual({ usedBytes: expect.any(Number), freeBytes: expect.any(Number) });
  const deep = config({ path: join(root, "a/b") });
  await expect(sftp.test(deep, io)).rejects.toMatchObject(refused("does not exist", "mounted"));
  await expect(sftp.create(deep, "shop/one", io)).rejects.toThrow("does not exist");
  expect(existsSync(join(root, "a"))).toBe(false);
  await expect(sftp.prepare(deep, io, false)).rejects.toMatchObject({
    ...refused("does not exist", "Create the folder"),
    isFolderMissing: true,
  });
  expect(existsSync(join(root, "a"))).toBe(false);
  await sftp.prepare(deep, io, true);
  await sftp.prepare(deep, io, false);
  await sftp.preflight(deep, 1_000, io);
  await expect(sftp.preflight(deep, 10 ** 18, io)).rejects.toMatchObject(
    refused("too little space", "Free some space"),
  );
  expect(readdirSync(join(root, "a/b"))).toEqual([]);
});

test("removing answers whether the file existed; listing sorts by name, and leaves out folders and links", async () => {
  for (const name of ["b", "a"]) await store(`shop/${name}`, Buffer.from(name));
  mkdirSync(join(root, "shop/folder"));
  execFileSync("ln", ["-s", "a", join(root, "shop/link")]);
  expect((await sftp.list(config(), "shop", io)).map(({ path }) => path)).toEqual(["shop/a", "shop/b"]);
  expect(await sftp.remove(config(), "shop/a", io)).toBe(true);
  expect(await sftp.remove(config(), "shop/a", io)).toBe(false);
  expect(await sftp.list(config(), "nothing", io)).toEqual([]);
  await expect(sftp.read(config(), "shop/gone", io)).rejects.toThrow("does not exist");
  await expect(sftp.create(config(), "../out", io)).rejects.toThrow("leads out");
});

test("the first contact shows the host key and asks for it; nothing was sent before", async () => {
  const { fingerprints } = readPinnedKeys(server.hostKey) ?? { fingerprints: new Set() };
  const shown = hostKeyText({ type: "ssh-ed25519", fingerprint: [...fingerprints][0] ?? "" });
  await expect(sftp.test(config({ hostKey: undefined }), io)).rejects.toMatchObject({
    ...refused(shown, "ssh-keygen -l"),
    proposal: { field: "hostKey", value: shown },
  });
  for (const hostKey of [shown, [...fingerprints][0], server.hostKey])
    await expect(sftp.test(config({ hostKey }), io)).resolves.toMatchObject({ message: expect.any(String) });
});

test("a changed host key is refused, and the new one is proposed", async () => {
  const before = config();
  await server.shutDown();
  await server.startAgain({ newHostKey: true });
  const changed = sftp.test(before, io);
  await expect(changed).rejects.toMatchObject(refused("another key than the one that was accepted", "set up anew"));
  const { proposal } = (await changed.catch((error: unknown) => error)) as RunError;
  await expect(sftp.test(config({ hostKey: proposal?.value }), io)).resolves.toBeDefined();
});

test("a key that the server does not know, an encrypted one and one that is none have a sentence each", async () => {
  const strange = config({ privateKey: server.strangeKey });
  await expect(sftp.test(strange, io)).rejects.toMatchObject(
    refused("does not accept the private key", "authorized_keys"),
  );
  const encrypted = { privateKey: server.encryptedKey };
  await expect(sftp.test(config(encrypted), io)).rejects.toMatchObject(refused("is encrypted", "passphrase"));
  const wrong = config({ ...encrypted, passphrase: "bell" });
  await expect(sftp.test(wrong, io)).rejects.toMatchObject(refused("does not open the private key", "passphrase"));
  await expect(sftp.test(config({ ...encrypted, passphrase: "bell tower" }), io)).resolves.toBeDefined();
  const none = config({ privateKey: "-----BEGIN" });
  await expect(sftp.test(none, io)).rejects.toMatchObject(refused("cannot be read", "BEGIN"));
});

test.runIf(canUnshare)("a password signs in, and a wrong one is named without being shown", async () => {
  const { password } = server;
  await expect(sftp.test(config({ privateKey: undefined, password }), io)).resolves.toBeDefined();
  const wrong = sftp.test(config({ privateKey: undefined, password: "wrong-secret" }), io);
  await expect(wrong).rejects.toMatchObject(refused(`does not accept the password of ${server.user}`, "Check user"));
  const { message, advice } = (await wrong.catch((error: unknown) => error)) as RunError;
  expect(`${message} ${advice}`).not.toContain("wrong-secret");
});

test("a port without a server, without SSH behind it, and a name that does not exist have a sentence each", async () => {
  const closed = config({ port: await freePort() });
  await expect(sftp.test(closed, io)).rejects.toMatchObject(refused("refuses the connection", "its port"));
  const unknown = config({ host: "no-such-host.invalid" });
  await expect(sftp.test(unknown, io)).rejects.toMatchObject(refused("no-such-host.invalid", "Check the name"));
  const other = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as { port: number };
  await expect(sftp.test(config({ port }), io)).rejects.toMatchObject({ kind: "cannot_start" });
  other.close();
});

test("a connection that is cut in the middle is a failure in a sentence, and nothing half written stays", async () => {
  const settings = config({ port: proxy.port, hostKey: server.hostKey });
  const sink = await sftp.create(settings, "shop/one.db", io);
  await sink.write(randomBytes(65_536));
  proxy.cutNext({ afterBytes: 3_000_000 });
  const writing = (async () => {
    for (let piece = 0; piece < 400; piece++) await sink.write(randomBytes(65_536));
  })();
  await expect(writing).rejects.toThrow(/The connection to 127\.0\.0\.1:\d+ was lost/);
  await sink.discard();
  expect(readdirSync(join(root, "shop"))).toEqual([]);
});

test("a server that ends while a backup is read fails the reader, and one that ends while it waits, too", async () => {
  await store("shop/one.db", randomBytes(20_000_000));
  const stream = await sftp.read(config(), "shop/one.db", io);
  const sink = await sftp.create(config(), "shop/two.db", io);
  stream.once("data", () => void server.shutDown());
  await expect(stream.toArray()).rejects.toThrow("was lost");
  const late = async () => {
    await sink.write(Buffer.from("late"));
    await sink.finish();
  };
  await expect(late()).rejects.toThrow("was lost");
  await server.startAgain();
  await sink.discard();
  expect(readdirSync(join(root, "shop"))).toEqual(["one.db"]);
});

test("a server that stops answering holds a run no longer than the run itself", async () => {
  const endpoint = { id: "dst_1", name: "nas", kind: sftp, config: config(), secrets: [], mounts: null };
  const sink = await bindDestination(endpoint, io).create("shop/one.db");
  await sink.write(Buffer.from("first"));
  for (const pid of server.sessions()) process.kill(pid, "SIGSTOP");
  const finishing = sink.finish();
  io.abort(new RunError("Canceled.", { kind: "canceled" }));
  await expect(finishing).rejects.toMatchObject({ kind: "canceled" });
  await expect(sftp.test(config(), io)).rejects.toMatchObject({ kind: "canceled" });
  for (const pid of server.sessions()) process.kill(pid, "SIGCONT");
  await sink.discard();
  expect(readdirSync(join(root, "shop"))).toEqual([]);
});

test("a reader that leaves early closes its connection", async () => {
  await store("shop/one.db", randomBytes(5_000_000));
  const stream = await sftp.read(config(), "shop/one.db", io);
  await new Promise((resolve) => stream.once("data", resolve));
  expect(server.sessions()).not.toEqual([]);
  stream.destroy();
  await expect.poll(server.sessions).toEqual([]);
});

test.runIf(!isRoot)("a folder that may not be written says who may not", async () => {
  chmodSync(root, 0o500);
  await expect(sftp.test(config(), io)).rejects.toMatchObject(refused("may not be accessed", "the right to"));
});

test.runIf(canUnshare)("a disk that fills up says so, and nothing half written stays", async () => {
  const small = await startSshServerOnSmallDisk();
  try {
    const settings = sftp.parse({ ...(config() as object), ...small.config });
    const sink = await sftp.create(settings, "shop/big.db", io);
    const writing = (async () => {
      for (let piece = 0; piece < 200; piece++) await sink.write(randomBytes(65_536));
    })();
    await expect(writing).rejects.toMatchObject({
      message: expect.stringContaining("disk that is full"),
      advice: expect.stringContaining("Free some space"),
    });
    await sink.discard();
    expect(readdirSync(join(small.folder, "shop"))).toEqual([]);
  } finally {
    await small.stop();
  }
});

/** Mounted before the server starts: its mount namespace has what was there then. */
async function startSshServerOnSmallDisk() {
  const folder = join(io.folder, "small");
  mkdirSync(folder);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", folder]);
  const own = await startSshServer();
  const { port, privateKey, hostKey } = own;
  return {
    folder,
    config: { port, privateKey, hostKey, path: folder },
    async stop() {
      await own.stop();
      execFileSync("umount", [folder]);
    },
  };
}

test("memory does not grow with the size of a backup", async () => {
  const piece = randomBytes(1024 * 1024);
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = () => {
    peak = Math.max(peak, process.memoryUsage().rss);
  };
  const sink = await sftp.create(config(), "shop/large", io);
  for (let at = 0; at < 150; at++) {
    await sink.write(piece);
    watch();
  }
  await sink.finish();
  const hash = createHash("sha256");
  for await (const chunk of await sftp.read(config(), "shop/large", io)) {
    hash.update(chunk as Buffer);
    watch();
  }
  const expected = createHash("sha256");
  for (let at = 0; at < 150; at++) expected.update(piece);
  expect(hash.digest("hex")).toBe(expected.digest("hex"));
  expect(peak - before).toBeLessThan(100 * 1024 * 1024);
  rmSync(root, { recursive: true });
  writeFileSync(join(server.folder, "done"), "");
});
