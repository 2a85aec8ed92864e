import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findRun } from "@/db/queries/runs";
import { startProgram } from "@/e2e/support/child";
import { type S3Server, startS3Server } from "@/e2e/support/s3-server";
import type { Actor } from "@/lib/auth/access/actor";
import { destinationsCreate } from "@/lib/services/destinations/verbs";
import { repositoriesCreate } from "@/lib/services/repositories/create";
import { repositoriesDelete } from "@/lib/services/repositories/delete";
import { repositoriesCheck } from "@/lib/services/repositories/tasks";
import { runsCancel } from "@/lib/services/runs/cancel";
import { syncsCreate } from "@/lib/services/syncs/create";
import { syncsRun } from "@/lib/services/syncs/run";
import { syncsUpdate } from "@/lib/services/syncs/update";
import { type JobFixture, openJobFixture } from "../testing/job-fixture";

const admin: Actor = { kind: "command", id: null, name: "the command", role: "admin", address: null };
const passphrase = "a passphrase of some length";

let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3Server();
});
afterAll(() => s3.stop());

let fixture: JobFixture;
let folder: string;
let prefix: string;
beforeEach(async () => {
  fixture = await openJobFixture();
  folder = mkdtempSync(join(tmpdir(), "belfry-synced-"));
  prefix = `test-${randomBytes(4).toString("hex")}`;
  mkdirSync(join(folder, "files"));
  await fixture.runner().start();
});
afterEach(async () => {
  s3.clearFaults();
  await fixture.close();
  rmSync(folder, { recursive: true, force: true });
});

const path = () => join(folder, "repository");
const env = () => ({
  ...process.env,
  BORG_BASE_DIR: join(folder, "base"),
  BORG_PASSPHRASE: passphrase,
  BORG_RELOCATED_REPO_ACCESS_IS_OK: "yes",
  RESTIC_PASSWORD: passphrase,
  RESTIC_CACHE_DIR: join(folder, "cache"),
});
const tool = (name: string, ...args: string[]) =>
  execFileSync(name, args, { env: env(), cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** Half a megabyte that shares nothing with what was there before. */
const writeNew = () => writeFileSync(join(folder, "files", "data.bin"), randomBytes(500_000));

async function repositoryOf(kind: "borg" | "restic"): Promise<string> {
  const about = { name: "offsite", kind, location: path(), passphrase, create: true };
  return (await repositoriesCreate.call(admin, about)).id;
}

async function syncOf(repositoryId: string, more: Record<string, unknown> = {}): Promise<string> {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3;
  const config = { endpoint, region, bucket, prefix, accessKeyId, secretAccessKey };
  const { id: destinationId } = await destinationsCreate.call(admin, { name: "s3", kind: "s3", config });
  const about = { name: "Offsite", from: { repositoryId }, destinationId, deleteRemoved: true, ...more };
  return (await syncsCreate.call(admin, about)).id;
}

const queue = async (id: string) => (await syncsRun.call(admin, { id })).runId;
const run = async (id: string) => fixture.over(await queue(id));
const root = () => `${prefix}/syncs/offsite/`;
const copied = () =>
  s3
    .objects()
    .filter((name) => name.startsWith(root()))
    .map((name) => name.slice(root().length));
const filesOf = (at: string) =>
  readdirSync(at, { recursive: true, withFileTypes: true })
    .flatMap((one) => (one.isFile() ? join(one.parentPath, one.name).slice(at.length + 1) : []))
    .sort();
const types = async () => (await fixture.events()).map(({ type }) => type).filter((type) => type.startsWith("sync."));

/** Brings the copy back from S3, as a person would whose disk is gone. */
async function bringBack(): Promise<string> {
  const to = mkdtempSync(join(folder, "back-"));
  const { endpoint, region, accessKeyId, secretAccessKey } = s3;
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  for (const name of copied()) {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: s3.bucket, Key: root() + name }));
    mkdirSync(dirname(join(to, name)), { recursive: true });
    writeFileSync(join(to, name), (await Body?.transformToByteArray()) ?? "");
  }
  client.destroy();
  return to;
}

