import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bindDestination } from "./bind-destination";
import { local } from "./destinations/local";
import { RunError } from "./run-error";
import { type TestIo, testIo } from "./testing/io";
import type { PipedFile } from "./tool-io";

let io: TestIo;
let root: string;
beforeEach(() => {
  io = testIo();
  root = join(io.folder, "backups");
  mkdirSync(root);
});
afterEach(async () => {
  io.abort(new RunError("The test is over."));
  io.remove();
});

function stored(name: string, bytes: Buffer): string {
  writeFileSync(join(root, name), bytes);
  return name;
}

function pipe(name: string, decompress?: "gzip"): Promise<PipedFile> {
  if (!local.pipe) throw new Error("A local folder has a process of its own.");
  return local.pipe(local.parse({ path: root }), name, decompress, io);
}

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const processes = () =>
  execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(process.pid)], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes("file process"))
    .map((line) => Number.parseInt(line, 10));

test("a tool gets the bytes of a file whole, from the first on", async () => {
  const bytes = randomBytes(3_000_000);
  const name = stored("plain", bytes);
  // Again and again: the pipe must be the tool's before a byte is in it.
  for (let round = 0; round < 10; round++) {
    const { stdout } = await io.tools.run("sha256sum", [], { piped: await pipe(name) });
    expect(stdout.slice(0, 64)).toBe(sha256(bytes));
  }
});

test("gzip is undone on the way, zstd by its tool", async () => {
  const bytes = Buffer.concat([randomBytes(1_000_000), Buffer.alloc(5_000_000, "bell ")]);
  const gzip = await pipe(stored("gzip", gzipSync(bytes)), "gzip");
  expect((await io.tools.run("sha256sum", [], { piped: gzip })).stdout).toContain(sha256(bytes));
  const zstd = await pipe(stored("zstd", execFileSync("zstd", ["-q", "-c"], { input: bytes, maxBuffer: 1e8 })));
  const filter = { tool: "zstd", args: ["-q", "-d", "-c"] };
  expect((await io.tools.run("sha256sum", [], { piped: zstd, filter })).stdout).toContain(sha256(bytes));
});

test("a reader in this process gets the same", async () => {
  const bytes = randomBytes(2_000_000);
  const read = async (piped: PipedFile) => Buffer.concat(await piped.stream().toArray());
  expect(sha256(await read(await pipe(stored("plain", bytes))))).toBe(sha256(bytes));
  expect(sha256(await read(await pipe(stored("gzip", gzipSync(bytes)), "gzip")))).toBe(sha256(bytes));
  await expect(read(await pipe(stored("short", gzipSync(bytes).subarray(0, -9)), "gzip"))).rejects.toThrow();
});

test.each([
  ["cut short", (bytes: Buffer) => bytes.subarray(0, -9)],
  ["of another checksum", (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -8), Buffer.alloc(8)])],
  ["no gzip at all", () => Buffer.alloc(100_000, "x")],
])("a file that is %s fails the tool, whatever that says", async (_, damage) => {
  const name = stored("damaged", damage(gzipSync(randomBytes(500_000))));
  const ended = io.tools.run("sh", ["-c", "cat > /dev/null"], { piped: await pipe(name, "gzip") });
  await expect(ended).rejects.toThrow(`The backup ${join(root, name)} cannot be used: `);
});

test("a tool that leaves its input unread says itself why, and its process ends", async () => {
  const name = stored("large", randomBytes(20_000_000));
  const run = async (command: string) => io.tools.run("sh", ["-c", command], { piped: await pipe(name) });
  expect(await run("echo enough >&2; exit 3")).toMatchObject({ code: 3, stderr: "enough" });
  expect(await run("head -c 10 > /dev/null")).toMatchObject({ code: 0 });
  await expect.poll(processes, { timeout: 10_000 }).toEqual([]);
});

test("a process that is killed while it reads fails the tool, although that sees an end", async () => {
  const name = stored("large", randomBytes(20_000_000));
  const { stdout, ended } = io.tools.start(
    "sh",
    ["-c", "head -c 1; until [ -e go ]; do sleep 0.02; done; cat > /dev/null"],
    {
      cwd: io.folder,
      piped: await pipe(name),
    },
  );
  await new Promise((resolve) => stdout.once("data", resolve));
  for (const pid of processes()) process.kill(pid, "SIGKILL");
  writeFileSync(join(io.folder, "go"), "");
  await expect(ended).rejects.toThrow("was ended from outside (SIGKILL)");
});

test("the end of a run ends a file's process, piped or not yet, and the tool", async () => {
  const name = stored("large", randomBytes(20_000_000));
  const unused = await pipe(name);
  const ended = io.tools.run("sleep", ["600"], { piped: await pipe(name) });
  expect(processes()).toHaveLength(2);
  io.abort(new RunError("Canceled.", { kind: "canceled" }));
  await expect(ended).rejects.toMatchObject({ kind: "canceled" });
  await expect(unused.ended).rejects.toMatchObject({ kind: "canceled" });
  await expect.poll(processes, { timeout: 10_000 }).toEqual([]);
});

test("a file's process that nobody wants ends; a tool that is not installed, and a file that is gone, are named", async () => {
  const name = stored("one", Buffer.from("bell"));
  (await pipe(name)).discard();
  await expect.poll(processes, { timeout: 10_000 }).toEqual([]);
  const ended = io.tools.run("belfry-no-such-tool", [], { piped: await pipe(name) });
  await expect(ended).rejects.toThrow("belfry-no-such-tool is not installed");
  await expect.poll(processes, { timeout: 10_000 }).toEqual([]);
  rmSync(join(root, name));
  await expect(pipe(name)).rejects.toThrow("does not exist");
});

test("a disk that stops answering holds a tool no longer than its run, and a tool that has all it needs not at all", async () => {
  const name = stored("large", randomBytes(20_000_000));
  const startStopped = async (command: string) => {
    const piped = await pipe(name);
    for (const pid of processes()) process.kill(pid, "SIGSTOP");
    return io.tools.run("sh", ["-c", command], { piped });
  };
  expect(await startStopped("exit 0")).toMatchObject({ code: 0 });
  await expect.poll(processes, { timeout: 10_000 }).toEqual([]);
  const waiting = startStopped("cat > /dev/null");
  await expect.poll(processes, { timeout: 10_000 }).toHaveLength(1);
  io.abort(new RunError("Canceled.", { kind: "canceled" }));
  await expect(waiting).rejects.toMatchObject({ kind: "canceled" });
  await expect.poll(processes, { timeout: 10_000 }).toEqual([]);
});

test("opening that hangs ends with the run, and what opens after all is ended", async () => {
  const name = stored("one", Buffer.from("bell"));
  let open: (piped: PipedFile) => void = () => undefined;
  const hanging = new Promise<PipedFile>((resolve) => {
    open = resolve;
  });
  const kind = { ...local, pipe: () => hanging };
  const endpoint = { id: "dst_1", name: "disk", kind, config: {}, secrets: [], mounts: null };
  const waiting = bindDestination(endpoint, io).pipe?.(name, undefined);
  const late = await local.pipe?.(local.parse({ path: root }), name, undefined, { ...io, signal: AbortSignal.any([]) });
  io.abort(new RunError("Canceled.", { kind: "canceled" }));
  await expect(waiting).rejects.toMatchObject({ kind: "canceled" });
  expect(processes()).toHaveLength(1);
  if (late) open(late);
  await expect.poll(processes, { timeout: 10_000 }).toEqual([]);
});
