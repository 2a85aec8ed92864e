import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DumpSource } from "../contract";
import { local } from "../destinations/local";
import { isRunError } from "../run-error";
import { directory } from "../sources/directory";
import { sqlite } from "../sources/sqlite";
import { bytesOf, type TestIo, testIo } from "../testing/io";
import { type JobFixture, openJobFixture } from "../testing/job-fixture";
import { requireRestorePlace } from "./restore-place";

/** How many restores are tried against the one who swaps. */
const TRIES = 5;

let fixture: JobFixture;
let io: TestIo;
let restores: string;
let outside: string;
let swapper: ChildProcess | null = null;
beforeEach(async () => {
  fixture = await openJobFixture();
  io = testIo();
  restores = join(fixture.dataDir, "restores");
  outside = join(fixture.folder, "outside");
  mkdirSync(outside);
  mkdirSync(join(outside, "d"));
});
afterEach(async () => {
  await endSwapper();
  io.remove();
  await fixture.close();
});

/** A process that puts a link to the folder outside in the place of a folder and back, as fast as it can. */
async function swap(folder: string): Promise<void> {
  const script = `
    const fs = require("node:fs");
    const [folder, outside] = process.argv.slice(1);
    fs.symlinkSync(outside, folder + ".link");
    process.stdout.write("swapping");
    for (;;) {
      try {
        fs.renameSync(folder, folder + ".real");
        fs.renameSync(folder + ".link", folder);
        fs.renameSync(folder, folder + ".link");
        fs.renameSync(folder + ".real", folder);
      } catch {}
    }`;
  const child = spawn(process.execPath, ["-e", script, folder, outside], { stdio: ["ignore", "pipe", "ignore"] });
  swapper = child;
  await new Promise((resolve) => child.stdout.once("data", resolve));
}

async function endSwapper(): Promise<void> {
  const child = swapper;
  swapper = null;
  if (!child || child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

/** Restores as a run does. @returns whether it was done; false: refused in a sentence */
async function restored(kind: DumpSource, bytes: Buffer, path: string, mayOverwrite = false): Promise<boolean> {
  try {
    const place = await requireRestorePlace({ path, reach: "folder", sourcePath: null });
    const backup = { open: async () => Readable.from([bytes], { objectMode: false }) };
    await kind.restore(backup, { path, place }, io, { mayOverwrite });
    return true;
  } catch (error) {
    // The system's own error where the folder is away at the moment of looking.
    if (isRunError(error) || typeof (error as { code?: unknown }).code === "string") return false;
    throw error;
  }
}

async function archive(): Promise<Buffer> {
  const root = join(fixture.folder, "files");
  mkdirSync(join(root, "d", "e"), { recursive: true });
  for (const name of ["a", "d/b", "d/e/c"]) writeFileSync(join(root, name), name);
  return (await bytesOf(await directory.dump(directory.parse({ path: root }), io, []))).bytes;
}

const nothingOutside = () => expect(readdirSync(outside, { recursive: true })).toEqual(["d"]);

test("fault E3: nothing leaves the restore folder while another process swaps a folder on the way for a link", async () => {
  const team = join(restores, "team");
  mkdirSync(team, { recursive: true });
  const database = readFileSync(fixture.sourceFile);
  const tree = await archive();
  await swap(team);
  for (let n = 0; n < TRIES; n++) {
    await restored(directory, tree, join(team, `tree ${n}`));
    await restored(sqlite, database, join(team, `file ${n}.db`));
    await restored(sqlite, database, join(team, `new ${n}`, "deep", "file.db"));
    nothingOutside();
  }
  await endSwapper();
  nothingOutside();
  expect(await restored(directory, tree, join(restores, "calm"))).toBe(true);
  // No draft is left behind.
  expect(execFileSync("find", [fixture.folder, "-name", ".restore_*"]).toString()).toBe("");
});

test("fault E3: a folder within a filled target that is swapped for a link leads no file outside", async () => {
  const target = join(restores, "target");
  mkdirSync(join(target, "d"), { recursive: true });
  writeFileSync(join(target, "own"), "stays");
  const tree = await archive();
  await swap(join(target, "d"));
  let done = 0;
  for (let n = 0; n < TRIES; n++) if (await restored(directory, tree, target, true)) done++;
  await endSwapper();
  nothingOutside();
  expect(done).toBeGreaterThan(0);
  expect(readFileSync(join(target, "a"), "utf8")).toBe("a");
  expect(readFileSync(join(target, "own"), "utf8")).toBe("stays");
});

test("fault E3: a target whose folder became a link after it was checked is not written to", async () => {
  const team = join(restores, "team");
  mkdirSync(team, { recursive: true });
  for (const [kind, bytes] of [
    [directory, await archive()],
    [sqlite, readFileSync(fixture.sourceFile)],
  ] as const) {
    const path = join(team, `x-${kind.id}`);
    const place = await requireRestorePlace({ path, reach: "folder", sourcePath: null });
    execFileSync("mv", [team, `${team}-${kind.id}`]);
    symlinkSync(outside, team);
    const backup = { open: async () => Readable.from([bytes], { objectMode: false }) };
    const restoring = kind.restore(backup, { path, place }, io, { mayOverwrite: false });
    await expect(restoring).rejects.toThrow(/leads over a link|was replaced/);
    execFileSync("rm", [team]);
    mkdirSync(team);
    nothingOutside();
  }
});

test("fault E3: a pipe in place of a file holds up no backup, no restore and no read of a stored file", async () => {
  const pipe = join(fixture.folder, "pipe");
  execFileSync("mkfifo", [pipe, join(fixture.folder, "app.db-wal")]);
  const config = sqlite.parse({ path: pipe });
  await expect(sqlite.dump(config, io, [])).rejects.toThrow("is not a file");
  await expect(sqlite.dump(sqlite.parse({ path: fixture.sourceFile }), io, [])).rejects.toThrow("no regular file");
  mkdirSync(restores);
  execFileSync("mkfifo", [join(restores, "pipe")]);
  expect(await restored(sqlite, readFileSync(join(fixture.folder, "app.db")), join(restores, "pipe"), true)).toBe(
    false,
  );
  expect(await restored(directory, await archive(), join(restores, "pipe"), true)).toBe(false);
  mkdirSync(join(fixture.folder, "disk/shop"), { recursive: true });
  execFileSync("mkfifo", [join(fixture.folder, "disk/shop/x.db")]);
  const disk = local.parse({ path: join(fixture.folder, "disk") });
  await expect(local.read(disk, "shop/x.db", io)).rejects.toThrow("no regular file");
});
