import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bytesOf, type TestIo, testIo } from "../testing/io";
import { directory } from "./directory";

let io: TestIo;
let root: string;
beforeEach(() => {
  io = testIo();
  root = join(io.folder, "root");
  mkdirSync(join(root, "sub/cache"), { recursive: true });
  writeFileSync(join(root, "a.txt"), "alpha");
  writeFileSync(join(root, "sub/b.txt"), "beta");
  writeFileSync(join(root, "sub/c.tmp"), "left out");
  writeFileSync(join(root, "sub/cache/d"), "cached");
});
afterEach(() => io.remove());

const config = (more: object = {}) => directory.parse({ path: root, ...more });
const stored = (bytes: Buffer) => ({ open: async () => Readable.from([bytes], { objectMode: false }) });
const list = (bytes: Buffer) =>
  execFileSync("tar", ["-tf", "-"], { input: bytes }).toString().split("\n").filter(Boolean).sort();

async function dumped(more: object = {}, avoid: string[] = []) {
  return await bytesOf(await directory.dump(config(more), io, avoid));
}

test("an archive of everything, read back and counted", async () => {
  const { bytes, warnings } = await dumped();
  expect(warnings).toEqual([]);
  expect(list(bytes)).toEqual([
    "./",
    "./a.txt",
    "./sub/",
    "./sub/b.txt",
    "./sub/c.tmp",
    "./sub/cache/",
    "./sub/cache/d",
  ]);
  expect(await directory.verify(Readable.from([bytes], { objectMode: false }), io)).toMatchObject({ files: 4 });
});

test("patterns leave out, and none of them can pass for an option", async () => {
  const { bytes } = await dumped({ exclude: ["*.tmp", "cache", "--checkpoint-action=exec=touch /tmp/owned", "-C/"] });
  expect(list(bytes)).toEqual(["./", "./a.txt", "./sub/", "./sub/b.txt"]);
  expect(existsSync("/tmp/owned")).toBe(false);
  expect(directory.configSchema.safeParse({ path: root, exclude: ["a\n--to-command=sh"] }).success).toBe(false);
});

test("a root whose name begins with a dash, and names that look like options, are only names", async () => {
  root = join(io.folder, "--checkpoint=1");
  mkdirSync(root);
  writeFileSync(join(root, "--checkpoint-action=exec=sh x"), "harmless");
  writeFileSync(join(root, "line\nbreak"), "one file");
  const { bytes } = await dumped();
  expect(list(bytes)).toHaveLength(3);
  expect(await directory.verify(Readable.from([bytes], { objectMode: false }), io)).toMatchObject({ files: 2 });
});

test("backups stored inside the directory are left out", async () => {
  mkdirSync(join(root, "back*ups"));
  writeFileSync(join(root, "back*ups/old.tar"), "old");
  const { bytes } = await dumped({}, [join(root, "back*ups")]);
  expect(list(bytes).join()).not.toContain("old.tar");
  expect(list(bytes)).toContain("./sub/b.txt");
  await expect(dumped({}, [root])).rejects.toMatchObject({ kind: "cannot_start" });
});

test("pain 01: a root that is gone cannot start, before tar makes an archive of nothing", async () => {
  root = join(io.folder, "gone");
  await expect(directory.preflight(config(), io)).rejects.toMatchObject({ kind: "cannot_start" });
  await expect(dumped()).rejects.toMatchObject({ kind: "cannot_start" });
});

test("pain 22: a file that changes while it is read is a warning (tar's 1)", async () => {
  writeFileSync(join(root, "growing"), Buffer.alloc(40_000_000));
  const dump = await directory.dump(config(), io, []);
  const grow = setInterval(() => writeFileSync(join(root, "growing"), "more\n", { flag: "a" }), 1);
  const { bytes, warnings } = await bytesOf(dump).finally(() => clearInterval(grow));
  expect(warnings.join()).toContain("changed while being read: growing");
  expect(list(bytes)).toContain("./growing");
});

