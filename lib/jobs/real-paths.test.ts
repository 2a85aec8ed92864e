import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { appearancesWithin, isMountPoint, isWithin, realPath } from "./real-paths";
import { CAN_MOUNT } from "./testing/ordinary-user";

let folder: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "belfry-real-")));
  mkdirSync(join(folder, "files/backups"), { recursive: true });
  mkdirSync(join(folder, "elsewhere"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function whileBound(what: string, where: string, work: () => Promise<void>): Promise<void> {
  execFileSync("mount", ["--bind", what, where]);
  try {
    await work();
  } finally {
    execFileSync("umount", [where]);
  }
}

test("a path is real up to what does not exist yet", async () => {
  symlinkSync(join(folder, "files"), join(folder, "link"));
  expect(await realPath(join(folder, "link/backups/new/er"))).toBe(join(folder, "files/backups/new/er"));
});

test("a name that begins with two dots is within", () => {
  expect(isWithin("/srv", "/srv/..foo")).toBe(true);
  expect(isWithin("/srv", "/srv")).toBe(true);
  expect(isWithin("/srv", "/srv2")).toBe(false);
  expect(isWithin("/srv", "/")).toBe(false);
});

test("fault A15: a folder is found within another one through links in either path", async () => {
  symlinkSync(join(folder, "files/backups"), join(folder, "to-backups"));
  symlinkSync(join(folder, "files"), join(folder, "to-files"));
  expect(await appearancesWithin(join(folder, "files"), join(folder, "to-backups"))).toEqual(["backups"]);
  expect(await appearancesWithin(join(folder, "to-files"), join(folder, "files/backups"))).toEqual(["backups"]);
  expect(await appearancesWithin(join(folder, "to-files"), join(folder, "files"))).toEqual([""]);
  expect(await appearancesWithin(join(folder, "files"), join(folder, "elsewhere"))).toEqual([]);
  expect(await appearancesWithin(join(folder, "files/backups"), join(folder, "files"))).toEqual([]);
});

test.runIf(CAN_MOUNT)(
  "fault A15: a folder is found within another one through a bind mount, whatever its name",
  async () => {
    mkdirSync(join(folder, "files/odd name\\"));
    mkdirSync(join(folder, "elsewhere/deep"));
    await whileBound(join(folder, "elsewhere"), join(folder, "files/odd name\\"), async () => {
      expect(await isMountPoint(join(folder, "files/odd name\\"))).toBe(true);
      expect(await appearancesWithin(join(folder, "files"), join(folder, "elsewhere/deep"))).toEqual([
        "odd name\\/deep",
      ]);
    });
    await whileBound(join(folder, "files"), join(folder, "elsewhere"), async () => {
      expect(await appearancesWithin(join(folder, "elsewhere"), join(folder, "files/backups"))).toEqual(["backups"]);
      expect(await appearancesWithin(join(folder, "elsewhere"), join(folder, "files"))).toEqual([""]);
    });
    expect(await isMountPoint(join(folder, "elsewhere"))).toBe(false);
  },
);
