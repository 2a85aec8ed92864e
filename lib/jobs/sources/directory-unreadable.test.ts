import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { bytesOf, type TestIo, testIo } from "../testing/io";
import { asOrdinaryUser, IS_ROOT, NOBODY } from "../testing/ordinary-user";
import { directory } from "./directory";
import { CreateAccount } from "./directory-create";

let io: TestIo;
let root: string;
beforeEach(() => {
  io = testIo();
  root = join(io.folder, "root");
  mkdirSync(root);
  if (IS_ROOT) for (const folder of [io.folder, root]) chownSync(folder, NOBODY, NOBODY);
});
afterEach(() => io.remove());

const config = (more: object = {}) => directory.parse({ path: root, ...more });
const dumped = async (more: object = {}) => await bytesOf(await directory.dump(config(more), io, []));
const list = (bytes: Buffer) =>
  execFileSync("tar", ["-tf", "-"], { input: bytes }).toString().split("\n").filter(Boolean).sort();

/** Belongs to root, and nobody else may read it. */
function writeLocked(...names: string[]): void {
  for (const name of names) writeFileSync(join(root, name), "secret", { mode: 0o600 });
}

describe.runIf(IS_ROOT)("as an ordinary user", () => {
  test("fault A13: one unreadable file of ten is a warning that names it, and nine are kept", async () => {
    for (let n = 0; n < 9; n++) writeFileSync(join(root, `file-${n}`), "text");
    writeLocked("locked: one");
    const { bytes, warnings } = await asOrdinaryUser(() => dumped());
    expect(list(bytes)).toHaveLength(10);
    expect(warnings).toEqual([
      "1 file or folder could not be read and is not in the backup: locked: one (Permission denied). " +
        "Give the user that Belfry runs as access to these files, or leave them out by a pattern.",
    ]);
  });

  test("fault A13: of many unreadable files the first are named and the rest is counted", async () => {
    writeLocked(...Array.from({ length: 300 }, (_, n) => `locked-${n}`));
    writeFileSync(join(root, "open"), "text");
    const { bytes, warnings } = await asOrdinaryUser(() => dumped());
    expect(list(bytes)).toEqual(["./", "./open"]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /^300 files or folders could not be read .*: locked-\d+, locked-\d+, locked-\d+ and 297 more \(/,
    );
    expect(io.lines.filter((line) => line.includes("Permission denied"))).toHaveLength(200);
    expect(io.lines).toContain("and 101 more lines of tar");
  });

  test("fault A13: a folder that cannot be opened, and one whose files cannot be reached", async () => {
    for (const folder of ["shut", "listed"]) {
      mkdirSync(join(root, folder));
      writeFileSync(join(root, folder, "file"), "text");
    }
    chmodSync(join(root, "shut"), 0o700);
    chmodSync(join(root, "listed"), 0o744);
    const { warnings } = await asOrdinaryUser(() => dumped());
    expect(warnings.join()).toContain("2 files or folders could not be read");
    expect(warnings.join()).toContain("shut");
    expect(warnings.join()).toContain("listed/file");
    const { details } = await asOrdinaryUser(() => directory.test(config(), io));
    expect(details?.join()).toContain("shut/");
    expect(details?.join()).toContain("listed/file");
  });

  test("fault A13: a Test names what a run could not read, but for what is left out", async () => {
    writeLocked("locked", "left out.tmp");
    writeFileSync(join(root, "open"), "text");
    const { message, details } = await asOrdinaryUser(() => directory.test(config({ exclude: ["*.tmp"] }), io));
    expect(message).toBe(`${root} can be read: 2 files to back up.`);
    expect(details).toEqual([
      "1 file or folder cannot be read and will not be in the backup: locked (Permission denied). " +
        "Give the user that Belfry runs as access, or leave them out by a pattern.",
      "*.tmp leaves out 1 file.",
    ]);
    expect((await asOrdinaryUser(() => dumped({ exclude: ["*.tmp"] }))).warnings.join()).not.toContain("left out");
  });

  test("fault A13: a root that cannot be read is a failure", async () => {
    writeFileSync(join(root, "file"), "text");
    chownSync(root, 0, 0);
    // Neither listing it nor reaching what is in it is enough.
    for (const mode of [0o700, 0o711, 0o744]) {
      chmodSync(root, mode);
      const refused = { kind: "cannot_start", message: expect.stringContaining("may not be accessed") };
      await expect(asOrdinaryUser(() => directory.test(config(), io))).rejects.toMatchObject(refused);
      await expect(asOrdinaryUser(() => directory.preflight(config(), io))).rejects.toMatchObject(refused);
      await expect(asOrdinaryUser(() => dumped())).rejects.toMatchObject(refused);
    }
  });
});

test("fault A13: a file cut short while it is read is named as damaged", async () => {
  writeFileSync(join(root, "big"), Buffer.alloc(20_000_000, "x"));
  const dump = await directory.dump(config(), io, []);
  // tar waits for a reader of the pipe, in the middle of the file.
  await expect.poll(() => dump.stream.readableLength).toBeGreaterThan(0);
  truncateSync(join(root, "big"), 1000);
  const { bytes, warnings } = await bytesOf(dump);
  expect(list(bytes)).toEqual(["./", "./big"]);
  expect(warnings).toEqual(["1 file is damaged in the backup, with zeros in place of what could not be read: big."]);
});

test("a socket is named in the log alone", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(root, "socket"), resolve));
  try {
    const { warnings } = await dumped();
    expect(warnings).toEqual([]);
    expect(io.lines.join()).toContain("socket ignored");
  } finally {
    server.close();
  }
});

