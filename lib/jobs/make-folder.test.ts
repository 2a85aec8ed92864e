import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { makeFolder } from "./make-folder";

const root = mkdtempSync(join(tmpdir(), "belfry-folder-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("makes all missing folders, for their owner alone, and accepts existing ones", async () => {
  const path = join(root, "a", "b", "c");
  await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(root, "a", "d"))]);
  await makeFolder(path);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

test("fails where no folder can be made, also where the file system says that it does not exist", async () => {
  writeFileSync(join(root, "file"), "");
  await expect(makeFolder(join(root, "file"))).rejects.toMatchObject({ code: "EEXIST" });
  await expect(makeFolder(join(root, "file", "below"))).rejects.toMatchObject({ code: "ENOTDIR" });
  await expect(makeFolder("/proc/belfry/backups")).rejects.toMatchObject({ code: "ENOENT" });
});
