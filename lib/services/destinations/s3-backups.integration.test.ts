import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { listArtifacts } from "@/db/queries/artifacts";
import { findEndpoint } from "@/db/queries/endpoints";
import { type S3Server, startS3Server } from "@/e2e/support/s3-server";
import type { Actor } from "@/lib/auth/access/actor";
import { setRuntimeValue } from "@/lib/core/runtime";
import { s3 } from "@/lib/jobs/destinations/s3";
import { testIo } from "@/lib/jobs/testing/io";
import { type JobFixture, openJobFixture } from "@/lib/jobs/testing/job-fixture";
import { artifactsRestore } from "@/lib/services/artifacts/restore";
import { destinationsCreate, destinationsGet, destinationsUpdate } from "./verbs";

const admin: Actor = { kind: "command", id: null, name: "the command", role: "admin", address: null };

let server: S3Server;
beforeAll(async () => {
  server = await startS3Server();
});
afterAll(() => server.stop());

let fixture: JobFixture;
let prefix: string;
beforeEach(async () => {
  fixture = await openJobFixture();
  setRuntimeValue("dataDir", fixture.dataDir);
  prefix = `test-${randomBytes(4).toString("hex")}`;
});
afterEach(async () => {
  server.clearFaults();
  await fixture.close();
});

function settings() {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = server;
  return { endpoint, region, bucket, prefix, accessKeyId, secretAccessKey };
}

async function bucket(): Promise<string> {
  return (await destinationsCreate.call(admin, { name: "bucket", kind: "s3", config: settings() })).id;
}

async function jobTo(destinationIds: string[], keepLast = 5) {
  return await fixture.job({ sourceId: await fixture.source(), destinationIds, keepLast });
}

const run = async (job: Awaited<ReturnType<typeof jobTo>>) => fixture.over(await fixture.queue(job));
const stored = () => server.objects().filter((name) => name.startsWith(prefix));

test("a job stores in a bucket, reads back, removes old backups, and restores; the secret is sealed", async () => {
  const id = await bucket();
  const job = await jobTo([id], 1);
  await fixture.runner().start();
  expect(await run(job)).toMatchObject({ status: "success", error: null });
  const [first] = stored();
  expect(await run(job)).toMatchObject({ status: "success" });
  expect(stored()).toHaveLength(1);
  expect(stored()).not.toContain(first);
  const [artifact] = await listArtifacts({ limit: 1 });
  const path = join(fixture.folder, "restored.db");
  const { runId } = await artifactsRestore.call(admin, { id: artifact?.id ?? "", target: { path } });
  expect(await fixture.over(runId)).toMatchObject({ status: "success" });
  expect(readFileSync(path).subarray(0, 15).toString()).toBe("SQLite format 3");
  expect((await findEndpoint("destinations", id))?.config).toMatchObject({ secretAccessKey: { stored: true } });
  expect((await destinationsGet.call(admin, { id })).config).toMatchObject({ secretAccessKey: { stored: true } });
});

test("rule 8: a bucket that refuses fails the run and is reported with advice; beside another destination it is a warning", async () => {
  const id = await bucket();
  const [alone, beside] = [await jobTo([id]), await jobTo([id, await fixture.destination("disk")])];
  await fixture.runner().start();
  server.fault({ of: { method: "PUT", words: prefix }, answer: { status: 403, code: "AccessDenied" }, times: 100 });
  expect(await run(alone)).toMatchObject({
    status: "failure",
    error: expect.stringContaining("may not do this"),
    advice: expect.stringContaining("rights to list"),
  });
  expect(await run(beside)).toMatchObject({
    status: "warning",
    error: expect.stringContaining("bucket did not take the backup"),
  });
  server.clearFaults();
  expect(await run(alone)).toMatchObject({ status: "success" });
  expect((await fixture.events()).filter(({ type }) => type !== "backup.started").map(({ type }) => type)).toEqual([
    "backup.failed",
    "backup.warning",
    "backup.completed",
  ]);
});

test("what a killed run left of an upload is aborted by the next run", async () => {
  const id = await bucket();
  const job = await jobTo([id]);
  const io = testIo();
  const sink = await s3.create(s3.parse({ ...settings(), partSizeMiB: 5 }), `${job.slug}/${job.slug}-killed.db`, io);
  for (let at = 0; at < 8; at++) await sink.write(randomBytes(1024 * 1024));
  await expect.poll(() => server.uploads()).toContain(`${prefix}/${job.slug}/${job.slug}-killed.db`);
  io.abort(new Error("The process was killed."));
  await fixture.runner().start();
  expect(await run(job)).toMatchObject({ status: "success" });
  expect(server.uploads().filter((name) => name.startsWith(prefix))).toEqual([]);
  io.remove();
});

test("another endpoint asks for the secret again, and a bucket that is not there is refused beside its form", async () => {
  const id = await bucket();
  await expect(
    destinationsUpdate.call(admin, { id, config: { endpoint: "https://elsewhere.example" } }),
  ).rejects.toMatchObject({ details: { fields: { "config.secretAccessKey": expect.stringContaining("again") } } });
  await expect(destinationsUpdate.call(admin, { id, config: { bucket: "no-such" } })).rejects.toMatchObject({
    code: "invalid",
    details: { fields: { "config.endpoint": expect.stringContaining("There is no bucket no-such") } },
  });
});
