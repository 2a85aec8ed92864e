import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import { AppError } from "@/lib/core/errors";
import { setRuntimeValue } from "@/lib/core/runtime";
import { assertWritable, writeNewFile } from "./write-new-file";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "belfry-write-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const NEW = { overwrites: false };
const bytes = Buffer.from("new");

test("fault A22: a file is complete, for its owner alone, and nothing stays beside it", async () => {
  const file = path.join(folder, `-odd\n${"n".repeat(240)}`);
  await writeNewFile(file, bytes, NEW);
  expect(readFileSync(file, "utf8")).toBe("new");
  expect((statSync(file).mode & 0o777).toString(8)).toBe("600");
  expect(readdirSync(folder)).toHaveLength(1);
});

test("what a stream brings is written whole; one that fails or is interrupted leaves nothing, and its words are said", async () => {
  const file = path.join(folder, "a");
  await writeNewFile(file, Readable.from([Buffer.from("one "), Buffer.from("two")]), NEW);
  expect(readFileSync(file, "utf8")).toBe("one two");
  const half = new Readable({ read() {} });
  half.push("half");
  const writing = writeNewFile(file, half, { overwrites: true });
  await expect.poll(() => readdirSync(folder).length).toBe(2);
  half.destroy(new AppError("unavailable", "It was interrupted."));
  await expect(writing).rejects.toMatchObject({ code: "unavailable", message: "It was interrupted." });
  expect(readdirSync(folder)).toEqual(["a"]);
  expect(readFileSync(file, "utf8")).toBe("one two");
});

test("fault A22: an existing file is replaced only on request; devices and folders never are", async () => {
  const file = path.join(folder, "a");
  writeFileSync(file, "old");
  await expect(writeNewFile(file, bytes, NEW)).rejects.toMatchObject({
    code: "conflict",
    message: expect.stringContaining("exists"),
  });
  expect(readFileSync(file, "utf8")).toBe("old");
  const link = path.join(folder, "link");
  symlinkSync(file, link);
  await expect(writeNewFile(link, bytes, NEW)).rejects.toMatchObject({ code: "conflict" });
  await writeNewFile(link, bytes, { overwrites: true });
  expect(readFileSync(file, "utf8")).toBe("new");
  mkdirSync(path.join(folder, "d"));
  for (const odd of ["/dev/full", "/dev/null", path.join(folder, "d")])
    for (const overwrites of [false, true])
      await expect(assertWritable(odd, { overwrites })).rejects.toMatchObject({ code: "conflict" });
  expect(statSync("/dev/full").isCharacterDevice()).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(["a", "d", "link"]);
});

test("fault A22: of two who write the same new file at once one is refused", async () => {
  const file = path.join(folder, "a");
  const results = await Promise.allSettled([1, 2, 3].map((n) => writeNewFile(file, Buffer.from(String(n)), NEW)));
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(readdirSync(folder)).toEqual(["a"]);
});

test("fault A22: what cannot be written leaves nothing, and says which file", async () => {
  const missing = path.join(folder, "no", "such", "a");
  await expect(writeNewFile(missing, bytes, NEW)).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringContaining(missing),
  });
});

test.runIf(process.getuid?.() === 0)(
  "fault A22: a full disk leaves the old file as it was, and no part of the new one",
  async () => {
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", folder]);
    if (mounted.status !== 0) return;
    try {
      const file = path.join(folder, "a");
      writeFileSync(file, "old");
      await expect(writeNewFile(file, Buffer.alloc(1_000_000), { overwrites: true })).rejects.toMatchObject({
        code: "unavailable",
        message: expect.stringContaining("the disk is full"),
      });
      expect([readFileSync(file, "utf8"), readdirSync(folder)]).toEqual(["old", ["a"]]);
    } finally {
      spawnSync("umount", [folder]);
    }
  },
);

test("fault E4: no file is written over Belfry's own, into its data, or over its program", async () => {
  const own = path.join(folder, "own");
  for (const name of ["data/restores", "program/dist"]) mkdirSync(path.join(own, name), { recursive: true });
  for (const name of ["data/secret.key", "program/dist/server.mjs", "commands.json"])
    writeFileSync(path.join(own, name), "own");
  setRuntimeValue("dataDir", path.join(own, "data"));
  setRuntimeValue("programFolder", path.join(own, "program"));
  setRuntimeValue("ownFiles", [{ path: path.join(own, "commands.json"), what: "the list of commands" }]);
  try {
    for (const name of ["data/secret.key", "data/new", "program/dist/server.mjs", "program/dist/new", "commands.json"])
      await expect(
        writeNewFile(path.join(own, name), Buffer.from("x"), { overwrites: true }),
        name,
      ).rejects.toMatchObject({
        code: "invalid",
      });
    for (const name of ["data/secret.key", "program/dist/server.mjs", "commands.json"])
      expect(readFileSync(path.join(own, name), "utf8")).toBe("own");
    // The command is often run in the folder of the program.
    await writeNewFile(path.join(own, "program/backup.belfry"), Buffer.from("x"), { overwrites: false });
    await writeNewFile(path.join(own, "data/restores/backup.belfry"), Buffer.from("x"), { overwrites: false });
  } finally {
    for (const name of ["dataDir", "programFolder", "ownFiles"] as const) setRuntimeValue(name, undefined);
  }
});
