import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { artifactsOfRuns } from "@/db/queries/artifacts";
import { systemActor } from "@/lib/auth/access/actor";
import { artifactsRestore } from "@/lib/services/artifacts/restore";
import { destinationsCreate } from "@/lib/services/destinations/verbs";
import { jobsCreate } from "@/lib/services/jobs/create";
import { jobsRun } from "@/lib/services/jobs/run";
import { repositoriesArchives } from "@/lib/services/repositories/archives";
import { repositoriesCreate } from "@/lib/services/repositories/create";
import { syncsCreate } from "@/lib/services/syncs/create";
import { syncsRun } from "@/lib/services/syncs/run";
import { type JobFixture, openJobFixture } from "../testing/job-fixture";

const passphrase = "a passphrase of some length";

let fixture: JobFixture;
let folder: string;
let mounts: string[];
beforeEach(async () => {
  fixture = await openJobFixture();
  folder = mkdtempSync(join(tmpdir(), "belfry-full-"));
  mounts = [];
  await fixture.runner().start();
});
afterEach(async () => {
  await fixture.close();
  for (const mount of mounts) execFileSync("umount", ["--lazy", mount]);
  rmSync(folder, { recursive: true, force: true });
});

/** A disk of so many megabytes. */
function disk(name: string, megabytes: number): string {
  const path = join(folder, name);
  mkdirSync(path);
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", path]);
  mounts.push(path);
  return path;
}
const enlarge = (path: string, megabytes: number) => execFileSync("mount", ["-o", `remount,size=${megabytes}m`, path]);

const env = () => ({
  ...process.env,
  BORG_BASE_DIR: join(folder, "base"),
  BORG_PASSPHRASE: passphrase,
  BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes",
});
const borg = (...args: string[]) => execFileSync("borg", args, { env: env(), cwd: folder, encoding: "utf8" });
const repositoryAt = async (location: string) =>
  (await repositoriesCreate.call(systemActor, { name: "offsite", kind: "borg", location, passphrase, create: true }))
    .id;
const sources = (megabytes: number) => {
  const path = join(folder, "files");
  mkdirSync(path, { recursive: true });
  for (let number = 0; number < megabytes; number++) writeFileSync(join(path, `${number}`), randomBytes(1_000_000));
  return path;
};
const types = async () => (await fixture.events()).map(({ type }) => type);

describe.skipIf(process.getuid?.() !== 0)("with disks that a test may mount", () => {
  test("a sync of a repository to a disk that fills up fails in words, keeps what was there, and is made whole later", async () => {
    const repository = join(folder, "repository");
    const repositoryId = await repositoryAt(repository);
    const config = { path: disk("copies", 8) };
    const { id: destinationId } = await destinationsCreate.call(systemActor, {
      name: "copies",
      kind: "local",
      createFolder: true,
      config,
    });
    const about = { name: "Offsite", from: { repositoryId }, destinationId, deleteRemoved: true };
    const { id } = await syncsCreate.call(systemActor, about);
    const run = async () => await fixture.over((await syncsRun.call(systemActor, { id })).runId);
    sources(1);
    borg("create", `${repository}::a`, "files");
    expect(await run()).toMatchObject({ status: "success" });
    sources(12);
    borg("create", `${repository}::b`, "files");
    expect(await run()).toMatchObject({ status: "failure", error: expect.stringMatching(/full|space/) });
    const copy = join(config.path, "syncs", "offsite");
    expect(borg("list", "--short", copy).trim()).toContain("a");
    enlarge(config.path, 64);
    expect(await run()).toMatchObject({ status: "success" });
    expect(readdirSync(join(copy, ".belfry-parts"))).toEqual([]);
    borg("check", copy);
    expect(borg("list", "--short", copy).trim().split("\n")).toEqual(["a", "b"]);
    expect(await types()).toEqual(["sync.completed", "sync.failed", "sync.completed"]);
  });

  test("a repository whose disk is not mounted any more deletes nothing at the destination", async () => {
    const mount = disk("disk", 16);
    const repositoryId = await repositoryAt(join(mount, "repository"));
    const copies = join(folder, "copies");
    mkdirSync(copies);
    const config = { path: copies };
    const { id: destinationId } = await destinationsCreate.call(systemActor, {
      name: "copies",
      kind: "local",
      createFolder: true,
      config,
    });
    const about = { name: "Offsite", from: { repositoryId }, destinationId, deleteRemoved: true };
    const { id } = await syncsCreate.call(systemActor, about);
    const run = async () => await fixture.over((await syncsRun.call(systemActor, { id })).runId);
    expect(await run()).toMatchObject({ status: "success" });
    const before = readdirSync(copies, { recursive: true }).sort();
    execFileSync("umount", [mount]);
    mounts = [];
    expect(await run()).toMatchObject({ status: "failure", error: expect.stringContaining("is not mounted") });
    expect(readdirSync(copies, { recursive: true }).sort()).toEqual(before);
    expect(await types()).toEqual(["sync.completed", "sync.failed"]);
  });

  test("a backup into a repository whose disk fills up fails in words, lists no archive, and the next one ends the problem", async () => {
    const mount = disk("disk", 16);
    const repositoryId = await repositoryAt(join(mount, "repository"));
    const sourceId = await fixture.source("directory", { path: sources(30) });
    const { id } = await jobsCreate.call(systemActor, { name: "files", sourceId, repositoryId });
    const run = async () => await fixture.over((await jobsRun.call(systemActor, { id })).runId);
    const failed = await run();
    expect(failed).toMatchObject({ status: "failure", error: expect.stringMatching(/no space left|is full/) });
    expect(await artifactsOfRuns([failed.id])).toEqual([]);
    enlarge(mount, 128);
    expect((await repositoriesArchives.call(systemActor, { id: repositoryId })).items).toEqual([]);
    expect(await run()).toMatchObject({ status: "success" });
    expect((await repositoriesArchives.call(systemActor, { id: repositoryId })).items).toHaveLength(1);
    borg("check", join(mount, "repository"));
    expect((await types()).filter((type) => /failed|completed/.test(type))).toEqual([
      "backup.failed",
      "backup.completed",
    ]);
  });

  test.each(["borg", "restic"] as const)(
    "a restore out of a %s repository to a disk that fills up fails in words, leaves nothing there, and works once there is space",
    async (kind) => {
      const about = { name: "offsite", kind, location: join(folder, "repository"), passphrase, create: true };
      const { id: repositoryId } = await repositoriesCreate.call(systemActor, about);
      const sourceId = await fixture.source("directory", { path: sources(12) });
      const { id } = await jobsCreate.call(systemActor, { name: "files", sourceId, repositoryId });
      const made = await fixture.over((await jobsRun.call(systemActor, { id })).runId);
      const [artifact] = await artifactsOfRuns([made.id]);
      const mount = disk("target", 6);
      const restore = async () => {
        const target = { path: join(mount, "restored"), overwrite: false };
        const begun = await artifactsRestore.call(systemActor, { id: artifact?.id ?? "", target });
        return await fixture.over(begun.runId);
      };
      expect(await restore()).toMatchObject({
        status: "failure",
        error: expect.stringMatching(/no space left|is full/i),
      });
      expect(readdirSync(mount)).toEqual([]);
      // Nothing holds the repository that the broken off reading left.
      enlarge(mount, 64);
      expect(await restore()).toMatchObject({ status: "success", error: null });
      expect(readdirSync(join(mount, "restored"))).toHaveLength(12);
      expect((await types()).filter((type) => type.startsWith("restore."))).toEqual([
        "restore.failed",
        "restore.completed",
      ]);
    },
  );
});
