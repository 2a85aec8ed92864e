import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { folderState } from "../testing/folder-state";
import { bytesOf, type TestIo, testIo } from "../testing/io";
import { asOrdinaryUser, CAN_MOUNT, IS_ROOT, NOBODY } from "../testing/ordinary-user";
import { directory } from "./directory";
import { ExtractAccount } from "./directory-extract";

let io: TestIo;
let root: string;
let server: Server | null = null;
beforeEach(() => {
  io = testIo();
  root = join(io.folder, "root");
  mkdirSync(root);
});
afterEach(() => {
  server?.close();
  server = null;
  io.remove();
});

const at = (name: string | Buffer) => Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name)]);
const run = (tool: string, ...args: string[]) => execFileSync(tool, args, { cwd: root, stdio: "pipe" }).toString();
const stored = (bytes: Buffer) => ({ open: async () => Readable.from([bytes], { objectMode: false }) });

async function dumped(): Promise<Buffer> {
  const { bytes, warnings } = await bytesOf(await directory.dump(directory.parse({ path: root }), io, []));
  expect(warnings).toEqual([]);
  return bytes;
}

async function restored(bytes: Buffer, path = join(io.folder, "restored")): Promise<string[]> {
  const { missing } = await directory.restore(stored(bytes), { path }, io, { mayOverwrite: false });
  return missing;
}

const ODD_NAMES: (string | Buffer)[] = [
  "line\nbreak",
  "-leading-dash",
  "a space",
  "'quotes\"",
  "back\\slash",
  "glob*?[a]",
  "l".repeat(255),
  Buffer.from("not\xffutf8\xfe", "latin1"),
  "🔔 emoji",
  "combining e\u0301",
  "trailing.",
  "trailing ",
  "tab\there",
  Buffer.from([0x01, 0x1b, 0x7f, 0x0d]),
  "..foo",
  "colon: Cannot open: x",
  "arrow -> link to x",
];

/** Every kind of entry with everything that it can carry, as far as root can make it. */
async function writeEverything(): Promise<void> {
  for (const [index, name] of ODD_NAMES.entries()) writeFileSync(at(name), `contents ${index}`);
  mkdirSync(at("empty"));
  mkdirSync(at("dir"));
  writeFileSync(at("dir/plain"), "plain");
  linkSync(at("dir/plain"), at("hard link"));
  symlinkSync("nowhere", at("dangling"));
  symlinkSync("/etc/hostname", at("absolute"));
  symlinkSync("../../outside", at("dir/outward"));
  run("mkfifo", "fifo");
  writeFileSync(at("sparse"), "x");
  truncateSync(at("sparse"), 64_000_000);
  writeFileSync(at("sparse"), "end", { flag: "a" });
  writeFileSync(at("shared"), "not for the group");
  run("setfacl", "-m", "u:1234:rw,g::---,g:4321:r,m::rw", "shared");
  mkdirSync(at("inheriting"));
  run("setfacl", "-d", "-m", "g:4321:rwx", "inheriting");
  writeFileSync(at("inheriting/file"), "inherits");
  writeFileSync(at("attribute"), "x");
  run("setfattr", "-n", "user.origin", "-v", "https://example.com/\n", "attribute");
  mkdirSync(at("read-only"));
  writeFileSync(at("read-only/file"), "x");
  chmodSync(at("read-only"), 0o555);
  mkdirSync(at("sticky"));
  chmodSync(at("sticky"), 0o1777);
  writeFileSync(at("setuid"), "x");
  chmodSync(at("setuid"), 0o6755);
  run("touch", "-d", "2040-01-01 00:00:00.123456789 UTC", "dir/plain");
  run("touch", "-d", "1955-11-05 06:15:00.5 UTC", "attribute");
  server = createServer();
  await new Promise<void>((resolve) => server?.listen(join(root, "socket"), resolve));
  if (!IS_ROOT) return;
  run("mknod", "device", "c", "1", "3");
  writeFileSync(at("capable"), "x");
  run("setcap", "cap_net_raw+ep", "capable");
  run("setfattr", "-n", "trusted.note", "-v", "root only", "attribute");
  chownSync(at("shared"), 1001, 1002);
  chownSync(at("dir"), 54321, 12345);
}

