import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { setRuntimeValue } from "@/lib/core/runtime";
import { type TestIo, testIo } from "../testing/io";
import { clientFor, newestRestore } from "./postgres-programs";

let io: TestIo;
let root: string;
beforeEach(() => {
  io = testIo();
  root = join(io.folder, "versions");
  setRuntimeValue("toolsPath", join(io.folder, "path"));
});
afterEach(() => {
  setRuntimeValue("toolsPath", null);
  io.remove();
});

function install(folder: string, version: number): void {
  mkdirSync(folder, { recursive: true });
  for (const program of ["pg_dump", "pg_restore"]) {
    writeFileSync(join(folder, program), `#!/bin/sh\necho "${program} (PostgreSQL) ${version}.3 (Debian)"\n`);
    chmodSync(join(folder, program), 0o755);
  }
}
const installVersion = (version: number) => install(join(root, String(version), "bin"), version);

test("fault A10: the program of the server's own version is chosen first, then the oldest newer one", async () => {
  for (const version of [13, 15, 17]) installVersion(version);
  install(join(io.folder, "path"), 17);
  expect(await clientFor("pg_dump", 15, io, 0, root)).toBe(join(root, "15/bin/pg_dump"));
  expect(await clientFor("pg_dump", 14, io, 0, root)).toBe(join(root, "15/bin/pg_dump"));
  expect(await clientFor("pg_dump", 16, io, 0, root)).toBe("pg_dump");
  expect(await newestRestore(io, root)).toBe(join(root, "17/bin/pg_restore"));
  await expect(clientFor("pg_dump", 18, io, 0, root)).rejects.toMatchObject({
    message: "pg_dump 17 is too old for the server's PostgreSQL 18.",
    advice: expect.stringContaining("postgresql-client-18"),
  });
});

test("a backup of a newer pg_dump is read by a program that can", async () => {
  for (const version of [15, 17]) installVersion(version);
  expect(await clientFor("pg_restore", 15, io, 17, root)).toBe(join(root, "17/bin/pg_restore"));
  await expect(clientFor("pg_restore", 15, io, 18, root)).rejects.toThrow("is not installed");
});

test("without any of Debian's folders the common program is used", async () => {
  install(join(io.folder, "path"), 16);
  expect(await clientFor("pg_dump", 15, io, 0, root)).toBe("pg_dump");
  expect(await newestRestore(io, root)).toBe("pg_restore");
  await expect(clientFor("pg_restore", 15, io, 18, root)).rejects.toThrow(
    "pg_restore 16 cannot read this backup, which pg_dump 18 made.",
  );
});
