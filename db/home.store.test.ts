import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { closeDatabase, databaseHandle, openDatabase } from "./client";
import { isSameHome, readHome } from "./home";
import { installationId, installationPause } from "./queries/installation";
import { recogniseInstallation } from "./stores/installation";
import { copyDatabase, type DatabaseCopy, freshDatabase } from "./testing";

let remove: () => Promise<void>;
let copy: DatabaseCopy | undefined;
beforeEach(async () => {
  remove = await freshDatabase();
});
afterEach(async () => {
  await copy?.remove();
  copy = undefined;
  await remove();
});

const recognise = async () => recogniseInstallation(await readHome(), Date.now());

/** Opens the database again, as a new process would. */
async function reopen(file?: string): Promise<void> {
  const handle = databaseHandle();
  await closeDatabase();
  openDatabase(handle.kind === "sqlite" ? { file: file ?? handle.file } : { url: handle.url, file: "" });
}

test("fault A20: an installation keeps its id over restarts, also where several processes share a database", async () => {
  const id = await installationId();
  expect(id).toMatch(/^ins_/);
  for (let i = 0; i < 3; i++) {
    await reopen();
    expect(await recognise()).toMatchObject({ id, pause: null });
  }
  expect(await Promise.all([recognise(), recognise()])).toMatchObject([{ id }, { id }]);
});

test("fault A20: a copy gets an id of its own and names the original, the original stays what it is", async () => {
  const { id, home } = await recognise();
  copy = await copyDatabase();
  const copied = await recognise();
  expect(copied.id).not.toBe(id);
  expect(copied.pause).toMatchObject({ reason: "copied", originalId: id, originalPlace: home.place });
  await copy.openCopy();
  expect(await recognise()).toMatchObject({ id: copied.id, pause: copied.pause });
  expect(await installationPause()).toEqual(copied.pause);
  await copy.openOriginal();
  expect(await recognise()).toMatchObject({ id, pause: null });
});

test("fault A20: a copy of a copy that nobody has decided about comes from the first original", async () => {
  const { id } = await recognise();
  copy = await copyDatabase();
  const first = await recognise();
  const second = await copyDatabase();
  const copied = await recognise();
  expect(copied.pause?.originalId).toBe(id);
  expect([id, first.id]).not.toContain(copied.id);
  await second.remove();
});

test("fault A20: a moved folder and VACUUM make no copy; VACUUM INTO and a file restored over the old one do", async () => {
  const handle = databaseHandle();
  if (handle.kind !== "sqlite") return;
  const { id } = await recognise();
  handle.raw.exec("vacuum");
  const folder = path.dirname(handle.file);
  const moved = path.join(folder, "moved here");
  const file = path.join(moved, "belfry.db");
  await closeDatabase();
  mkdirSync(moved);
  renameSync(path.join(folder, "belfry.db"), file);
  openDatabase({ file });
  expect(await recognise()).toMatchObject({ id, pause: null, home: { place: expect.stringContaining("moved here") } });

  const restored = path.join(folder, "restored.db");
  execFileSync("sqlite3", [file, `vacuum into '${restored}'`]);
  await reopen(restored);
  expect(await recognise()).toMatchObject({ pause: { reason: "copied", originalId: id } });

  // Restored over the file of before: another file has its name.
  await closeDatabase();
  renameSync(restored, file);
  openDatabase({ file });
  expect((await recognise()).pause).not.toBeNull();
});

test("a process that may read less forgets nothing of where the database lives", async () => {
  const { home } = await recognise();
  const [fact = ""] = Object.keys(home.facts);
  const { [fact]: known, ...others } = home.facts;
  const partial = { ...home, facts: others };
  expect((await recogniseInstallation(partial, Date.now())).home.facts).toEqual({ ...others, [fact]: known });
});

test("facts that only one of two places knows do not count; without a common one they differ", () => {
  expect(isSameHome({ inode: "1" }, { inode: "1", born: "5" })).toBe(true);
  expect(isSameHome({ inode: "1", born: "5" }, { inode: "1", born: "6" })).toBe(false);
  expect(isSameHome({ inode: "1" }, { path: "/a" })).toBe(false);
  expect(isSameHome({ database: "1", table: "2", system: "3" }, { database: "1", table: "2" })).toBe(true);
});
