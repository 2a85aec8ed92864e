import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase } from "@/db/testing";
import { systemActor } from "@/lib/auth/access/actor";
import { setSecretKey } from "@/lib/secrets/key";
import { destinationsCreate, destinationsList, destinationsTestDraft, destinationsUpdate } from "./verbs";

let close: () => Promise<void>;
let folder = "";
beforeAll(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
  folder = mkdtempSync(join(tmpdir(), "belfry-draft-"));
});
afterAll(async () => {
  await close();
  rmSync(folder, { recursive: true, force: true });
});

const folderMissing = (path: string) => ({
  code: "invalid",
  details: { fields: { createFolder: expect.stringMatching(`${path} does not exist.*Mount.*Create the folder`) } },
});

test("fault A3: a Test of a draft makes no folder, and leaves no file; only saving makes the folder, where a person chose so", async () => {
  const path = join(folder, "backups");
  const config = { path };
  await expect(destinationsTestDraft.call(systemActor, { kind: "local", config })).rejects.toThrow("does not exist");
  expect(existsSync(path)).toBe(false);
  mkdirSync(path);
  expect(await destinationsTestDraft.call(systemActor, { kind: "local", config })).toMatchObject({ status: "ok" });
  expect(readdirSync(path)).toEqual([]);
  rmSync(path, { recursive: true });
  const input = { name: "disk", kind: "local", config };
  await expect(destinationsCreate.call(systemActor, input)).rejects.toMatchObject(folderMissing(path));
  expect(existsSync(path)).toBe(false);
  expect((await destinationsList.call(systemActor, {})).items).toEqual([]);
  const { id } = await destinationsCreate.call(systemActor, { ...input, createFolder: true });
  expect(readdirSync(path)).toEqual([]);

  const moved = { id, config: { path: join(folder, "elsewhere") } };
  await expect(destinationsUpdate.call(systemActor, moved)).rejects.toMatchObject(folderMissing(moved.config.path));
  expect(existsSync(moved.config.path)).toBe(false);
  await destinationsUpdate.call(systemActor, { ...moved, createFolder: true });
  expect(readdirSync(moved.config.path)).toEqual([]);

  // A folder that is gone later stays gone whatever else is saved, until a person asks for it again.
  rmSync(moved.config.path, { recursive: true });
  await destinationsUpdate.call(systemActor, { id, name: "the disk" });
  expect(existsSync(moved.config.path)).toBe(false);
  await destinationsUpdate.call(systemActor, { id, createFolder: true });
  expect(existsSync(moved.config.path)).toBe(true);
});
