import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { StoredBackup } from "../contract";
import { RunError } from "../run-error";
import { bytesOf, type TestIo, testIo } from "../testing/io";
import { sqlite } from "./sqlite";
import { claimAndReplace, placeNew } from "./sqlite-place";
import { canActAsNobody, makeLedger, NOBODY, pictureOf, readLedger, storedBackup, Writer } from "./sqlite-testing";

let io: TestIo;
let folder: string;
let file: string;
let bytes: Buffer;
let backup: StoredBackup;
beforeEach(async () => {
  io = testIo();
  // On some systems the folder of temporary files is behind a link.
  folder = join(realpathSync(io.folder), "app");
  mkdirSync(folder);
  const original = join(io.folder, "original.db");
  makeLedger(original, "WAL");
  bytes = (await bytesOf(await sqlite.dump(sqlite.parse({ path: original }), io, []))).bytes;
  backup = storedBackup(bytes);
  file = join(folder, "app.db");
});
afterEach(() => io.remove());

const over = { mayOverwrite: true };
const anew = { mayOverwrite: false };

/** Runs as an ordinary user, the tools that are started with it. */
async function whileNobody<T>(work: () => Promise<T>): Promise<T> {
  const groups = process.getgroups?.() ?? [];
  process.setgroups?.([]);
  process.setegid?.(NOBODY);
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
    process.setgroups?.(groups);
  }
}

test("fault A16: behind a link the file it leads to is restored, and the link stays", async () => {
  makeLedger(file, "WAL");
  const writer = await new Writer(file, { hold: "open" }).holds();
  await writer.kill();
  expect(readdirSync(folder).sort()).toEqual(["app.db", "app.db-shm", "app.db-wal"]);
  const link = join(io.folder, "link.db");
  symlinkSync(file, link);
  expect(await sqlite.existingTarget({ path: link }, io)).toMatch(
    /^the file .*app\.db \(.*\), to which .*link\.db leads/,
  );
  await expect(sqlite.restore(backup, { path: link }, io, anew)).rejects.toThrow("already exists");
  expect(await sqlite.restore(backup, { path: link }, io, over)).toEqual({ missing: [] });
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readdirSync(folder)).toEqual(["app.db"]);
  expect(readFileSync(file).equals(bytes)).toBe(true);
  expect(readLedger(link)).toBe(0);
});

test("fault A16: a link that leads nowhere is refused", async () => {
  const link = join(folder, "link.db");
  symlinkSync(join(folder, "gone.db"), link);
  const before = pictureOf(folder);
  await expect(sqlite.existingTarget({ path: link }, io)).rejects.toThrow("is a link to a file that does not exist");
  await expect(sqlite.restore(backup, { path: link }, io, over)).rejects.toThrow("does not exist");
  expect(pictureOf(folder)).toEqual(before);
});

test.runIf(process.getuid?.() === 0)("fault A16: owner, group and mode of the old file are kept", async () => {
  makeLedger(file, "DELETE");
  chownSync(file, 1234, 2345);
  chmodSync(file, 0o640);
  expect((await sqlite.outlook(backup, { path: file }, io)).cannot).toEqual([]);
  expect(await sqlite.restore(backup, { path: file }, io, over)).toEqual({ missing: [] });
  const { uid, gid, mode } = statSync(file);
  expect([uid, gid, mode & 0o7777]).toEqual([1234, 2345, 0o640]);
});

test.runIf(canActAsNobody)("fault A16: an ordinary user is said to be the owner now, before and after", async () => {
  makeLedger(file, "DELETE");
  chownSync(file, 1234, 2345);
  chmodSync(file, 0o664);
  chmodSync(folder, 0o777);
  chmodSync(io.folder, 0o777);
  const { outlook, report } = await whileNobody(async () => ({
    outlook: await sqlite.outlook(backup, { path: file }, io),
    report: await sqlite.restore(backup, { path: file }, io, over),
  }));
  expect(outlook.cannot).toEqual([expect.stringContaining("cannot belong to uid 1234, gid 2345 again")]);
  expect(report.missing).toEqual([
    expect.stringMatching(/belongs to uid 65534, gid 65534 now, not to uid 1234, gid 2345 .*chown 1234:2345 /),
  ]);
  expect(statSync(file).mode & 0o7777).toBe(0o664);
  expect(readLedger(file)).toBe(0);
});

