import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemActor } from "@/lib/auth/access/actor";
import { setRuntimeValue } from "@/lib/core/runtime";
import { installationTools } from "@/lib/services/installation/tools";
import { installedTools } from "./installed-tools";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "belfry-tools-"));
});
afterEach(() => {
  setRuntimeValue("toolsPath", null);
  rmSync(folder, { recursive: true, force: true });
});

test("each tool of this machine says its version, and what needs it is named", async () => {
  const found = new Map((await installedTools()).map((tool) => [tool.name, tool]));
  for (const name of ["gzip", "zstd", "tar", "pg_dump", "borg", "restic", "ssh", "borgmatic"])
    expect(found.get(name), name).toMatchObject({
      isInstalled: true,
      problem: null,
      version: expect.stringMatching(/^\d+\.\d[\w.]*$/),
    });
  expect(found.get("ssh-keyscan")).toMatchObject({ isInstalled: true, version: null, problem: null });
  expect(found.get("borg")).toMatchObject({
    package: "borgbackup",
    enables: ["borgmatic (source)", "Borg (repository)"],
  });
  expect(found.get("zstd")).toMatchObject({ enables: ["zstd compression"] });
});

test("what is missing is in the line that installs it, once for each package; what cannot be started says why", async () => {
  for (const name of ["gzip", "tar", "ssh", "ssh-keyscan", "setpriv", "borgmatic", "restic"])
    symlinkSync(`/usr/bin/${name}`, join(folder, name));
  writeFileSync(join(folder, "zstd"), "no program");
  chmodSync(join(folder, "zstd"), 0o600);
  setRuntimeValue("toolsPath", folder);
  const { tools, installCommand } = await installationTools.call(systemActor, {});
  expect(installCommand).toBe("apt install borgbackup postgresql-client");
  const one = (wanted: string) => tools.find(({ name }) => name === wanted);
  expect(one("psql")).toMatchObject({ isInstalled: false, version: null, problem: null });
  expect(one("zstd")).toMatchObject({ isInstalled: true, problem: expect.stringContaining("could not be started") });
});
