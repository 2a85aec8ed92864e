import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase } from "@/db/testing";
import { systemActor } from "@/lib/auth/access/actor";
import { setSecretKey } from "@/lib/secrets/key";
import { destinationsCreate, destinationsTestDraft } from "./verbs";

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

test("fault A3: a Test of a draft makes no folder, and leaves no file; only saving makes the folder", async () => {
  const path = join(folder, "backups");
  const config = { path };
  await expect(destinationsTestDraft.call(systemActor, { kind: "local", config })).rejects.toThrow("does not exist");
  expect(existsSync(path)).toBe(false);
  mkdirSync(path);
  expect(await destinationsTestDraft.call(systemActor, { kind: "local", config })).toMatchObject({ status: "ok" });
  expect(readdirSync(path)).toEqual([]);
  rmSync(path, { recursive: true });
  await destinationsCreate.call(systemActor, { name: "disk", kind: "local", config });
  expect(readdirSync(path)).toEqual([]);
});
