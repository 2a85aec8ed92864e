import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RunError } from "../run-error";
import { bytesOf, type TestIo, testIo } from "../testing/io";
import { CAN_MOUNT } from "../testing/ordinary-user";
import { directory } from "./directory";
import { listArchive } from "./directory-list";

let io: TestIo;
let root: string;
beforeEach(() => {
  io = testIo();
  root = join(io.folder, "root");
  mkdirSync(join(root, "sub"), { recursive: true });
  writeFileSync(join(root, "a.txt"), "alpha");
  writeFileSync(join(root, "sub/b.txt"), "beta");
});
afterEach(() => io.remove());

const config = (more: object = {}) => directory.parse({ path: root, ...more });
const stored = (bytes: Buffer) => ({ open: async () => Readable.from([bytes], { objectMode: false }) });
const dumped = async (avoid: string[] = []) => (await bytesOf(await directory.dump(config(), io, avoid))).bytes;
const restore = (bytes: Buffer, path: string, mayOverwrite = false) =>
  directory.restore(stored(bytes), { path }, io, { mayOverwrite });
const list = (bytes: Buffer) =>
  execFileSync("tar", ["-tf", "-"], { input: bytes }).toString().split("\n").filter(Boolean).sort();

/** A backup whose bytes come only when the gate opens. */
function heldBack(bytes: Buffer): { backup: ReturnType<typeof stored>; opened: Promise<void>; release(): void } {
  let release: () => void = () => undefined;
  let open: () => void = () => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const chunks = async function* () {
    yield bytes.subarray(0, 512);
    open();
    await gate;
    yield bytes.subarray(512);
  };
  return { backup: { open: async () => Readable.from(chunks(), { objectMode: false }) }, opened, release };
}

for (const state of ["new", "empty"]) {
  test(`fault A6: of two restores to one ${state} place at once the second is refused, and the first is whole`, async () => {
    const first = await dumped();
    writeFileSync(join(root, "a.txt"), "second");
    writeFileSync(join(root, "second"), "second");
    const slow = heldBack(await dumped());
    const path = join(io.folder, "restored");
    if (state === "empty") mkdirSync(path);
    const second = directory.restore(slow.backup, { path }, io, { mayOverwrite: false });
    second.catch(() => undefined);
    await slow.opened;
    expect(await restore(first, path)).toEqual({ missing: [] });
    slow.release();
    await expect(second).rejects.toThrow("Something else was written to");
    expect(readFileSync(join(path, "a.txt"), "utf8")).toBe("alpha");
    expect(existsSync(join(path, "second"))).toBe(false);
    expect(readdirSync(io.folder).filter((name) => name.startsWith("."))).toEqual([]);
  });
}

test.runIf(CAN_MOUNT)("fault A6: also where the place is a mount point, and a full disk leaves it empty", async () => {
  const bytes = await dumped();
  const path = join(io.folder, "mounted");
  mkdirSync(path);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "none", path]);
  try {
    const slow = heldBack(bytes);
    const first = directory.restore(slow.backup, { path }, io, { mayOverwrite: false });
    await slow.opened;
    await expect(restore(bytes, path)).rejects.toThrow(/not empty/);
    slow.release();
    expect(await first).toEqual({ missing: [] });
    expect(readdirSync(path).sort()).toEqual(["a.txt", "sub"]);
    for (const name of readdirSync(path)) rmSync(join(path, name), { recursive: true });
    writeFileSync(join(root, "big"), Buffer.alloc(3_000_000, "x"));
    await expect(restore(await dumped(), path)).rejects.toThrow("No space left on device");
    expect(readdirSync(path)).toEqual([]);
    await expect(restore(await dumped(), join(path, "new/place"))).rejects.toThrow("No space left on device");
    expect(readdirSync(path)).toEqual([]);
  } finally {
    execFileSync("umount", [path]);
  }
});