test.runIf(canActAsNobody)("an ordinary user who owns the file restores all of it", async () => {
  makeLedger(file, "WAL");
  for (const path of [file, folder]) chownSync(path, NOBODY, NOBODY);
  chmodSync(file, 0o400);
  chmodSync(io.folder, 0o777);
  const { outlook, report } = await whileNobody(async () => ({
    outlook: await sqlite.outlook(backup, { path: file }, io),
    report: await sqlite.restore(backup, { path: file }, io, over),
  }));
  expect([outlook.cannot, report.missing]).toEqual([[], []]);
  expect(readFileSync(file).equals(bytes)).toBe(true);
  expect(statSync(file).mode & 0o7777).toBe(0o400);
});

test.runIf(canActAsNobody)("a folder that may not be written to is a failure that changes nothing", async () => {
  makeLedger(file, "WAL");
  chmodSync(io.folder, 0o777);
  const before = pictureOf(folder);
  await expect(whileNobody(() => sqlite.restore(backup, { path: file }, io, over))).rejects.toMatchObject({
    message: expect.stringContaining("may not be accessed"),
  });
  expect(pictureOf(folder)).toEqual(before);
});

const hasAcl = spawnSync("setfacl", ["--version"]).status === 0 && spawnSync("getfacl", ["--version"]).status === 0;
test.runIf(hasAcl)("an access control list is kept: its mask is not given to the group", async () => {
  makeLedger(file, "DELETE");
  execFileSync("setfacl", ["-m", "u:1234:rw,g::---", file]);
  const list = () => execFileSync("getfacl", ["-cn", file]).toString();
  const before = list();
  await sqlite.restore(backup, { path: file }, io, over);
  expect(list()).toBe(before);
});

test("what stays is said: programs that have the database open, and other names of the file", async () => {
  expect(await sqlite.outlook(backup, { path: file }, io)).toEqual({ stays: [], cannot: [] });
  makeLedger(file, "DELETE");
  linkSync(file, join(folder, "other-name.db"));
  const { stays } = await sqlite.outlook(backup, { path: file }, io);
  expect(stays).toEqual([expect.stringContaining("until they are restarted"), expect.stringContaining("1 other name")]);
});

test("fault A6: of two restores to one new path, one is refused", async () => {
  const results = await Promise.allSettled([
    sqlite.restore(backup, { path: file }, io, anew),
    sqlite.restore(backup, { path: file }, io, anew),
    sqlite.restore(backup, { path: file }, io, over),
  ]);
  const refused = results.filter((result) => result.status === "rejected");
  expect(refused).toHaveLength(2);
  for (const { reason } of refused) expect(reason.message).toMatch(/exists by now: .* was not overwritten/);
  expect(readdirSync(folder)).toEqual(["app.db"]);
  expect(readFileSync(file).equals(bytes)).toBe(true);
});

test.each([
  ["by a link", placeNew],
  ["by a claim, where there are no links", claimAndReplace],
])("fault A6: a new file is placed exclusively %s", async (_, place) => {
  const drafts = ["one", "two"].map((name) => join(folder, name));
  for (const draft of drafts) writeFileSync(draft, draft);
  await place(drafts[0] as string, file);
  await expect(place(drafts[1] as string, file)).rejects.toThrow("exists by now");
  expect(readFileSync(file, "utf8")).toBe(drafts[0]);
  expect(readdirSync(folder).sort()).toEqual(["app.db", "two"]);
  await expect(place(join(folder, "gone"), join(folder, "new.db"))).rejects.toMatchObject({ code: "ENOENT" });
  expect(existsSync(join(folder, "new.db"))).toBe(false);
});

