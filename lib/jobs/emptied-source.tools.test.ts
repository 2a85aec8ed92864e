import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listArtifacts } from "@/db/queries/artifacts";
import type { StoredJob } from "@/db/stores/jobs";
import { type JobFixture, openJobFixture } from "./testing/job-fixture";

let fixture: JobFixture;
let root: string;
beforeEach(async () => {
  fixture = await openJobFixture();
  root = join(fixture.folder, "files");
  mkdirSync(root);
});
afterEach(() => fixture.close());

function fill(count: number): void {
  rmSync(root, { recursive: true });
  mkdirSync(root);
  for (let i = 0; i < count; i++) writeFileSync(join(root, `file ${i}`), `content of file ${i}\n`.repeat(300));
}

/** A started job over the directory that keeps two backups. */
async function directoryJob(more: object = {}): Promise<StoredJob> {
  const sourceId = await fixture.source("directory", { path: root });
  const destinationIds = [await fixture.destination("disk")];
  const job = await fixture.job({ sourceId, destinationIds, keepLast: 2, ...more });
  await fixture.runner().start();
  return job;
}

const backUp = async (job: StoredJob) => await fixture.over(await fixture.queue(job));
const stored = () => readdirSync(join(fixture.folder, "disk", "job-1"));

test("fault A1, pain 50: an emptied source is a failure, and its real backup stays however often it runs", async () => {
  const job = await directoryJob();
  fill(200);
  expect(await backUp(job)).toMatchObject({ status: "success", files: 200 });
  const [real] = stored();
  fill(0);
  for (let i = 0; i < 3; i++) {
    expect(await backUp(job)).toMatchObject({
      status: "failure",
      error:
        "The source has no files; its last backups had 200. Nothing was stored, and no earlier backup was removed.",
      advice: expect.stringContaining("mounted"),
    });
  }
  expect(stored()).toEqual([real]);
  expect((await fixture.events()).map(({ type }) => type).filter((type) => type === "backup.failed")).toHaveLength(3);
});

test("fault A1: a source that lost most of its files is a warning, and suspect backups never push out a good one", async () => {
  const job = await directoryJob();
  fill(200);
  await backUp(job);
  await backUp(job);
  const good = stored();
  fill(3);
  for (let i = 0; i < 4; i++) {
    expect(await backUp(job)).toMatchObject({ status: "warning", error: expect.stringContaining("200 → 3 files") });
  }
  expect(stored()).toEqual(expect.arrayContaining(good));
  // As many suspect ones are kept as good ones: the newest.
  expect(stored()).toHaveLength(4);
  const [newest, ...rest] = await listArtifacts({ limit: 10, jobId: job.id });
  expect(newest).toMatchObject({ suspicion: expect.stringContaining("200 → 3 files"), contents: { files: 3 } });
  expect(rest.map(({ suspicion }) => suspicion !== null)).toEqual([true, false, false]);
});

test("fault A1: where it may be empty, an empty source is a success and keeps its own number", async () => {
  const job = await directoryJob({ mayBeEmpty: true });
  fill(2);
  await backUp(job);
  fill(0);
  expect(await backUp(job)).toMatchObject({ status: "success", files: 0 });
});