test("a restore that fails leaves no folder that it made on the way", async () => {
  const bytes = await dumped();
  await expect(restore(Buffer.alloc(20_000, "x"), join(io.folder, "new/er/place"))).rejects.toThrow();
  expect(existsSync(join(io.folder, "new"))).toBe(false);
  await restore(bytes, join(io.folder, "new/er", "n".repeat(255)));
  expect(existsSync(join(io.folder, "new/er", "n".repeat(255), "a.txt"))).toBe(true);
});

test("a canceled restore leaves nothing", async () => {
  const slow = heldBack(await dumped());
  const path = join(io.folder, "new/place");
  const restoring = directory.restore(slow.backup, { path }, io, { mayOverwrite: false });
  restoring.catch(() => undefined);
  await slow.opened;
  io.abort(new RunError("Canceled.", { kind: "canceled" }));
  await expect(restoring).rejects.toMatchObject({ kind: "canceled" });
  slow.release();
  expect(readdirSync(io.folder)).toEqual(["root"]);
});

test("fault A16: a target that is a link to a folder: what is behind it is restored, and the link stays", async () => {
  const bytes = await dumped();
  for (const state of ["empty", "filled"]) {
    mkdirSync(join(io.folder, state));
    if (state === "filled") writeFileSync(join(io.folder, state, "own"), "stays");
    const link = join(io.folder, `to-${state}`);
    symlinkSync(state, link);
    expect(await restore(bytes, link, true)).toEqual({ missing: [] });
    expect(readlinkSync(link)).toBe(state);
    expect(readFileSync(join(io.folder, state, "a.txt"), "utf8")).toBe("alpha");
  }
  expect(existsSync(join(io.folder, "filled/own"))).toBe(true);
});

test("fault A16: a target that is a link to nothing, or no folder, is refused", async () => {
  const bytes = await dumped();
  symlinkSync("nowhere", join(io.folder, "dangling"));
  await expect(restore(bytes, join(io.folder, "dangling"), true)).rejects.toThrow(
    "is a link to a folder that does not exist",
  );
  expect(readlinkSync(join(io.folder, "dangling"))).toBe("nowhere");
  await expect(restore(bytes, join(root, "a.txt"), true)).rejects.toThrow("is not a folder");
});

