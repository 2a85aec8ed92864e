import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The checkout. */
export const ROOT = fileURLToPath(new URL("../../..", import.meta.url)).replace(/\/$/, "");

export function log(line) {
  process.stderr.write(`${line}\n`);
}

/** Ends the preparation with one clear sentence instead of a stack. */
export class Stop extends Error {}

/**
 * Runs a program in the checkout; its whole output goes to standard error.
 * @returns its exit code; 127 when there is no such program
 */
export function run(program, args, env = process.env) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: ROOT, env, stdio: ["ignore", 2, 2] });
    child.on("error", () => resolve(127));
    child.on("exit", (code, signal) => resolve(code ?? (signal ? 1 : 0)));
  });
}

const LOCK = `${ROOT}/.preparing`;

/** Does the work while no other process prepares this checkout; waits for one that does. */
export async function alone(work) {
  let isReported = false;
  while (!take()) {
    if (!isReported) log("Another process prepares this checkout; waiting for it.");
    isReported = true;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  let isHeld = true;
  const release = () => {
    if (isHeld) rmSync(LOCK, { force: true });
    isHeld = false;
  };
  process.once("exit", release);
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
  try {
    await work();
  } finally {
    release();
  }
}

function take() {
  try {
    const file = openSync(LOCK, "wx");
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    if (isAlive(LOCK)) return false;
    rmSync(LOCK, { force: true });
    return false;
  }
}

function isAlive(lock) {
  try {
    const pid = Number(readFileSync(lock, "utf8"));
    // Empty for the moment between creating and writing.
    if (!pid) return true;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
