// Starts the real program from its build, on a data folder of its own.
import { execFile, execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sleep } from "./measure.mjs";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");
export const ADMIN = { email: "bench@example.com", password: "a long way up the tower" };

const folders = new Set();
const mounted = new Set();
const children = new Set();
/** Nothing is left behind, however the measurement ends. */
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
  // Lazily: the program that has just been ended may still hold it.
  for (const folder of mounted) spawnSync("umount", ["--lazy", folder]);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

export function newFolder() {
  const folder = mkdtempSync(join(tmpdir(), "belfry-bench-"));
  folders.add(folder);
  return folder;
}

/** A folder whose files are kept in memory, where this user may mount one. */
export function newMemoryFolder() {
  const folder = newFolder();
  if (spawnSync("mount", ["-t", "tmpfs", "-o", "mode=0700", "belfry-bench", folder]).status === 0) mounted.add(folder);
  return folder;
}

/** A second folder with the same content; the program must not run on the first. */
export function copyOf(folder) {
  const copy = newFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
}

export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

const environment = (dataDir, port, more) => ({
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  NODE_ENV: "production",
  HOST: "127.0.0.1",
  PORT: String(port),
  BELFRY_DATA_DIR: dataDir,
  BELFRY_ADMIN_EMAIL: ADMIN.email,
  BELFRY_ADMIN_PASSWORD: ADMIN.password,
  ...more,
});

/**
 * Starts the program and waits until it is ready. `env`: further variables.
 * @throws with its own words when it does not become ready within 60 s
 */
export async function startProgram({ dataDir, port, nodeFlags = [], env }) {
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(process.execPath, [...nodeFlags, "dist/server.mjs"], {
    cwd: ROOT,
    env: environment(dataDir, port, env),
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  let words = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (piece) => {
      words = (words + piece).slice(-20_000);
    });
  const gone = new Promise((resolve) => child.once("exit", resolve)).then(() => children.delete(child));
  const health = () =>
    fetch(`${url}/api/health`).then(
      (answer) => (answer.ok ? answer.json() : null),
      () => null,
    );
  const giveUpAt = Date.now() + 60_000;
  while (!(await health())) {
    if (child.exitCode !== null || Date.now() > giveUpAt) throw new Error(`Belfry did not start:\n${words}`);
    await sleep(25);
  }
  return {
    url,
    port,
    dataDir,
    pid: child.pid,
    words: () => words,
    /** Waits until nothing is left to deliver. */
    async settled() {
      while (((await health())?.backlog.pending ?? 1) > 0) await sleep(50);
    },
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      await gone;
    },
  };
}

/** An API key, made by the command. @param env further variables @throws with the command's words */
export async function createKey(dataDir, env) {
  const args = ["dist/cli.mjs", "api-key", "create", "--name", "bench", "--role", "admin", "--json"];
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: ROOT,
    env: environment(dataDir, 0, env),
  });
  return JSON.parse(stdout).key;
}

/** Calls the management API. @throws when it refuses */
export async function call(program, key, method, path, body) {
  const answer = await fetch(`${program.url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${text.slice(0, 500)}`);
  return text ? JSON.parse(text) : null;
}

/** A fresh installation with a key and webhook channels, running. @param env further variables */
export async function install(receiver, channelNames, env) {
  const dataDir = newFolder();
  const program = await startProgram({ dataDir, port: await freePort(), env });
  const key = await createKey(dataDir, env);
  for (const name of channelNames) {
    const config = { url: `${receiver.url}/${name}` };
    await call(program, key, "POST", "/channels", { name, provider: "webhook", config });
  }
  return { program, key, notify: { url: `${program.url}/api/v1/notify`, key } };
}

/** What the program itself has measured of its inside; the parts are those of lib/runtime/measure.mjs. @param env further variables */
export function inside(part, env = {}, args = []) {
  const options = { cwd: ROOT, env: { ...process.env, ...env }, encoding: "utf8", maxBuffer: 10_000_000 };
  return JSON.parse(execFileSync(process.execPath, ["lib/runtime/measure.mjs", part, ...args], options));
}