test("the outlook names what stays and what is in the way, and changes nothing", async () => {
  const bytes = await dumped();
  const path = join(io.folder, "target");
  mkdirSync(join(path, "a.txt"), { recursive: true });
  mkdirSync(join(path, "sub"));
  writeFileSync(join(path, "a.txt/inner"), "1");
  writeFileSync(join(path, "sub/b.txt"), "will be overwritten");
  writeFileSync(join(path, "own\nname"), "2");
  symlinkSync("nowhere", join(path, "own link"));
  const state = () => execFileSync("find", [path, "-printf", "%p %y %m %s %T@ %C@\\n"]).toString();
  const before = state();
  expect(await directory.outlook(stored(bytes), { path }, io)).toEqual({
    stays: [`3 files in ${path} are not in the backup and stay.`],
    cannot: ["1 file cannot be restored unless the folder of the same name is empty: a.txt."],
  });
  expect(state()).toBe(before);
  const { missing } = await restore(bytes, path, true);
  expect(missing).toEqual([expect.stringMatching(/^1 file or folder could not be restored: a\.txt \(/)]);
  expect(readFileSync(join(path, "sub/b.txt"), "utf8")).toBe("beta");
  expect(existsSync(join(path, "a.txt/inner"))).toBe(true);
  const later = await directory.outlook(stored(bytes), { path: join(io.folder, "new") }, io);
  expect(later).toEqual({ stays: [], cannot: [] });
});

test("a listing is read whatever the width of its columns", async () => {
  // tar pads times whose last digits are zeros, sizes, and owners.
  const times = [
    "2026-01-01 00:00:00",
    "2026-01-01 00:00:00.5",
    "1955-11-05 06:15:00.25",
    "2040-01-01 00:00:00.123456789",
  ];
  for (const [n, time] of times.entries()) {
    writeFileSync(join(root, `time ${n}`), Buffer.alloc(10 ** n));
    execFileSync("touch", ["-d", `${time} UTC`, join(root, `time ${n}`)]);
  }
  const bytes = await dumped();
  const paths: string[] = [];
  for await (const entry of listArchive(await stored(bytes).open(), io)) paths.push(`${entry.type} ${entry.path}`);
  const files = ["a.txt", "sub/b.txt", ...times.map((_, n) => `time ${n}`)].map((name) => `- ${name}`);
  expect(paths.sort()).toEqual(["d ", "d sub", ...files].sort());
});

test("a link within the target leads no file outside of it", async () => {
  const bytes = await dumped();
  const path = join(io.folder, "target");
  mkdirSync(path);
  mkdirSync(join(io.folder, "outside"));
  symlinkSync("../outside", join(path, "sub"));
  await restore(bytes, path, true);
  expect(readdirSync(join(io.folder, "outside"))).toEqual([]);
  expect(lstatSync(join(path, "sub")).isDirectory()).toBe(true);
});

test("an archive of which nothing can be restored is a failure", async () => {
  const dots = execFileSync("tar", ["-cf", "-", "-P", "-C", root, "--transform=s,^a,../a,", "a.txt"]);
  const path = join(io.folder, "restored");
  await expect(restore(dots, path)).rejects.toThrow("Nothing could be restored");
  expect(existsSync(path)).toBe(false);
});

test("fault A15: a destination within the source by a link is left out, and the source itself is refused", async () => {
  mkdirSync(join(root, "backups/job"), { recursive: true });
  writeFileSync(join(root, "backups/job/old.tar"), "old");
  symlinkSync(join(root, "backups"), join(io.folder, "destination"));
  symlinkSync(root, join(io.folder, "source"));
  const bytes = await dumped([join(io.folder, "destination"), join(io.folder, "destination/job")]);
  expect(list(bytes)).toEqual(["./", "./a.txt", "./sub/", "./sub/b.txt"]);
  await expect(dumped([join(io.folder, "source")])).rejects.toMatchObject({ kind: "cannot_start" });
  // The folder of another job's backups below the destination contains none of this one's.
  expect(list(await dumped([io.folder, join(io.folder, "job")]))).toContain("./backups/job/old.tar");
  root = join(io.folder, "destination/job");
  await expect(dumped([join(io.folder, "destination"), join(io.folder, "destination/job")])).rejects.toMatchObject({
    kind: "cannot_start",
  });
});

test.runIf(CAN_MOUNT)("fault A15: a destination within the source by a bind mount is left out", async () => {
  mkdirSync(join(io.folder, "destination"));
  writeFileSync(join(io.folder, "destination/old.tar"), "old");
  mkdirSync(join(root, "mounted here"));
  execFileSync("mount", ["--bind", join(io.folder, "destination"), join(root, "mounted here")]);
  try {
    expect(list(await dumped([join(io.folder, "destination")])).join()).not.toContain("old.tar");
  } finally {
    execFileSync("umount", [join(root, "mounted here")]);
  }
});

test.runIf(CAN_MOUNT)("files come back also where another file system is mounted within the target", async () => {
  mkdirSync(join(root, "sub/deep"));
  writeFileSync(join(root, "sub/deep/c\nd"), "gamma");
  const bytes = await dumped();
  const path = join(io.folder, "target");
  mkdirSync(join(path, "sub"), { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "none", join(path, "sub")]);
  try {
    writeFileSync(join(path, "sub/own"), "stays");
    expect(await restore(bytes, path, true)).toEqual({ missing: [] });
    expect(readFileSync(join(path, "sub/b.txt"), "utf8")).toBe("beta");
    expect(readFileSync(join(path, "sub/deep/c\nd"), "utf8")).toBe("gamma");
    expect(readdirSync(join(path, "sub")).sort()).toEqual(["b.txt", "deep", "own"]);
    expect(readdirSync(io.folder).filter((name) => name.startsWith("."))).toEqual([]);
  } finally {
    execFileSync("umount", [join(path, "sub")]);
  }
});
