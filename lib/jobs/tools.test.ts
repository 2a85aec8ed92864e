import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { setRuntimeValue } from "@/lib/core/runtime";
import { RunError } from "./run-error";
import { type TestIo, testIo } from "./testing/io";

let io: TestIo;
beforeEach(() => {
  io = testIo(["hunter2-secret"]);
});
afterEach(() => {
  setRuntimeValue("toolsPath", null);
  io.remove();
});

/** A small shell script, as hostile as a test needs it. */
function script(name: string, body: string): string {
  const file = join(io.folder, name);
  writeFileSync(file, `#!/bin/bash\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    // A zombie waits for its parent only.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
};

test("a tool's exit code and output come back, arguments reach it as they are", async () => {
  const file = script("args", 'printf "%s|" "$@"; echo "bad thing" >&2; exit 3');
  const end = await io.tools.run(file, ["a b", "$(touch /tmp/x)", "-n", "; rm -rf /"]);
  expect(end).toEqual({ code: 3, stderr: "bad thing", stdout: "a b|$(touch /tmp/x)|-n|; rm -rf /|" });
});

test("a tool sees nothing of Belfry's environment but what it is given", async () => {
  process.env.BELFRY_SECRET_KEY_FOR_TEST = "visible";
  const { stdout } = await io.tools.run("env", [], { env: { GIVEN: "yes" } });
  delete process.env.BELFRY_SECRET_KEY_FOR_TEST;
  expect(stdout).toContain("GIVEN=yes");
  expect(stdout).not.toContain("BELFRY");
  expect(
    stdout
      .split("\n")
      .filter(Boolean)
      .map((line) => line.split("=")[0])
      .sort(),
  ).toEqual(["GIVEN", "HOME", "LANG", "LC_ALL", "PATH"].sort());
});

test("a missing tool cannot start, and the Debian package is named", async () => {
  setRuntimeValue("toolsPath", io.folder);
  await expect(io.tools.run("zstd", ["--version"])).rejects.toMatchObject({
    kind: "cannot_start",
    message: "zstd is not installed.",
    advice: "Install it on the machine that Belfry runs on: apt install zstd",
  });
});

test("a missing working folder is not mistaken for a missing tool", async () => {
  await expect(io.tools.run("tar", ["--version"], { cwd: join(io.folder, "gone") })).rejects.toMatchObject({
    kind: "cannot_start",
    message: expect.stringContaining("does not exist"),
  });
});

test("pain 37: secrets are redacted from the output of a tool, by value", async () => {
  const file = script("leak", 'echo "login with hunter2-secret failed" >&2; exit 1');
  const { stderr } = await io.tools.run(file, [], { onLine: io.log });
  expect(stderr).toBe("login with •••• failed");
  expect(io.lines).toEqual(["login with •••• failed"]);
});

test("stopping ends the whole group, and rejects with our own reason, not the exit code", async () => {
  // Like pg_dump: says "terminated by user" and exits with 1, without a signal.
  const file = script("tree", 'trap "exit 1" TERM; sleep 300 & echo $!; while :; do sleep 0.1; done | cat & wait');
  const { stdout, ended } = io.tools.start(file, []);
  const [first] = (await stdout.iterator({ destroyOnReturn: false }).next()).value.toString().split("\n");
  const child = Number(first);
  expect(isAlive(child)).toBe(true);
  io.abort(new RunError("Canceled.", { kind: "canceled" }));
  stdout.resume();
  await expect(ended).rejects.toMatchObject({ kind: "canceled" });
  await expect.poll(() => isAlive(child), { timeout: 10_000 }).toBe(false);
});

test("a tool that ignores SIGTERM is killed five seconds later", async () => {
  const file = script("stubborn", 'trap "" TERM; echo $$; while :; do sleep 0.05; done');
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  try {
    const { stdout, ended } = io.tools.start(file, [], { timeLimitMs: 300 });
    const { value } = await stdout.iterator({ destroyOnReturn: false }).next();
    const pid = Number(value.toString());
    vi.advanceTimersByTime(300 + 4_999);
    expect(isAlive(pid)).toBe(true);
    vi.advanceTimersByTime(1);
    await expect(ended).rejects.toMatchObject({ kind: "time_limit" });
    expect(isAlive(pid)).toBe(false);
  } finally {
    vi.useRealTimers();
  }
});

test("a tool that prints nothing for too long is stopped; one that prints is not", async () => {
  await expect(io.tools.run("sleep", ["60"], { silenceMs: 400 })).rejects.toMatchObject({
    kind: "silent",
    message: "sleep printed nothing for 0.4 s.",
  });
  const printing = script("printing", "for i in 1 2 3 4 5; do echo $i; sleep 0.25; done");
  await expect(io.tools.run(printing, [], { silenceMs: 600 })).resolves.toMatchObject({ code: 0 });
});

test("output of a tool that has ended before anybody reads is all there", async () => {
  const { stdout, ended } = io.tools.start("head", ["-c", "50000", "/dev/zero"]);
  await new Promise((resolve) => setTimeout(resolve, 300));
  let bytes = 0;
  for await (const chunk of stdout) bytes += chunk.length;
  expect(await ended).toMatchObject({ code: 0 });
  expect(bytes).toBe(50_000);
});

test("output that waits for a slow reader is not silence, and none of it is lost", async () => {
  const { stdout, ended } = io.tools.start("head", ["-c", "600000", "/dev/zero"], { silenceMs: 300 });
  let bytes = 0;
  for await (const chunk of stdout) {
    bytes += chunk.length;
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  expect(await ended).toMatchObject({ code: 0 });
  expect(bytes).toBe(600_000);
});

test("a tool that was killed from outside is a failure", async () => {
  const { stdout, ended } = io.tools.start("sh", ["-c", "kill -9 $$"]);
  stdout.resume();
  await expect(ended).rejects.toMatchObject({ message: "sh was ended from outside (SIGKILL)." });
});

test("endless output on standard error keeps head and tail", async () => {
  const file = script("verbose", 'echo first >&2; yes "line" | head -n 200000 >&2; echo last >&2; exit 1');
  const { stderr } = await io.tools.run(file, []);
  expect(stderr.length).toBeLessThan(40_000);
  expect(stderr).toMatch(/^first\n/);
  expect(stderr).toMatch(/characters left out/);
  expect(stderr).toMatch(/last$/);
});

test("input that breaks off stops the tool, which rejects with the error of the input", async () => {
  const broken = Readable.from(
    (async function* () {
      yield Buffer.from("some");
      throw new Error("the disk went away");
    })(),
  );
  const { stdout, ended } = io.tools.start("cat", [], { stdin: broken });
  stdout.resume();
  await expect(ended).rejects.toThrow("the disk went away");
});

test("no argument list holds a secret while a tool runs", async () => {
  const { stdout, ended } = io.tools.start("sleep", ["1"], { env: { SECRET: "hunter2-secret" } });
  stdout.resume();
  expect(execFileSync("ps", ["-eo", "args"]).toString()).not.toContain("hunter2-secret");
  await ended;
});

const GUNZIP = { tool: "gzip", args: ["-q", "-d", "-c"] };
const inPieces = (bytes: Buffer, size = 1_000) =>
  Readable.from(
    (function* () {
      for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
    })(),
    { objectMode: false },
  );

test("a filter's output reaches the tool whole", async () => {
  const bytes = randomBytes(3_000_000);
  const { stdout, ended } = io.tools.start("sha256sum", [], { stdin: inPieces(gzipSync(bytes)), filter: GUNZIP });
  const [printed] = await stdout.toArray();
  expect(await ended).toMatchObject({ code: 0 });
  expect(printed.toString()).toContain(createHash("sha256").update(bytes).digest("hex"));
});

test("a filter that finds an error after its last byte fails the tool, whatever that says", async () => {
  const whole = gzipSync(randomBytes(100_000));
  const damaged = Buffer.from(whole);
  damaged[whole.length - 6] = (damaged[whole.length - 6] ?? 0) ^ 0xff;
  const run = (bytes: Buffer) => io.tools.run("wc", ["-c"], { stdin: inPieces(bytes), filter: GUNZIP });
  await expect(run(whole)).resolves.toMatchObject({ code: 0, stdout: "100000\n" });
  await expect(run(damaged)).rejects.toThrow(/^gzip failed: gzip: stdin: invalid compressed data--crc error/);
  await expect(run(whole.subarray(0, -3))).rejects.toThrow(/^gzip failed: gzip: stdin: unexpected end of file/);
});

test("a tool that leaves its filter's output unread says itself why", async () => {
  const picky = script("picky", 'head -c 10 > /dev/null; echo "not like this" >&2; exit 4');
  const endless = inPieces(gzipSync(randomBytes(3_000_000)));
  await expect(io.tools.run(picky, [], { stdin: endless, filter: GUNZIP })).resolves.toMatchObject({
    code: 4,
    stderr: "not like this",
  });
});

test("a tool that has failed does not wait for a filter whose input never comes", async () => {
  const picky = script("picky", "exit 4");
  const silent = new Readable({ read: () => undefined });
  await expect(io.tools.run(picky, [], { stdin: silent, filter: GUNZIP })).resolves.toMatchObject({ code: 4 });
  const missing = io.tools.run("/nowhere/tool", [], {
    stdin: new Readable({ read: () => undefined }),
    filter: GUNZIP,
  });
  await expect(missing).rejects.toMatchObject({ message: "/nowhere/tool is not installed." });
});

test("a filter that is not installed is named, with its package", async () => {
  setRuntimeValue("toolsPath", io.folder);
  await expect(
    io.tools.run("/bin/cat", [], { stdin: inPieces(Buffer.from("x")), filter: GUNZIP }),
  ).rejects.toMatchObject({
    kind: "cannot_start",
    message: "gzip is not installed.",
    advice: "Install it on the machine that Belfry runs on: apt install gzip",
  });
});

test("a filter's input that breaks off fails the tool with the error of the input", async () => {
  const broken = Readable.from(
    (async function* () {
      yield gzipSync(randomBytes(1_000)).subarray(0, 500);
      throw new Error("the disk went away");
    })(),
  );
  await expect(io.tools.run("cat", [], { stdin: broken, filter: GUNZIP })).rejects.toThrow("the disk went away");
});

test("stopping ends a tool and its filter", async () => {
  const waiting = script("waiting", "echo $$; cat > /dev/null");
  const filter = { tool: script("filter", 'echo $$ > "$1"; cat'), args: [join(io.folder, "pid")] };
  const { stdout, ended } = io.tools.start(waiting, [], { stdin: new Readable({ read: () => undefined }), filter });
  const { value } = await stdout.iterator({ destroyOnReturn: false }).next();
  await expect.poll(() => existsSync(join(io.folder, "pid"))).toBe(true);
  const pids = [value.toString(), readFileSync(join(io.folder, "pid"), "utf8")].map(Number);
  io.abort(new RunError("Canceled.", { kind: "canceled" }));
  stdout.resume();
  await expect(ended).rejects.toMatchObject({ kind: "canceled" });
  await expect.poll(() => pids.some(isAlive), { timeout: 10_000 }).toBe(false);
});
