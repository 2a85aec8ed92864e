import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listArtifacts } from "@/db/queries/artifacts";
import { recordArtifacts } from "@/db/stores/artifacts";
import { newArtifact } from "@/db/stores/new-artifact";
import { queueRun } from "@/db/stores/runs";
import type { Actor } from "@/lib/auth/access/actor";
import { setRuntimeValue } from "@/lib/core/runtime";
import { audit, type JobFixture, openJobFixture, runRow } from "@/lib/jobs/testing/job-fixture";
import { artifactsRestore } from "./restore";

const admin: Actor = { kind: "command", id: null, name: "the command", role: "admin", address: null };

let fixture: JobFixture;
beforeEach(async () => {
  fixture = await openJobFixture();
  setRuntimeValue("dataDir", fixture.dataDir);
});
afterEach(() => fixture.close());

async function backedUp() {
  const sourceId = await fixture.source();
  const destinationId = await fixture.destination("disk");
  const job = await fixture.job({ sourceId, destinationIds: [destinationId] });
  const runner = fixture.runner();
  await runner.start();
  await fixture.over(await fixture.queue(job));
  const [artifact] = await listArtifacts({ limit: 1 });
  if (!artifact) throw new Error("There is no backup.");
  return { job, sourceId, destinationId, artifact, runner };
}

test("fault A5: a backup goes only into a server of its own kind, when it is requested and when it runs", async () => {
  const { job, sourceId, destinationId } = await backedUp();
  const facts = { jobId: job.id, jobName: job.name, destinationId, destinationName: "disk", sourceKind: "postgres" };
  const dump = newArtifact({
    ...facts,
    runId: "run_1",
    compression: "none",
    path: "x.dump",
    bytes: 1,
    sha256: "00",
    createdAt: 1,
  });
  await recordArtifacts([dump]);
  const target = { sourceId, database: "shop" };
  await expect(artifactsRestore.call(admin, { id: dump.id, target })).rejects.toMatchObject({
    details: {
      fields: { "target.sourceId": expect.stringContaining("This backup is of the kind PostgreSQL database") },
    },
  });
  // Its source was changed after the request.
  const run = runRow(job, { kind: "restore", params: { artifactId: dump.id, target } });
  expect(await fixture.over(await queueRun(run, audit()))).toMatchObject({
    status: "failure",
    error: expect.stringContaining("This is a backup of the kind PostgreSQL database"),
  });
});

test("fault A6: of two restores to one new place at once the second is refused, until the first has ended", async () => {
  const { artifact, runner } = await backedUp();
  const path = join(fixture.folder, "restored.db");
  const restore = () => artifactsRestore.call(admin, { id: artifact.id, target: { path } });
  await runner.stop();
  const answers = await Promise.allSettled([restore(), restore()]);
  const [begun] = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
  const refused = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason] : []));
  expect(refused).toEqual([
    expect.objectContaining({ code: "conflict", message: expect.stringContaining("has not ended yet") }),
  ]);
  await fixture.runner().start();
  expect(await fixture.over(begun?.runId ?? "")).toMatchObject({ status: "success" });
  expect(existsSync(path)).toBe(true);
  // Now something is there, and it is asked about as always.
  await expect(restore()).rejects.toMatchObject({ message: expect.stringContaining("This would overwrite") });
});