test("a truncated archive does not verify", async () => {
  writeFileSync(join(root, "big"), Buffer.alloc(500_000, "x"));
  const { bytes } = await dumped();
  const half = Readable.from([bytes.subarray(0, 300_000)], { objectMode: false });
  await expect(directory.verify(half, io)).rejects.toThrow("cannot be read to its end");
});

test("an archive that was cut off between two files does not verify", async () => {
  const { bytes } = await dumped();
  for (const zeros of [0, 512]) {
    const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
    const cut = Readable.from([bytes.subarray(0, Math.ceil(end / 512) * 512 + zeros)], { objectMode: false });
    await expect(directory.verify(cut, io)).rejects.toThrow("cannot be read to its end");
  }
});

test("restore to a new path keeps names, contents and modes", async () => {
  chmodSync(join(root, "a.txt"), 0o640);
  chmodSync(root, 0o751);
  const { bytes } = await dumped();
  const path = join(io.folder, "restored");
  await directory.restore(stored(bytes), { path }, io, { mayOverwrite: false });
  expect(readFileSync(join(path, "sub/b.txt"), "utf8")).toBe("beta");
  expect(statSync(join(path, "a.txt")).mode & 0o777).toBe(0o640);
  expect(statSync(path).mode & 0o777).toBe(0o751);
  expect(readdirSync(io.folder).filter((name) => name.includes(".restore"))).toEqual([]);
});

test("restore over files needs permission", async () => {
  const { bytes } = await dumped();
  writeFileSync(join(root, "a.txt"), "changed since");
  expect(await directory.existingTarget({ path: root }, io)).toContain("2 entries");
  await expect(directory.restore(stored(bytes), { path: root }, io, { mayOverwrite: false })).rejects.toThrow(
    "not empty",
  );
  await directory.restore(stored(bytes), { path: root }, io, { mayOverwrite: true });
  expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("alpha");
});

test("pain 06: a partial restore is a failure, and leaves nothing at a new path", async () => {
  writeFileSync(join(root, "z-big"), Buffer.alloc(500_000, "x"));
  const { bytes } = await dumped();
  const path = join(io.folder, "restored");
  await expect(
    directory.restore(stored(bytes.subarray(0, 300_000)), { path }, io, { mayOverwrite: false }),
  ).rejects.toThrow("Only a part");
  expect(existsSync(path)).toBe(false);
  writeFileSync(join(root, "a.txt"), "changed since");
  await expect(
    directory.restore(stored(bytes.subarray(0, 300_000)), { path: root }, io, { mayOverwrite: true }),
  ).rejects.toThrow("to its end");
  expect(readFileSync(join(root, "a.txt"), "utf8")).toBe("changed since");
});

test("an archive made to break out writes nothing outside", async () => {
  const evil = join(io.folder, "evil");
  mkdirSync(evil);
  symlinkSync(io.folder, join(evil, "out"));
  writeFileSync(join(evil, "payload"), "owned");
  const bytes = execFileSync("tar", [
    "-cf",
    "-",
    "-P",
    "-C",
    evil,
    "out",
    "--transform=s,^payload$,out/owned-by-link,",
    "payload",
  ]);
  const dots = execFileSync("tar", [
    "-cf",
    "-",
    "-P",
    "-C",
    evil,
    "--transform=s,^payload$,../../owned-by-dots,",
    "payload",
  ]);
  const path = join(io.folder, "deep/er");
  mkdirSync(join(io.folder, "deep"));
  await directory.restore(stored(bytes), { path }, io, { mayOverwrite: false }).catch(() => undefined);
  await directory.restore(stored(dots), { path: `${path}2` }, io, { mayOverwrite: false }).catch(() => undefined);
  expect(existsSync(join(io.folder, "owned-by-link"))).toBe(false);
  expect(existsSync(join(io.folder, "owned-by-dots"))).toBe(false);
});
