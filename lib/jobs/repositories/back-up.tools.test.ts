import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { findRun } from "@/db/queries/runs";
import { deleteRepository } from "@/db/stores/repositories";
import { systemActor } from "@/lib/auth/access/actor";
import type { AppError } from "@/lib/core/errors";
import type { RepositoryKind } from "@/lib/core/repository";
import { setRuntimeValue } from "@/lib/core/runtime";
import { artifactsDownload } from "@/lib/services/artifacts/download";
import { artifactsRestore } from "@/lib/services/artifacts/restore";
import { artifactsTestRestore } from "@/lib/services/artifacts/test-restore";
import { jobsCreate } from "@/lib/services/jobs/create";
import { jobsRun } from "@/lib/services/jobs/run";
import { jobsUpdate } from "@/lib/services/jobs/update";
import { repositoriesCreate } from "@/lib/services/repositories/create";
import { repositoriesPrune } from "@/lib/services/repositories/tasks";
import { runsCancel } from "@/lib/services/runs/cancel";
import { removeStrayFilesOf } from "../stray-files";
import { type JobFixture, openJobFixture } from "../testing/job-fixture";
import { audit } from "../testing/job-rows";

const passphrase = "a passphrase of some length";
const KINDS = ["borg", "restic"] as const;
let fixture: JobFixture;
let folder: string;
beforeEach(async () => {
  fixture = await openJobFixture();
  folder = mkdtempSync(join(tmpdir(), "belfry-into-"));
  mkdirSync(join(files(), "photos"), { recursive: true });
  writeFileSync(join(files(), "photos", "bell.jpg"), randomBytes(200_000));
  writeFileSync(join(files(), "notes.txt"), "notes");
  writeFileSync(join(files(), "left.tmp"), "left out");
});
afterEach(async () => {
  await fixture.close();
  rmSync(folder, { recursive: true, force: true });
});

const files = () => join(folder, "files");
const artifacts = async () => {
  const { orm, t } = database();
  return await orm.select().from(t.artifacts).orderBy(t.artifacts.id);
};
const alertsOf = async (type: string) => {
  const { orm, t } = database();
  return (await orm.select().from(t.alerts)).filter((alert) => alert.type === type);
};
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => ({ code: "let through", fields: {} }),
    (error: AppError) => ({ code: error.code, fields: error.details?.fields }),
  );

interface Made {
  repositoryId: string;
  jobId: string;
}

async function jobInto(kind: RepositoryKind, more: { retention?: object; keepLast?: number } = {}): Promise<Made> {
  const { id: repositoryId } = await repositoriesCreate.call(systemActor, {
    name: "offsite",
    kind,
    location: join(folder, "repository"),
    passphrase,
    create: true,
    retention: more.retention ?? null,
  });
  const { id: jobId } = await jobsCreate.call(systemActor, {
    name: "Shop",
    sourceId: await fixture.source("directory", { path: files(), exclude: ["*.tmp"] }),
    repositoryId,
    retention: { keepLast: more.keepLast ?? 7 },
  });
  return { repositoryId, jobId };
}
const runOf = async ({ jobId }: Made) => {
  const { runId } = await jobsRun.call(systemActor, { id: jobId });
  return await fixture.over(runId);
};

test.each(KINDS)("%s: a job makes an archive, which is restored whole and tested", async (kind) => {
  const made = await jobInto(kind);
  await fixture.runner().start();
  const run = await runOf(made);
  expect(run).toMatchObject({ status: "success", error: null, repositoryId: made.repositoryId, files: 2 });
  const [artifact] = await artifacts();
  expect(artifact).toMatchObject({
    destinationId: made.repositoryId,
    repositoryId: made.repositoryId,
    destinationName: "offsite",
    sourceKind: "directory",
    sourcePath: files(),
  });
  // borg counts what it notes of each file, too.
  expect(artifact?.rawBytes).toBeGreaterThanOrEqual(200_005);
  const id = artifact?.id ?? "";
  const target = join(fixture.dataDir, "restores", "shop");
  const { runId } = await artifactsRestore.call(systemActor, { id, target: { path: target } });
  expect(await fixture.over(runId)).toMatchObject({ status: "success", repositoryId: made.repositoryId });
  expect(readFileSync(join(target, "photos", "bell.jpg"))).toEqual(readFileSync(join(files(), "photos", "bell.jpg")));
  expect(readdirSync(target).sort()).toEqual(["notes.txt", "photos"]);
  const tested = await artifactsTestRestore.call(systemActor, { id });
  expect(await fixture.over(tested.runId)).toMatchObject({ status: "success", error: null });
  expect((await artifacts())[0]?.provenAt).toBeGreaterThan(0);
  const tar = await buffer((await artifactsDownload.call(systemActor, { id })).stream);
  expect(execFileSync("tar", ["-t"], { input: tar, encoding: "utf8" })).toContain("notes.txt");
  expect(await deleteRepository(made.repositoryId, audit())).toEqual(["the job Shop", "1 stored backup"]);
});

