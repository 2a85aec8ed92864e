import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listArtifacts } from "@/db/queries/artifacts";
import { listRuns, readRunLog } from "@/db/queries/runs";
import { queueRun } from "@/db/stores/runs";
import { setRuntimeValue } from "@/lib/core/runtime";
import { queueDueRestoreTests } from "./restore-tests";
import { audit, type JobFixture, openJobFixture, runRow } from "./testing/job-fixture";

const DAY_MS = 86_400_000;

let fixture: JobFixture;
beforeEach(async () => {
  fixture = await openJobFixture();
});
afterEach(async () => {
  setRuntimeValue("toolsPath", null);
  await fixture.close();
});

async function backedUp(more: object = {}, disks = ["disk"]) {
  const root = join(fixture.folder, "files");
  mkdirSync(root);
  for (let i = 0; i < 5; i++) writeFileSync(join(root, `file ${i}`), `content ${i}\n`.repeat(100));
  const sourceId = await fixture.source("directory", { path: root });
  const destinationIds: string[] = [];
  for (const disk of disks) destinationIds.push(await fixture.destination(disk));
  const job = await fixture.job({ sourceId, destinationIds, ...more });
  await fixture.runner().start();
  expect(await fixture.over(await fixture.queue(job))).toMatchObject({ status: "success" });
  const [artifact] = await listArtifacts({ jobId: job.id, limit: 1 });
  if (!artifact) throw new Error("There is no backup.");
  return { job, artifact, root };
}

const testOf = async (job: { id: string; name: string }, artifactId: string) =>
  await fixture.over(await queueRun(runRow(job, { kind: "restore_test", params: { artifactId } }), audit()));
const artifactOf = async (jobId: string) => (await listArtifacts({ jobId, limit: 1 }))[0];
const typesOf = async () =>
  (await fixture.events()).map(({ type }) => type).filter((type) => type.startsWith("restore"));
const logOf = async (runId: string) => (await readRunLog(runId)).map((piece) => piece.text).join("");

test("a backup is verified when it was restored into a scratch place, which is gone afterwards", async () => {
  const { job, artifact, root } = await backedUp();
  expect(artifact).toMatchObject({ provenAt: null, contents: { files: 5 } });
  const run = await testOf(job, artifact.id);
  expect(run).toMatchObject({ status: "success", error: null });
  expect(await artifactOf(job.id)).toMatchObject({ provenAt: expect.any(Number), proofError: null });
  expect(await logOf(run.id)).toMatch(/scratch place: 5 files\n.*Everything came back: verified/s);
  expect(await typesOf()).toEqual(["restore_test.completed"]);
  expect(readdirSync(join(fixture.dataDir, "work"))).toEqual([]);
  expect(readdirSync(root)).toHaveLength(5);
});

test("a damaged backup fails its test, and the next good one ends that", async () => {
  const { job, artifact } = await backedUp();
  const file = join(fixture.folder, "disk", artifact.path);
  const bytes = readFileSync(file);
  writeFileSync(file, bytes.subarray(0, bytes.byteLength - 100));
  expect(await testOf(job, artifact.id)).toMatchObject({ status: "failure" });
  expect(await artifactOf(job.id)).toMatchObject({
    provenAt: null,
    proofError: expect.stringContaining("not what was stored"),
  });
  writeFileSync(file, bytes);
  expect(await testOf(job, artifact.id)).toMatchObject({ status: "success" });
  expect(await artifactOf(job.id)).toMatchObject({ proofError: null, provenAt: expect.any(Number) });
  expect(await typesOf()).toEqual(["restore_test.failed", "restore_test.completed"]);
});

test("a restore that brings back less than was backed up fails its test, and the numbers are named", async () => {
  const { job, artifact } = await backedUp();
  // A tool that says that all is well, and leaves a file out.
  setRuntimeValue(
    "toolsPath",
    fixture.fakeTool(
      "tar",
      '/usr/bin/tar "$@" || exit; case "$1" in --extract) cd "$(printf "%s\\n" "$@" | sed -n s/^--directory=//p)" && rm -f "file 3";; esac',
    ),
  );
  const run = await testOf(job, artifact.id);
  expect(run).toMatchObject({ status: "warning", error: expect.stringContaining("holds 5 files, and 4 came back") });
  expect(await artifactOf(job.id)).toMatchObject({
    provenAt: null,
    proofError: expect.stringContaining("4 came back"),
  });
  expect(await typesOf()).toEqual(["restore_test.failed"]);
});

test("a test that cannot begin says nothing about the backup", async () => {
  const { job, artifact } = await backedUp();
  rmSync(join(fixture.folder, "disk"), { recursive: true });
  const { status } = await testOf(job, artifact.id);
  expect(status).toBe("failure");
  expect(existsSync(join(fixture.folder, "disk"))).toBe(false);
  expect(await typesOf()).toEqual(["restore_test.failed"]);
});

test("one test follows each run where the job says so, and no other", async () => {
  const { job, artifact } = await backedUp({ restoreTestDays: 0 });
  const tests = async () => (await listRuns({ jobId: job.id, kind: "restore_test", limit: 10 })).reverse();
  await Promise.all([queueDueRestoreTests(Date.now()), queueDueRestoreTests(Date.now())]);
  const [first, ...others] = await tests();
  expect(others).toEqual([]);
  expect(first).toMatchObject({ trigger: "schedule", params: { artifactId: artifact.id } });
  await fixture.over(first?.id ?? "");
  await queueDueRestoreTests(Date.now());
  expect(await tests()).toHaveLength(1);
  await fixture.over(await fixture.queue(job));
  await queueDueRestoreTests(Date.now());
  expect(await tests()).toHaveLength(2);
});

test("every few days, of the newest backup, at another destination each time", async () => {
  const { job } = await backedUp({ restoreTestDays: 7 }, ["disk", "offsite"]);
  const due = async (now: number) => {
    await queueDueRestoreTests(now);
    const [newest] = await listRuns({ jobId: job.id, kind: "restore_test", limit: 1 });
    return newest ? await fixture.over(newest.id) : null;
  };
  const first = await due(Date.now());
  expect(first).toMatchObject({ status: "success" });
  await fixture.over(await fixture.queue(job));
  expect((await due(Date.now() + 6.9 * DAY_MS))?.id).toBe(first?.id);
  const second = await due(Date.now() + 7.1 * DAY_MS);
  expect(second?.id).not.toBe(first?.id);
  const tested = (await listArtifacts({ jobId: job.id, limit: 10 })).filter(({ provenAt }) => provenAt !== null);
  expect(new Set(tested.map(({ destinationName }) => destinationName))).toEqual(new Set(["disk", "offsite"]));
});
