import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import Database from "better-sqlite3";
import { expect } from "vitest";
import type { JobIo, StoredBackup } from "../contract";
import type { TestIo } from "../testing/io";
import type { Tools } from "../tool-io";

export const DRIVER = createRequire(import.meta.url).resolve("better-sqlite3");
/** A user who owns nothing. */
export const NOBODY = 65_534;

const AS_NOBODY = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"];

/** Whether tests can start the tools of a source as another user, who may read this checkout. */
export const canActAsNobody =
  process.getuid?.() === 0 &&
  spawnSync("setpriv", [...AS_NOBODY, process.execPath, "-e", "require(process.argv[1])", DRIVER]).status === 0;

/** The same io for an ordinary user, with a work folder of that user. */
export function asNobody(io: TestIo): JobIo {
  const workDir = join(io.folder, "work-of-nobody");
  chmodSync(io.folder, 0o755);
  mkdirSync(workDir, { mode: 0o700 });
  chownSync(workDir, NOBODY, NOBODY);
  const { start, run } = io.tools;
  const tools: Tools = {
    start: (tool, args, options) => start("setpriv", [...AS_NOBODY, tool, ...args], options),
    run: (tool, args, options) => run("setpriv", [...AS_NOBODY, tool, ...args], options),
  };
  return { ...io, tools, workDir };
}

/** Everything of a folder that a backup must not change. The time of the last access aside. */
export function pictureOf(folder: string): Record<string, unknown> {
  const picture: Record<string, unknown> = {};
  for (const name of [".", ...readdirSync(folder)]) {
    const path = join(folder, name);
    const { ino, uid, gid, mode, size, nlink, mtimeNs, ctimeNs } = lstatSync(path, { bigint: true });
    const file = lstatSync(path).isFile();
    picture[name] = {
      facts: [ino, uid, gid, mode, size, nlink, mtimeNs, ctimeNs].join(" "),
      content: file ? createHash("sha256").update(readFileSync(path)).digest("hex") : null,
    };
  }
  return picture;
}

/** Two tables whose sums are equal after each transaction of a writer. */
export function makeLedger(file: string, journalMode: string, paddingRows = 0): void {
  const db = new Database(file);
  db.pragma(`journal_mode = ${journalMode}`);
  db.exec("CREATE TABLE debit (id INTEGER PRIMARY KEY, n INTEGER, pad TEXT); CREATE INDEX debit_n ON debit (n)");
  db.exec("CREATE TABLE credit (id INTEGER PRIMARY KEY, n INTEGER, pad TEXT); CREATE TABLE padding (pad TEXT)");
  db.transaction(() => {
    for (const table of ["debit", "credit"]) {
      const insert = db.prepare(`INSERT INTO ${table} (n, pad) VALUES (0, ?)`);
      for (let i = 0; i < 300; i++) insert.run("x".repeat(300));
    }
    const insert = db.prepare("INSERT INTO padding VALUES (?)");
    for (let i = 0; i < paddingRows; i++) insert.run("p".repeat(4_000));
  })();
  db.close();
}

/** Sound, and with equal sums. @returns how much was booked */
export function readLedger(file: string): number {
  const db = new Database(file);
  try {
    expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
    const sum = (table: string) => db.prepare(`SELECT sum(n) FROM ${table}`).pluck().get() as number;
    expect(sum("debit")).toBe(sum("credit"));
    return sum("debit");
  } finally {
    db.close();
  }
}

const WRITER = `
const [driver, file, settings] = process.argv.slice(1);
const { pragmas, reopen, everyMs, hold } = JSON.parse(settings);
const Database = require(driver);
const open = () => {
  const db = new Database(file);
  db.pragma("synchronous = OFF");
  for (const text of pragmas) db.pragma(text);
  return db;
};
let db = open();
let commits = 0;
const book = () => {
  const update = (table) =>
    db.prepare("UPDATE " + table + " SET n = n + ?, pad = pad || 'y' WHERE id = ?").run(7, 1 + Math.floor(Math.random() * 300));
  for (let i = 0; i < 5; i++) {
    update("debit");
    update("credit");
  }
};
const step = () => {
  try {
    if (reopen) {
      db.close();
      db = open();
    }
    db.transaction(book).immediate();
    commits++;
    console.log(commits);
  } catch (error) {
    console.log("failed: " + error.message);
  }
  if (!hold) setTimeout(step, everyMs);
};
step();
if (hold) {
  if (hold === "spilled") {
    db.pragma("cache_size = 5");
    db.exec("BEGIN IMMEDIATE; UPDATE debit SET n = n + 1, pad = pad || 'half'; UPDATE padding SET pad = 'gone'");
  }
  console.log("held");
  setInterval(() => undefined, 1000);
}
`;

interface WriterSettings {
  pragmas?: string[];
  /** Opens and closes the database for each transaction. */
  reopen?: boolean;
  everyMs?: number;
  /** Commits once and keeps the database open; `spilled`: in the middle of a second, large transaction. */
  hold?: "open" | "spilled";
  /** The user it runs as. */
  uid?: number;
}

/** An application that writes to a ledger, in a process of its own. */
export class Writer {
  commits = 0;
  held = false;
  readonly failures: string[] = [];
  private readonly child: ChildProcess;

  constructor(file: string, { uid, ...settings }: WriterSettings = {}) {
    const options = JSON.stringify({ pragmas: [], reopen: false, everyMs: 0, hold: null, ...settings });
    this.child = spawn(process.execPath, ["-e", WRITER, DRIVER, file, options], {
      stdio: ["ignore", "pipe", "inherit"],
      uid,
      gid: uid,
    });
    createInterface({ input: this.child.stdout as Readable }).on("line", (line) => {
      if (line.startsWith("failed")) this.failures.push(line);
      else if (line === "held") this.held = true;
      else this.commits = Number(line);
    });
  }

  async started(): Promise<this> {
    await expect.poll(() => this.commits).toBeGreaterThan(0);
    return this;
  }

  async holds(): Promise<this> {
    await expect.poll(() => this.held).toBe(true);
    return this;
  }

  /** Ends it as a crash does: nothing is closed. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await exited;
  }
}

export function storedBackup(bytes: Buffer): StoredBackup {
  return { open: async () => Readable.from([bytes], { objectMode: false }) };
}
