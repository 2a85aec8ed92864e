import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bytesOf, type TestIo, testIo } from "../testing/io";
import { directory } from "./directory";
import { inspectFiles } from "./directory-inspect";

let io: TestIo;
let root: string;
beforeEach(() => {
  io = testIo();
  root = join(io.folder, "root");
  mkdirSync(root);
});
afterEach(() => io.remove());

function write(...names: (string | Buffer)[]): void {
  for (const name of names) {
    const path = Buffer.concat([Buffer.from(`${root}/`), Buffer.from(name)]);
    mkdirSync(path.subarray(0, path.lastIndexOf("/")), { recursive: true });
    writeFileSync(path, "x");
  }
}

/** The files that a backup holds, with the patterns. Names as tar escapes them. */
async function kept(...exclude: string[]): Promise<string[]> {
  const { bytes } = await bytesOf(await directory.dump(directory.parse({ path: root, exclude }), io, []));
  return execFileSync("tar", ["-tf", "-", "--quoting-style=escape"], { input: bytes })
    .toString()
    .split("\n")
    .filter((name) => name && !name.endsWith("/"))
    .map((name) => name.slice(2))
    .sort();
}

const details = async (...exclude: string[]) =>
  (await directory.test(directory.parse({ path: root, exclude }), io)).details;

test("fault A14: patterns work as in a .gitignore", async () => {
  write(
    "cache/a",
    "sub/cache/b",
    "sub/deep/cache",
    "keep.tmp",
    "x.tmp",
    "sub/x.tmp",
    "sub/dir/file",
    "file",
    "Cache/c",
  );
  expect(await kept("cache/")).toEqual(
    ["Cache/c", "file", "keep.tmp", "sub/deep/cache", "sub/dir/file", "sub/x.tmp", "x.tmp"].sort(),
  );
  expect(await kept("/cache")).not.toContain("cache/a");
  expect(await kept("/cache")).toContain("sub/cache/b");
  expect(await kept("sub/dir/file")).not.toContain("sub/dir/file");
  expect(await kept("sub/dir/file")).toContain("file");
  expect(await kept("*.tmp", "!keep.tmp", "# a comment", "  ", "sub/**/cache")).toEqual(
    ["Cache/c", "cache/a", "file", "keep.tmp", "sub/dir/file"].sort(),
  );
});

test("fault A14: the same files as git itself leaves out", async () => {
  write(
    "a/b/c/d",
    "a/b/x.log",
    "x.log",
    "build/out",
    "src/build/out",
    "src/build.ts",
    "we ird/na\nme",
    "trail /f",
    "*/star",
  );
  const patterns = ["*.log", "!a/b/x.log", "/build/", "a/**/d", "trail\\ /", "we ird/*", "\\*/"];
  execFileSync("git", ["init", "-q", root]);
  writeFileSync(join(root, ".git/info/exclude"), `${patterns.join("\n")}\n`);
  const byGit = execFileSync("git", ["ls-files", "-z", "--others", "--exclude-standard"], { cwd: root })
    .toString()
    .split("\0")
    .filter(Boolean)
    .sort();
  expect(await kept(...patterns, "/.git")).toEqual(byGit);
});

test("fault A14: names that tar would read otherwise in a list are left out too, and nothing else", async () => {
  const odd = [
    Buffer.from("b\xff", "latin1"),
    Buffer.from("c\xff\nd ", "latin1"),
    "n\nl",
    "tail ",
    "st*r",
    "br[a]",
    "back\\slash",
    "é\nü",
    "..foo",
    "-dash",
  ];
  write(
    ...odd.map((name) => Buffer.concat([Buffer.from("out/"), Buffer.from(name)])),
    "out/keep",
    "out/starr",
    "out/bra",
  );
  expect(await kept("out/*", "!out/keep", "!out/starr", "!out/bra")).toEqual(["out/bra", "out/keep", "out/starr"]);
});

test("fault A14: a Test says for each pattern how many files it leaves out", async () => {
  write("a.tmp", "sub/b.tmp", "sub/keep.tmp", "cache/c.tmp", "cache/deep/d");
  mkdirSync(join(root, "empty"));
  expect(await details("*.tmp", "cach/", "cache/", "!keep.tmp", "# note", "empty/")).toEqual([
    "*.tmp leaves out 4 files.",
    "cach/ matches nothing.",
    "cache/ leaves out 2 files.",
    "!keep.tmp keeps 1 file of those that other patterns leave out.",
    "empty/ leaves out 1 empty folder.",
  ]);
});

test("a Test that has no more time says so", async () => {
  write("a", "b");
  const { details } = await inspectFiles(root, ["*.tmp"], io, { limit: AbortSignal.abort() });
  expect(details).toEqual([
    "*.tmp has matched nothing so far.",
    "Counting stopped after 10 seconds: there are more files than were counted.",
  ]);
});

test("a run that has ended does not walk on", async () => {
  write("a", "b");
  const reason = new Error("ended");
  io.abort(reason);
  await expect(inspectFiles(root, [], io)).rejects.toBe(reason);
  await expect(directory.contentsAt({ path: root }, io)).rejects.toBe(reason);
});

test("what a backup is said to hold and what a folder holds are one number, whatever the names", async () => {
  write("a", "n\nl", "x\u2028y", "cr\rlf", "dir/f", Buffer.from("b\xff", "latin1"));
  const { bytes } = await bytesOf(await directory.dump(directory.parse({ path: root }), io, []));
  const inBackup = await directory.verify(Readable.from([bytes], { objectMode: false }), io);
  expect(inBackup.files).toBe(6);
  expect(await directory.contentsAt({ path: root }, io)).toEqual(inBackup);
});
