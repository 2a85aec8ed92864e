import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type TestIo, testIo } from "../testing/io";
import { local } from "./local";

let io: TestIo;
let root: string;
beforeEach(() => {
  io = testIo();
  root = join(io.folder, "backups");
  mkdirSync(root);
});
afterEach(() => io.remove());
const config = () => local.parse({ path: root });

async function contents(path: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of await local.read(config(), path, io)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

test("a file appears under its name only when it is complete", async () => {
  const sink = await local.create(config(), "shop/one.db", io);
  await sink.write(Buffer.from("first "));
  expect(readdirSync(join(root, "shop"))).toEqual(["one.db.part"]);
  await sink.write(Buffer.from("second"));
  await sink.finish();
  expect(readdirSync(join(root, "shop"))).toEqual(["one.db"]);
  expect(await contents("shop/one.db")).toBe("first second");
  expect(statSync(join(root, "shop/one.db")).mode & 0o077).toBe(0);
});

test("a discarded file leaves nothing, before and after it was finished", async () => {
  const half = await local.create(config(), "shop/one.db", io);
  await half.write(Buffer.from("half"));
  await half.discard();
  const whole = await local.create(config(), "shop/two.db", io);
  await whole.write(Buffer.from("whole"));
  await whole.finish();
  await whole.discard();
  expect(readdirSync(join(root, "shop"))).toEqual([]);
});

test("pain 01: a run never makes a folder that is gone", async () => {
  rmSync(root, { recursive: true });
  const gone = {
    kind: "cannot_start",
    message: expect.stringContaining("does not exist"),
    advice: expect.stringContaining("mounted"),
  };
  await expect(local.preflight(config(), null, io)).rejects.toMatchObject(gone);
  await expect(local.create(config(), "a/b", io)).rejects.toMatchObject(gone);
  await expect(local.test(config(), io)).rejects.toMatchObject(gone);
  expect(existsSync(root)).toBe(false);
});

test("a folder that is a file, or read-only, cannot start", async () => {
  const file = join(io.folder, "file");
  writeFileSync(file, "");
  await expect(local.preflight(local.parse({ path: file }), null, io)).rejects.toMatchObject({ kind: "cannot_start" });
  await expect(local.preflight(local.parse({ path: "/proc" }), null, io)).rejects.toMatchObject({
    kind: "cannot_start",
  });
});

test("too little space is found before a byte is written", async () => {
  await expect(local.preflight(config(), 10 ** 18, io)).rejects.toMatchObject({
    kind: "cannot_start",
    message: expect.stringMatching(/too little space: .* free, about 1000 PB needed/),
  });
  await local.preflight(config(), 1_000, io);
  expect(readdirSync(root)).toEqual([]);
});

const canMount = (() => {
  try {
    execFileSync("unshare", ["-m", "true"], { stdio: "ignore" });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
})();

test.runIf(canMount)("a disk that fills up while writing says so, and nothing half written stays", async () => {
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", root]);
  try {
    const sink = await local.create(config(), "shop/big.db", io);
    const writing = (async () => {
      // Far more than is under way at a time: the error comes back while there is still something to write.
      for (let i = 0; i < 400; i++) await sink.write(Buffer.alloc(65_536, i));
    })();
    await expect(writing).rejects.toMatchObject({
      message: expect.stringContaining("disk that is full"),
      advice: expect.stringContaining("Free some space"),
    });
    await sink.discard();
    expect(readdirSync(join(root, "shop"))).toEqual([]);
  } finally {
    execFileSync("umount", [root]);
  }
});

test("paths never lead out of the root", async () => {
  await expect(local.create(config(), "../out", io)).rejects.toThrow("leads out");
  await expect(local.read(config(), "shop/../../out", io)).rejects.toThrow("leads out");
});

test("removing answers whether the file existed; listing sorts by name", async () => {
  for (const name of ["b", "a"]) {
    const sink = await local.create(config(), `shop/${name}`, io);
    await sink.write(Buffer.from(name));
    await sink.finish();
  }
  expect(await local.list(config(), "shop", io)).toEqual([
    { path: "shop/a", bytes: 1 },
    { path: "shop/b", bytes: 1 },
  ]);
  expect(await local.remove(config(), "shop/a", io)).toBe(true);
  expect(await local.remove(config(), "shop/a", io)).toBe(false);
  expect(await local.list(config(), "nothing", io)).toEqual([]);
});

test("a folder that comes back works again", async () => {
  renameSync(root, `${root}-away`);
  await expect(local.preflight(config(), null, io)).rejects.toThrow();
  renameSync(`${root}-away`, root);
  chmodSync(root, 0o700);
  await expect(local.preflight(config(), null, io)).resolves.toBeUndefined();
});

test("fault A3: a reader that leaves early ends the process behind it, and a file that vanishes says so", async () => {
  const sink = await local.create(config(), "shop/one.db", io);
  for (let i = 0; i < 100; i++) await sink.write(Buffer.alloc(65_536, i));
  await sink.finish();
  const children = () => execFileSync("ps", ["-o", "args=", "--ppid", String(process.pid)], { encoding: "utf8" });
  const stream = await local.read(config(), "shop/one.db", io);
  await new Promise((resolve) => stream.once("readable", resolve));
  expect(children()).toContain("file process");
  stream.destroy();
  await expect.poll(children, { timeout: 10_000 }).not.toContain("file process");
  await expect(local.read(config(), "shop/gone.db", io)).rejects.toThrow("does not exist");
});

test("fault A3: the end of a run removes a half written file, also when nobody discards it", async () => {
  const sink = await local.create(config(), "shop/one.db", io);
  await sink.write(Buffer.alloc(65_536));
  io.abort(new Error("The run was ended."));
  await expect.poll(() => readdirSync(join(root, "shop")), { timeout: 10_000 }).toEqual([]);
  await expect(sink.write(Buffer.alloc(1))).rejects.toThrow();
});

test("fault A3: a process that is killed while it writes is a failure, and its half written file is removed", async () => {
  const sink = await local.create(config(), "shop/one.db", io);
  await sink.write(Buffer.alloc(65_536));
  for (const pid of execFileSync("ps", ["-o", "pid=", "--ppid", String(process.pid)], { encoding: "utf8" }).split(
    /\s+/,
  )) {
    if (pid && commandOf(pid).includes("file process")) process.kill(Number(pid), "SIGKILL");
  }
  await expect(sink.finish()).rejects.toThrow("was ended from outside (SIGKILL)");
  await sink.discard();
  expect(readdirSync(join(root, "shop"))).toEqual([]);
});

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}

test.runIf(canMount)("fault A3: a read-only disk is named as such", async () => {
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m,ro", "tmpfs", root]);
  try {
    await expect(local.create(config(), "shop/a", io)).rejects.toThrow("read-only file system");
    await expect(local.test(config(), io)).rejects.toThrow("read-only file system");
  } finally {
    execFileSync("umount", [root]);
  }
});
