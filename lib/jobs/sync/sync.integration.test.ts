import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type S3Server, startS3Server } from "@/e2e/support/s3-server";
import { type SshServer, startSshServer } from "@/e2e/support/ssh-server";
import type { Actor } from "@/lib/auth/access/actor";
import { destinationsCreate } from "@/lib/services/destinations/verbs";
import { runsCancel } from "@/lib/services/runs/cancel";
import { syncsCreate } from "@/lib/services/syncs/create";
import { syncsRun } from "@/lib/services/syncs/run";
import { type JobFixture, openJobFixture } from "../testing/job-fixture";

const admin: Actor = { kind: "command", id: null, name: "the command", role: "admin", address: null };

let s3: S3Server;
let ssh: SshServer;
beforeAll(async () => {
  [s3, ssh] = await Promise.all([startS3Server(), startSshServer()]);
});
afterAll(async () => {
  await s3.stop();
  await ssh.stop();
});

let fixture: JobFixture;
let from: string;
let prefix: string;
beforeEach(async () => {
  fixture = await openJobFixture();
  from = join(fixture.folder, "photos");
  prefix = `test-${randomBytes(4).toString("hex")}`;
  mkdirSync(join(from, "2024 ü & more"), { recursive: true });
  writeFileSync(join(from, "a.part"), "first");
  writeFileSync(join(from, "2024 ü & more/b+c%20.jpg"), "second");
  writeFileSync(join(from, "large.bin"), randomBytes(12 * 1024 * 1024));
  await fixture.runner().start();
});
afterEach(async () => {
  s3.clearFaults();
  await fixture.close();
});

const NAMES = ["2024 ü & more/b+c%20.jpg", "a.part", "large.bin"];

async function toBucket(more: Record<string, unknown> = {}): Promise<string> {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3;
  const config = { endpoint, region, bucket, prefix, accessKeyId, secretAccessKey, partSizeMiB: 5 };
  return await syncTo("s3", config, more);
}

async function syncTo(kind: string, config: Record<string, unknown>, more: Record<string, unknown> = {}) {
  const { id: destinationId } = await destinationsCreate.call(admin, { name: kind, kind, config, createFolder: true });
  return (await syncsCreate.call(admin, { name: "Photos", from: { path: from }, destinationId, ...more })).id;
}

const queue = async (id: string) => (await syncsRun.call(admin, { id })).runId;
const run = async (id: string) => fixture.over(await queue(id));
const objects = () => s3.objects().filter((name) => name.startsWith(prefix));
const keys = () => objects().map((name) => name.slice(`${prefix}/syncs/photos/`.length));
const sent = () => s3.requests.filter((line) => line.startsWith("PUT ") && line.includes(prefix)).length;

describe("a sync to S3", () => {
  test("stores every file, odd names and several parts, and sends the second time only what changed", async () => {
    const id = await toBucket();
    expect(await run(id)).toMatchObject({ status: "success", files: 3, error: null });
    expect(keys()).toEqual(NAMES);
    const before = sent();
    expect(await run(id)).toMatchObject({ status: "success", files: 0, bytes: 0 });
    // The write test of the destination alone.
    expect(sent() - before).toBe(1);
    writeFileSync(join(from, "a.part"), "other");
    expect(await run(id)).toMatchObject({ status: "success", files: 1, bytes: 5 });
    expect(keys()).toEqual(NAMES);
    expect((await fixture.events()).map(({ type }) => type)).toEqual(Array(3).fill("sync.completed"));
  });

  test("survives a service that refuses for a while, and says so of one that goes on", async () => {
    const id = await toBucket();
    s3.fault({ of: { method: "PUT", words: "a.part" }, answer: { status: 503, code: "SlowDown" }, times: 2 });
    expect(await run(id)).toMatchObject({ status: "success", files: 3 });
    writeFileSync(join(from, "a.part"), "another");
    s3.fault({ of: { method: "PUT", words: "a.part" }, answer: { status: 403, code: "AccessDenied" }, times: 100 });
    expect(await run(id)).toMatchObject({
      status: "failure",
      error: expect.stringContaining("may not do this"),
      advice: expect.stringContaining("rights"),
    });
    s3.clearFaults();
    expect(await run(id)).toMatchObject({ status: "success", files: 1 });
    s3.fault({ of: { method: "PUT", words: prefix }, answer: { status: 403, code: "RequestTimeTooSkewed" }, times: 9 });
    expect(await run(id)).toMatchObject({ status: "failure", error: expect.stringContaining("clock") });
    expect((await fixture.events()).map(({ type }) => type)).toEqual([
      "sync.completed",
      "sync.failed",
      "sync.completed",
      "sync.failed",
    ]);
  });

  test("a bad file among others is a warning that names it, and the others are stored", async () => {
    const id = await toBucket();
    s3.fault({ of: { method: "PUT", words: "a.part" }, answer: { status: 403, code: "AccessDenied" }, times: 100 });
    expect(await run(id)).toMatchObject({ status: "warning", files: 2, error: expect.stringContaining("a.part") });
    expect(keys()).toEqual(NAMES.filter((name) => name !== "a.part"));
  });

  test("leaves nothing half written when it is canceled in the middle, and goes on afterwards", async () => {
    const id = await toBucket();
    s3.fault({ of: { method: "PUT", words: "partNumber=2" }, answer: "silence", times: 1 });
    const runId = await queue(id);
    const isSecondPart = (line: string) =>
      line.startsWith(`PUT /${s3.bucket}/${prefix}`) && line.includes("partNumber=2");
    await expect.poll(() => s3.requests.some(isSecondPart), { timeout: 20_000 }).toBe(true);
    await runsCancel.call(admin, { id: runId });
    expect(await fixture.over(runId)).toMatchObject({ status: "canceled" });
    expect(keys()).not.toContain("large.bin");
    expect(await run(id)).toMatchObject({ status: "success" });
    expect(keys()).toEqual(NAMES);
    expect(s3.uploads()).toEqual([]);
  });
});

describe("a sync by SFTP", () => {
  test("stores over one connection, replaces what changed, deletes what is gone, and reconnects", async () => {
    const { port, user, privateKey, hostKey, folder } = ssh;
    const id = await syncTo(
      "sftp",
      { host: "127.0.0.1", port, user, privateKey, hostKey, path: folder },
      { deleteRemoved: true },
    );
    const target = join(folder, "syncs/photos");
    expect(await run(id)).toMatchObject({ status: "success", files: 3, error: null });
    expect(readFileSync(join(target, "large.bin")).equals(readFileSync(join(from, "large.bin")))).toBe(true);
    writeFileSync(join(from, "a.part"), "other");
    rmSync(join(from, "2024 ü & more"), { recursive: true });
    expect(await run(id)).toMatchObject({ status: "success", files: 1, deleted: 1 });
    expect(readFileSync(join(target, "a.part"), "utf8")).toBe("other");
    expect(readdirSync(target).sort()).toEqual([".belfry-parts", "a.part", "large.bin"]);
    await ssh.shutDown();
    expect(await run(id)).toMatchObject({
      status: "failure",
      error: expect.stringContaining("refuses the connection"),
    });
    await ssh.startAgain();
    expect(await run(id)).toMatchObject({ status: "success", files: 0 });
  });
});