test.runIf(IS_ROOT)("fault A12: everything that files carry comes back, whatever their names", async () => {
  await writeEverything();
  const before = folderState(root);
  const bytes = await dumped();
  expect(folderState(root)).toEqual(before);
  expect(await restored(bytes)).toEqual([]);
  expect(folderState(join(io.folder, "restored"))).toEqual(before);
  expect(bytes.length).toBeLessThan(1_000_000);
  expect(statSync(join(io.folder, "restored/sparse")).blocks).toBeLessThan(100);
  const inBackup = await directory.verify(await stored(bytes).open(), io);
  expect(await directory.contentsAt({ path: join(io.folder, "restored") }, io)).toEqual(inBackup);
  expect(await directory.contentsAt({ path: root }, io)).toEqual(inBackup);
});

test.runIf(IS_ROOT)("fault A12: everything comes back over files that were changed since", async () => {
  await writeEverything();
  const before = folderState(root);
  const bytes = await dumped();
  run("setfacl", "-b", "shared");
  run("setfacl", "-d", "-m", "g:77:rwx", ".");
  run("setcap", "-r", "capable");
  chmodSync(at("setuid"), 0o600);
  chownSync(at("dir"), 0, 0);
  for (const name of ODD_NAMES) writeFileSync(at(name), "changed");
  rmSync(at("sparse"));
  const { missing } = await directory.restore(stored(bytes), { path: root }, io, { mayOverwrite: true });
  expect(missing).toEqual([]);
  const after = folderState(root);
  expect(after.acls).toBe(before.acls);
  expect(after).toEqual(before);
});