test.each(KINDS)("%s: the newest archives of a job stay, or those that the repository keeps", async (kind) => {
  const made = await jobInto(kind, { keepLast: 2 });
  await fixture.runner().start();
  for (const text of ["one", "two", "three"]) {
    writeFileSync(join(files(), "notes.txt"), text);
    expect((await runOf(made)).status).toBe("success");
  }
  expect(await artifacts()).toHaveLength(2);
  const { orm, t } = database();
  await orm.update(t.repositories).set({ retention: { last: 1 } });
  expect((await runOf(made)).status).toBe("success");
  expect(await artifacts()).toHaveLength(1);
  await orm.update(t.repositories).set({ retention: { last: 5 } });
  expect((await runOf(made)).status).toBe("success");
  expect(await artifacts()).toHaveLength(2);
  await orm.update(t.repositories).set({ retention: { last: 1 } });
  const pruned = await repositoriesPrune.call(systemActor, { id: made.repositoryId });
  expect((await fixture.over(pruned.runId)).status).toBe("success");
  expect(await artifacts()).toHaveLength(1);
});

test("a job names a repository or destinations, and a repository takes folders only", async () => {
  const made = await jobInto("borg");
  const [sourceId, database_] = [await fixture.source("directory", { path: files() }), await fixture.source()];
  const destinationIds = [await fixture.destination("disk")];
  const { repositoryId } = made;
  const create = (more: object) => refusal(jobsCreate.call(systemActor, { name: "other", sourceId, ...more }));
  expect(await create({})).toMatchObject({ fields: { destinationIds: expect.any(String) } });
  expect(await create({ repositoryId, destinationIds })).toMatchObject({
    fields: { repositoryId: expect.any(String) },
  });
  expect(await create({ repositoryId: "repo_none" })).toMatchObject({ fields: { repositoryId: expect.any(String) } });
  expect(await create({ repositoryId, sourceId: database_ })).toMatchObject({
    fields: { repositoryId: expect.stringContaining("takes folders") },
  });
  const change = (more: object) => refusal(jobsUpdate.call(systemActor, { id: made.jobId, ...more }));
  expect(await change({ destinationIds })).toMatchObject({ fields: { repositoryId: expect.any(String) } });
  expect(await change({ repositoryId: null })).toMatchObject({ fields: { destinationIds: expect.any(String) } });
  expect((await change({ repositoryId: null, destinationIds })).code).toBe("let through");
  expect((await change({ repositoryId, destinationIds: [] })).code).toBe("let through");
});

test("pain 1: a wrong passphrase, a lock, and a repository that is gone each fail the run in words, and the next good one resolves it", async () => {
  const made = await jobInto("borg");
  await fixture.runner().start();
  const location = join(folder, "repository");
  const env = { ...process.env, BORG_BASE_DIR: join(folder, "base"), BORG_PASSPHRASE: passphrase };
  const change = (from: string, to: string) =>
    execFileSync("borg", ["key", "change-passphrase", location], {
      env: { ...env, BORG_PASSPHRASE: from, BORG_NEW_PASSPHRASE: to },
    });
  change(passphrase, "another");
  expect(await runOf(made)).toMatchObject({ status: "failure", error: "The passphrase of offsite is wrong." });
  change("another", passphrase);
  expect((await runOf(made)).status).toBe("success");
  mkdirSync(join(location, "lock.exclusive"));
  writeFileSync(join(location, "lock.exclusive", "nas@1234.4711-0"), "");
  expect(await runOf(made)).toMatchObject({
    status: "failure",
    error: "offsite is locked by process 4711 on nas.",
  });
  rmSync(location, { recursive: true });
  expect((await runOf(made)).error).toMatch(/^There is no repository at /);
  expect((await alertsOf("backup.failed")).map(({ status }) => status)).toEqual(["resolved", "firing"]);
  expect(await artifacts()).toHaveLength(1);
});

test("a canceled run makes no archive, and an archive that was never recorded is removed", async () => {
  const made = await jobInto("borg");
  await fixture.runner().start();
  setRuntimeValue(
    "toolsPath",
    fixture.fakeTool("borg", '[[ "$*" == *create* ]] && exec sleep 60\nexec /usr/bin/borg "$@"'),
  );
  const { runId } = await jobsRun.call(systemActor, { id: made.jobId });
  await expect.poll(async () => (await findRun(runId))?.artifactPath ?? null, { timeout: 20_000 }).not.toBe(null);
  await runsCancel.call(systemActor, { id: runId });
  const run = await fixture.over(runId);
  expect(run.status).toBe("canceled");
  setRuntimeValue("toolsPath", null);
  expect(await artifacts()).toEqual([]);
  // As after a power cut: made, and not recorded.
  const archive = "shop-20261127T082200Z-k3x9";
  const location = join(folder, "repository");
  const env = { ...process.env, BORG_BASE_DIR: join(folder, "base"), BORG_PASSPHRASE: passphrase };
  execFileSync("borg", ["create", `${location}::${archive}`, "."], { env, cwd: files() });
  expect(await removeStrayFilesOf({ ...run, artifactPath: archive }, AbortSignal.timeout(60_000))).toBe(true);
  expect(execFileSync("borg", ["list", "--short", location], { env, encoding: "utf8" })).toBe("");
});

test("what cannot be read makes a warning, and an empty folder is no backup", async () => {
  const made = await jobInto("borg");
  await fixture.runner().start();
  // As root everything can be read: a name that disappears while it is looked at does the same.
  const secret = join(files(), "secret");
  writeFileSync(secret, "x");
  chmodSync(secret, 0o000);
  const run = await runOf(made);
  if (process.getuid?.() !== 0)
    expect(run).toMatchObject({ status: "warning", error: expect.stringContaining("secret") });
  else expect(run.status).toBe("success");
  rmSync(files(), { recursive: true });
  mkdirSync(files());
  expect(await runOf(made)).toMatchObject({
    status: "failure",
    error: expect.stringContaining("The source has no files"),
  });
  expect(await artifacts()).toHaveLength(1);
});
