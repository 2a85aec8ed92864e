import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { artifactsOfRuns } from "@/db/queries/artifacts";
import { type S3Fault, type S3Server, startS3Server } from "@/e2e/support/s3-server";
import { systemActor } from "@/lib/auth/access/actor";
import { destinationsCreate } from "@/lib/services/destinations/verbs";
import { HeldTimer } from "./testing/held-timer";
import { type JobFixture, openJobFixture } from "./testing/job-fixture";

/* Whole backups into a bucket whose service is slow, silent, or has another time. */

let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3Server();
});
afterAll(() => s3.stop());

let fixture: JobFixture;
let prefix: string;
let job: Awaited<ReturnType<JobFixture["job"]>>;
let clock: HeldTimer;
beforeEach(async () => {
  fixture = await openJobFixture();
  prefix = `slow-${randomBytes(4).toString("hex")}`;
  const root = join(fixture.folder, "tree");
  mkdirSync(root);
  // Two parts: more than a connection takes without anybody reading it.
  writeFileSync(join(root, "file"), randomBytes(8 * 1024 * 1024));
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3;
  const config = { endpoint, region, bucket, prefix, accessKeyId, secretAccessKey, partSizeMiB: 5 };
  const { id } = await destinationsCreate.call(systemActor, { name: "bucket", kind: "s3", config });
  job = await fixture.job({
    sourceId: await fixture.source("directory", { path: root }),
    destinationIds: [id],
    compression: "none",
    timeLimitMinutes: 1,
  });
  clock = new HeldTimer();
  await fixture.runner({ limitTimer: clock.timer, lingerMs: 500 }).start();
});
afterEach(async () => {
  s3.clearFaults();
  await fixture.close();
});

const isOurs = (name: string) => name.startsWith(prefix);

/** Nothing of the failed run is there, and the next one makes a backup and ends the problem. */
async function expectSoundAfterwards(runId: string): Promise<void> {
  s3.clearFaults();
  expect(await artifactsOfRuns([runId])).toEqual([]);
  await expect.poll(() => [...s3.objects(), ...s3.uploads()].filter(isOurs)).toEqual([]);
  expect(await fixture.over(await fixture.queue(job))).toMatchObject({ status: "success", error: null });
  expect(s3.objects().filter(isOurs)).toHaveLength(1);
  const ends = (await fixture.events()).map(({ type }) => type).filter((type) => type !== "backup.started");
  expect(ends).toEqual(["backup.failed", "backup.completed"]);
}

/** The last part is sent once all of the backup was handed over. */
const UPLOAD = { method: "PUT", last: "partNumber=2", waitsFor: /\(completing the file at bucket\)/ };
const READING = { method: "GET", last: "", waitsFor: /\((opening a backup at|reading from) bucket\)/ };

test.each<[string, typeof UPLOAD, S3Fault["answer"]]>([
  ["takes the parts of the backup byte by byte", UPLOAD, "drip"],
  ["takes the parts of the backup and never answers", UPLOAD, "silence"],
  ["answers byte by byte when the backup is read back", READING, "drip"],
])("a service that %s holds a run until its time limit, which says what it waited for", async (_, stage, answer) => {
  const { method, last, waitsFor } = stage;
  const words = `/${s3.bucket}/${prefix}/job-`;
  s3.fault({ of: { method, words }, answer, times: 100 });
  const runId = await fixture.queue(job);
  const reached = () =>
    s3.requests.some((one) => one.startsWith(`${method} `) && one.includes(words) && one.includes(last));
  await expect.poll(reached, { timeout: 40_000 }).toBe(true);
  clock.pass(60_000);
  const run = await fixture.over(runId);
  expect(run).toMatchObject({ status: "failure", error: expect.stringContaining("its time limit of 1 min") });
  expect(run.error).toMatch(waitsFor);
  await expectSoundAfterwards(runId);
});

test("a clock that the service does not accept fails the run with the sentence that names it", async () => {
  const of = { method: "PUT", words: prefix };
  s3.fault({ of, answer: { status: 403, code: "RequestTimeTooSkewed" }, times: 100 });
  const run = await fixture.over(await fixture.queue(job));
  expect(run).toMatchObject({ status: "failure", error: expect.stringContaining("The clock of this machine") });
  await expectSoundAfterwards(run.id);
});