describe.runIf(IS_ROOT)("restored by an ordinary user", () => {
  test("fault A12: what only root can give back is named and counted", async () => {
    await writeEverything();
    const before = folderState(root);
    const bytes = await dumped();
    chownSync(io.folder, NOBODY, NOBODY);
    const path = join(io.folder, "restored");
    const outlook = await asOrdinaryUser(() => directory.outlook(stored(bytes), { path }, io));
    const missing = await asOrdinaryUser(() => restored(bytes));
    const owned = /^(\d+) files belong to another user now: only root can give files away\.$/m.exec(missing.join("\n"));
    expect(missing).toEqual([
      "1 device node could not be made: device (Operation not permitted).",
      owned?.[0],
      "1 file lost its capabilities: capable (Operation not permitted).",
      "1 extended attribute could not be given back: attribute (Operation not permitted).",
      "1 program no longer runs with the rights of another user or group: setuid.",
    ]);
    const cannot = outlook.cannot.join("\n");
    expect(cannot).toContain("1 device node cannot be made");
    expect(cannot).toContain("1 file will lose capabilities");
    expect(cannot).toMatch(/^\d+ files will belong to another user/m);
    expect(outlook.stays).toEqual([]);
    // Nothing else differs: owners and what hangs on them aside.
    const after = folderState(path);
    const plain = (state: { entries: string[] }) =>
      state.entries
        .filter((line) => !/^"(device|setuid)" /.test(line))
        .map((line) => line.replace(/ \d+:\d+ /, " ").replace(/ \w+:\w+ /, " "));
    expect(plain(after)).toEqual(plain(before));
    expect(after.sums).toEqual(before.sums);
    expect(statSync(join(path, "setuid")).mode & 0o7777).toBe(0o755);
    const withoutOwners = (acls: string) => acls.replace(/^# (owner|group|flags): .*\n/gm, "");
    expect(withoutOwners(after.acls)).toContain("user:1234:rw-\ngroup::---\ngroup:4321:r--\nmask::rw-");
  });

  test("folders without the right to write are removed with a scratch place, and with a refused restore", async () => {
    mkdirSync(at("read-only/deep"), { recursive: true });
    writeFileSync(at("read-only/deep/file"), "x");
    chmodSync(at("read-only/deep"), 0o555);
    chmodSync(at("read-only"), 0o500);
    const bytes = await dumped();
    chownSync(io.folder, NOBODY, NOBODY);
    await asOrdinaryUser(async () => {
      const { target, remove } = await directory.scratch(directory.parse({ path: root }), io);
      await directory.restore(stored(bytes), target, io, { mayOverwrite: false });
      expect(readdirSync(io.folder)).toHaveLength(2);
      await remove();
      const path = join(io.folder, "taken");
      const taking = async () => {
        mkdirSync(join(path, "meanwhile"), { recursive: true });
        return await stored(bytes).open();
      };
      const refused = directory.restore({ open: taking }, { path }, io, { mayOverwrite: false });
      await expect(refused).rejects.toThrow("Something else was written to");
    });
    expect(readdirSync(io.folder).sort()).toEqual(["root", "taken"]);
  });

  test("what this user owns comes back without a word", async () => {
    chownSync(io.folder, NOBODY, NOBODY);
    chownSync(root, NOBODY, NOBODY);
    const missing = await asOrdinaryUser(async () => {
      writeFileSync(at("mine"), "x");
      chmodSync(at("mine"), 0o4711);
      chmodSync(root, 0o555);
      return await restored(await dumped());
    });
    expect(missing).toEqual([]);
    expect(statSync(join(io.folder, "restored/mine")).mode & 0o7777).toBe(0o4711);
    expect(statSync(join(io.folder, "restored")).mode & 0o7777).toBe(0o555);
  });
});

test.runIf(CAN_MOUNT)("fault A12: where there are no access lists, a file is for its owner alone", async () => {
  for (const name of ["shared", "line\nbreak", Buffer.from("not\xffutf8", "latin1")]) {
    writeFileSync(at(name), "secret");
    chmodSync(at(name), 0o664);
    execFileSync("find", [".", "-type", "f", "-exec", "setfacl", "-m", "u:1234:---,g::---,m::rw", "{}", "+"], {
      cwd: root,
    });
  }
  writeFileSync(at("plain"), "for all");
  chmodSync(at("plain"), 0o644);
  const bytes = await dumped();
  // A file system that knows neither access lists nor extended attributes.
  const place = join(io.folder, "ramfs");
  mkdirSync(place);
  execFileSync("mount", ["-t", "ramfs", "none", place]);
  try {
    const missing = await restored(bytes, join(place, "restored"));
    expect(missing[0]).toMatch(/^3 access lists \(ACL\) could not be given back: .* \(Operation not supported\)\.$/);
    expect(missing[1]).toMatch(/^Without their access lists only the owner may use 3 files now: /);
    expect(missing).toHaveLength(2);
    expect(statSync(join(place, "restored/shared")).mode & 0o777).toBe(0o600);
    expect(statSync(join(place, "restored/line\nbreak")).mode & 0o777).toBe(0o600);
    expect(statSync(join(place, "restored/plain")).mode & 0o777).toBe(0o644);
    // A mount point cannot be replaced by another folder: it is filled where it is.
    rmSync(join(place, "restored"), { recursive: true });
    await restored(bytes, place);
    expect(readFileSync(join(place, "plain"), "utf8")).toBe("for all");
    expect(readdirSync(place)).toHaveLength(4);
  } finally {
    execFileSync("umount", [place]);
  }
});

test("a name can say nothing in tar's place", () => {
  const account = new ExtractAccount();
  account.add("tar: ./x\\: Cannot change ownership to uid 1, gid 1\\: y: Cannot open: File exists");
  expect(account.sentences()).toEqual([
    "1 file or folder could not be restored: x: Cannot change ownership to uid 1, gid 1: y (File exists).",
  ]);
  expect(account.fatal).toBe(false);
});