describe("a sync of a borg repository to S3", () => {
  test("makes a copy that borg check accepts, sends only what is new, and follows a compact", async () => {
    const id = await syncOf(await repositoryOf("borg"));
    for (const name of ["a", "b"]) {
      writeNew();
      tool("borg", "create", `${path()}::${name}`, "files");
    }
    expect(await run(id)).toMatchObject({ status: "success", error: null });
    expect(copied().sort()).toEqual(filesOf(path()));
    const first = await bringBack();
    tool("borg", "check", "--verify-data", first);
    expect(tool("borg", "list", "--short", first).trim().split("\n")).toEqual(["a", "b"]);
    // Nothing is new: the lock of the copy changes nothing of the repository.
    expect(await run(id)).toMatchObject({ status: "success", files: 0, bytes: 0 });
    tool("borg", "delete", `${path()}::a`);
    tool("borg", "compact", path());
    writeNew();
    tool("borg", "create", `${path()}::c`, "files");
    const followed = await run(id);
    expect(followed).toMatchObject({ status: "success" });
    expect(followed.deleted).toBeGreaterThan(0);
    expect(copied().sort()).toEqual(filesOf(path()));
    const second = await bringBack();
    tool("borg", "check", "--verify-data", second);
    expect(tool("borg", "list", "--short", second).trim().split("\n")).toEqual(["b", "c"]);
    expect(await types()).toEqual(Array(3).fill("sync.completed"));
  });

  test("keeps every other borg from writing while it copies, waits for one that writes, and says who it is", async () => {
    const repository = await repositoryOf("borg");
    const id = await syncOf(repository);
    writeNew();
    tool("borg", "create", `${path()}::a`, "files");
    s3.fault({ of: { method: "PUT", words: `${root()}config` }, answer: "silence", times: 1 });
    const runId = await queue(id);
    await expect
      .poll(() => s3.requests.some((line) => line.includes(`${root()}config`)), { timeout: 30_000 })
      .toBe(true);
    const other = spawnSync("borg", ["--lock-wait", "1", "create", `${path()}::b`, "files"], {
      env: env(),
      cwd: folder,
    });
    expect(other.stderr.toString()).toContain("lock");
    expect(other.status).toBe(2);
    expect(tool("borg", "list", "--short", path()).trim()).toBe("a");
    // A task of this repository has to wait for its turn.
    const { runId: check } = await repositoriesCheck.call(admin, { id: repository });
    expect((await findRun(check))?.status).toBe("queued");
    await runsCancel.call(admin, { id: runId });
    expect(await fixture.over(runId)).toMatchObject({ status: "canceled" });
    expect(await fixture.over(check)).toMatchObject({ status: "success" });
    tool("borg", "create", `${path()}::b`, "files");
    const writer = startProgram("borg", ["with-lock", path(), "sleep", "600"], { env: env() });
    await expect.poll(() => readdirSync(path()).includes("lock.exclusive"), { timeout: 30_000 }).toBe(true);
    const before = copied();
    const refused = await run(id);
    expect(refused).toMatchObject({
      status: "failure",
      error: expect.stringMatching(/^offsite is locked by process \d+/),
    });
    expect(copied()).toEqual(before);
    await writer.stop();
    expect(await run(id)).toMatchObject({ status: "success" });
    expect(await types()).toEqual(["sync.failed", "sync.completed"]);
    tool("borg", "check", await bringBack());
  });

  test("a connection that is cut in the middle leaves a copy of an earlier moment, which the next run makes whole", async () => {
    const id = await syncOf(await repositoryOf("borg"));
    writeNew();
    tool("borg", "create", `${path()}::a`, "files");
    await run(id);
    writeNew();
    tool("borg", "create", `${path()}::b`, "files");
    s3.fault({ of: { method: "PUT", words: `${root()}i` }, answer: { cutAfter: 100 }, times: 100 });
    expect(await run(id)).toMatchObject({ status: "failure" });
    expect(s3.uploads()).toEqual([]);
    const earlier = await bringBack();
    // borg makes the index anew from the segments that came before it.
    expect(tool("borg", "list", "--short", earlier)).toContain("a");
    s3.clearFaults();
    expect(await run(id)).toMatchObject({ status: "success" });
    tool("borg", "check", "--verify-data", await bringBack());
    expect(await types()).toEqual(["sync.completed", "sync.failed", "sync.completed"]);
  });

  test("deletes nothing unless it was asked to, and then says that the copy is not clean", async () => {
    const id = await syncOf(await repositoryOf("borg"), { deleteRemoved: false });
    for (const name of ["a", "b"]) {
      writeNew();
      tool("borg", "create", `${path()}::${name}`, "files");
    }
    await run(id);
    tool("borg", "delete", `${path()}::a`);
    tool("borg", "compact", path());
    expect(await run(id)).toMatchObject({ status: "warning", deleted: 0, error: expect.stringContaining("no more") });
    await syncsUpdate.call(admin, { id, deleteRemoved: true });
    expect(await run(id)).toMatchObject({ status: "success" });
    expect(copied().sort()).toEqual(filesOf(path()));
  });
});

test("a sync of a restic repository makes a copy that restic check accepts", async () => {
  const id = await syncOf(await repositoryOf("restic"));
  writeNew();
  tool("restic", "-r", path(), "backup", "files");
  expect(await run(id)).toMatchObject({ status: "success", error: null });
  tool("restic", "-r", await bringBack(), "check", "--read-data");
  writeNew();
  tool("restic", "-r", path(), "backup", "files");
  tool("restic", "-r", path(), "forget", "--keep-last", "1", "--prune");
  expect(await run(id)).toMatchObject({ status: "success" });
  const back = await bringBack();
  tool("restic", "-r", back, "check", "--read-data");
  expect(JSON.parse(tool("restic", "-r", back, "snapshots", "--json"))).toHaveLength(1);
});

test("a repository that a sync copies is not removed, a server's is refused, and so are both and neither", async () => {
  const repository = await repositoryOf("borg");
  const id = await syncOf(repository);
  await expect(repositoriesDelete.call(admin, { id: repository })).rejects.toThrow("the sync Offsite");
  const update = (from: Record<string, unknown>) => syncsUpdate.call(admin, { id, from });
  await expect(update({ repositoryId: repository, path: folder })).rejects.toMatchObject({
    details: { fields: { "from.path": "Name either a path or a repositoryId." } },
  });
  await expect(update({})).rejects.toMatchObject({ code: "invalid" });
  await expect(update({ repositoryId: "repo_none" })).rejects.toMatchObject({
    details: { fields: { "from.repositoryId": "There is no such repository." } },
  });
  expect(await update({ path: join(folder, "files") })).toMatchObject({ repositoryName: null });
  await repositoriesDelete.call(admin, { id: repository });
});