test("sidecars of a database that is gone are in the way, and never replayed into the restored one", async () => {
  makeLedger(file, "WAL");
  await (await new Writer(file, { hold: "open" }).holds()).kill();
  const wal = readFileSync(`${file}-wal`);
  execFileSync("rm", [file, `${file}-shm`]);
  expect(await sqlite.existingTarget({ path: file }, io)).toContain("app.db-wal");
  await expect(sqlite.restore(backup, { path: file }, io, anew)).rejects.toThrow("app.db-wal) is in the way");
  expect(readFileSync(`${file}-wal`).equals(wal)).toBe(true);
  await sqlite.restore(backup, { path: file }, io, over);
  expect(readdirSync(folder)).toEqual(["app.db"]);
  expect(readLedger(file)).toBe(0);
});

const failures: Record<string, () => StoredBackup> = {
  "a backup that is damaged": () => {
    const damaged = Buffer.from(bytes);
    damaged.fill(0xff, 8_192, 30_000);
    return storedBackup(damaged);
  },
  "a backup that is cut short": () => storedBackup(bytes.subarray(0, bytes.length / 2)),
  "a backup that is no database": () => storedBackup(Buffer.alloc(10_000, "x")),
  "a destination that breaks off": () => ({
    open: async () =>
      Readable.from(
        (function* () {
          yield bytes.subarray(0, 20_000);
          throw new RunError("The destination is gone.");
        })(),
        { objectMode: false },
      ),
  }),
  "a destination that cannot be opened": () => ({
    open: async () => {
      throw new RunError("The destination is gone.");
    },
  }),
};
test.each(Object.entries(failures))("fault A6: %s leaves nothing behind", async (_, broken) => {
  makeLedger(file, "WAL");
  await (await new Writer(file, { hold: "open" }).holds()).kill();
  const before = pictureOf(folder);
  await expect(sqlite.restore(broken(), { path: file }, io, over)).rejects.toThrow();
  const { ".": root, ...files } = pictureOf(folder);
  expect(root).toBeDefined();
  expect(files).toEqual(Object.fromEntries(Object.entries(before).filter(([name]) => name !== ".")));
  const missing = join(folder, "new", "deep", "app.db");
  await expect(sqlite.restore(broken(), { path: missing }, io, anew)).rejects.toThrow();
  expect(existsSync(join(folder, "new"))).toBe(false);
});

test("a restore that is canceled leaves nothing behind", async () => {
  const endless: StoredBackup = {
    open: async () => {
      setTimeout(() => io.abort(new RunError("Canceled.", { kind: "canceled" })), 0);
      return Readable.from(
        (async function* () {
          yield bytes.subarray(0, 20_000);
          await new Promise(() => undefined);
        })(),
        { objectMode: false },
      );
    },
  };
  await expect(sqlite.restore(endless, { path: file }, io, anew)).rejects.toThrow();
  expect(readdirSync(folder)).toEqual([]);
});

test("a name as long as the file system takes", async () => {
  const path = join(folder, `${"n".repeat(244)}.db`);
  await sqlite.restore(backup, { path }, io, anew);
  await sqlite.restore(backup, { path }, io, over);
  expect(readFileSync(path).equals(bytes)).toBe(true);
});

test("the work folder holds nothing after a restore test", async () => {
  const scratch = await sqlite.scratch(sqlite.parse({ path: file }), io);
  await sqlite.restore(backup, scratch.target, io, anew);
  expect(await sqlite.contentsAt(scratch.target, io)).toEqual({ files: null, tables: 3, filledTables: 2 });
  await scratch.remove();
  await expect.poll(() => readdirSync(io.workDir).sort()).toEqual(["app", "original.db"]);
});