test("tar's 2 for anything but unreadable files is a failure", () => {
  const judged = (...lines: string[]) => {
    const account = new CreateAccount();
    for (const line of [...lines, "tar: Exiting with failure status due to previous errors"]) account.add(line);
    return () => account.judge(2, lines.join("\n"));
  };
  const locked = "tar: ./locked: Cannot open: Permission denied";
  expect(judged(locked, "tar: -: Cannot write: No space left on device")).toThrow("No space left");
  expect(judged(locked, "tar: -: Wrote only 4096 of 10240 bytes")).toThrow("Wrote only");
  expect(judged(locked, "tar: memory exhausted", "tar: Error is not recoverable: exiting now")).toThrow("memory");
  expect(judged()).toThrow("exit code 2");
  expect(judged("tar: .: Cannot open: Permission denied")).toThrow("Permission denied");
  expect(
    judged("tar: ./a\\: Cannot open\\: b: Read error at byte 4096, while reading 512 bytes: Input/output error")(),
  ).toEqual([
    "1 file is damaged in the backup, with zeros in place of what could not be read: a: Cannot open: b (Input/output error).",
  ]);
});

test("a file that disappears before it is read is named", async () => {
  // The first file fills the pipe, so that tar waits before it reads the second.
  mkdirSync(join(root, "a"));
  for (const name of ["big-1", "big-2"]) writeFileSync(join(root, name), Buffer.alloc(3_000_000, "x"));
  const dump = await directory.dump(config(), io, []);
  await expect.poll(() => dump.stream.readableLength).toBeGreaterThan(0);
  execFileSync("rm", ["-r", root]);
  const { warnings } = await bytesOf(dump);
  expect(warnings.join("\n")).toMatch(/disappeared before being read: (big-1|big-2|a)/);
});

test("a Test, a preflight and a backup change nothing in the folder", async () => {
  for (const name of ["a", "b.tmp", "sub/c"]) {
    mkdirSync(join(root, "sub"), { recursive: true });
    writeFileSync(join(root, name), name);
  }
  const snapshot = () =>
    execFileSync("find", [".", "-printf", "%p %y %m %U %G %s %n %i %T@ %C@\\n"], { cwd: root }).toString() +
    readFileSync(join(root, "a"), "utf8");
  const before = snapshot();
  await directory.test(config({ exclude: ["*.tmp"] }), io);
  await directory.preflight(config(), io);
  await dumped({ exclude: ["*.tmp"] });
  expect(snapshot()).toBe(before);
});
