import { createHash, randomBytes } from "node:crypto";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FolderProcess, PARTS_NAME } from "./folder-process";

let root: string;
let process: FolderProcess;
const controller = new AbortController();

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "belfry-folder-"));
  process = await FolderProcess.open({ root, signal: controller.signal });
});

afterEach(async () => {
  await process.close();
  rmSync(root, { recursive: true, force: true });
});

async function readAll(path: string) {
  const chunks: Buffer[] = [];
  const state = await process.read(path, async (chunk) => void chunks.push(Buffer.from(chunk)));
  return { bytes: Buffer.concat(chunks), ...state };
}

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

describe("a folder process", () => {
  test("lists what is there by kind, follows no link, and names what is no UTF-8 as odd", async () => {
    mkdirSync(join(root, "a"));
    writeFileSync(join(root, "f.txt"), "four");
    symlinkSync("/etc", join(root, "out"));
    writeFileSync(Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff, 0x41])]), "x");
    const { entries, isAll } = await process.ask({ op: "list", path: "" });
    expect(isAll).toBe(true);
    expect(Object.fromEntries(entries.map(({ name, kind }) => [name, kind]))).toEqual({
      a: "folder",
      "f.txt": "file",
      out: "link",
      "\ufffdA": "odd",
    });
    await expect(process.ask({ op: "list", path: "out" })).rejects.toMatchObject({ code: "ELOOP" });
  });

  test("lists many in batches", async () => {
    for (let at = 0; at < 2_345; at++) writeFileSync(join(root, `f${at}`), "");
    let batch = await process.ask({ op: "list", path: "" });
    const names = batch.entries.map(({ name }) => name);
    while (!batch.isAll) {
      batch = await process.ask({ op: "more" });
      names.push(...batch.entries.map(({ name }) => name));
    }
    expect(new Set(names).size).toBe(2_345);
  });

  test("reads files one after the other, each whole, an empty one too", async () => {
    const bytes = randomBytes(1_000_000);
    writeFileSync(join(root, "large"), bytes);
    writeFileSync(join(root, "empty"), "");
    expect((await readAll("large")).bytes.equals(bytes)).toBe(true);
    expect((await readAll("empty")).bytes).toHaveLength(0);
    const again = await readAll("large");
    expect(again.before).toEqual(again.after);
    await expect(readAll("none")).rejects.toMatchObject({ code: "ENOENT" });
    expect((await readAll("empty")).bytes).toHaveLength(0);
  });

  test("says of a file that changes while it is read that it was another one before", async () => {
    writeFileSync(join(root, "log"), randomBytes(3_000_000));
    let isFirst = true;
    const { before, after } = await process.read("log", async () => {
      if (isFirst) appendFileSync(join(root, "log"), "more");
      isFirst = false;
    });
    expect(after).not.toEqual(before);
  });

  test("gives a file its name only when it is whole and reads like what was written", async () => {
    const bytes = randomBytes(700_000);
    const write = async (path: string, hash: string) => {
      const file = process.write("base", path);
      await file.write(bytes);
      return await file.end(hash);
    };
    expect(await write("deep/er/f", sha256(bytes))).toMatchObject({ bytes: bytes.length });
    expect(readFileSync(join(root, "base/deep/er/f")).equals(bytes)).toBe(true);
    await expect(write("g", sha256(Buffer.from("else")))).rejects.toThrow(/read back/);
    const broken = process.write("base", "deep/er/f");
    await broken.write(Buffer.from("half"));
    await broken.breakOff();
    expect(readFileSync(join(root, "base/deep/er/f")).equals(bytes)).toBe(true);
    expect(readdirSync(join(root, "base", PARTS_NAME))).toEqual([]);
    expect(readdirSync(join(root, "base")).sort()).toEqual([PARTS_NAME, "deep"]);
  });

  test("goes on with the next file after one that failed at its end and is broken off once more", async () => {
    const bytes = randomBytes(5_000_000);
    const failed = process.write("base", "f");
    await failed.write(bytes);
    await expect(failed.end(sha256(Buffer.from("else")))).rejects.toThrow(/read back/);
    await failed.breakOff();
    const next = process.write("base", "f");
    await next.write(bytes);
    expect(await next.end(sha256(bytes))).toMatchObject({ bytes: bytes.length });
  });

  test("removes a file with the folders that are empty then, and what an ended process left", async () => {
    mkdirSync(join(root, "base/a/b"), { recursive: true });
    writeFileSync(join(root, "base/a/b/f"), "x");
    mkdirSync(join(root, "base", PARTS_NAME));
    writeFileSync(join(root, "base", PARTS_NAME, "left"), "half");
    expect(await process.ask({ op: "remove", base: "base", path: "a/b/f" })).toBe(true);
    expect(await process.ask({ op: "remove", base: "base", path: "a/b/f" })).toBe(false);
    expect(await process.ask({ op: "tidy", base: "base" })).toBe(1);
    expect(readdirSync(join(root, "base"))).toEqual([PARTS_NAME]);
  });

  test("finds what is missing: gone files, gone folders, and files that are something else now", async () => {
    mkdirSync(join(root, "a"));
    writeFileSync(join(root, "a/f"), "x");
    mkdirSync(join(root, "was-file"));
    const paths = ["a/f", "a/gone", "gone/f", "was-file"];
    expect(await process.ask({ op: "missing", paths })).toEqual(["a/gone", "gone/f", "was-file"]);
  });

  test("ends with its signal, and says why", async () => {
    const ends = new AbortController();
    const other = await FolderProcess.open({ root, signal: ends.signal });
    ends.abort(new Error("The run was canceled."));
    await expect(other.ask({ op: "list", path: "" })).rejects.toThrow("The run was canceled.");
  });
});
