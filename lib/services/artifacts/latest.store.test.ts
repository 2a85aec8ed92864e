import { existsSync } from "node:fs";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { database } from "@/db/client";
import { findRun } from "@/db/queries/runs";
import type { Actor } from "@/lib/auth/access/actor";
import { type JobFixture, openJobFixture } from "@/lib/jobs/testing/job-fixture";
import { artifactsAccept } from "./accept";
import { artifactsDownload } from "./download";
import { artifactsGet } from "./get";
import { artifactsList } from "./list";
import { artifactsRestore } from "./restore";
import { artifactsTestRestore } from "./test-restore";

const admin: Actor = { kind: "api_key", id: "key_admin", name: "an admin", role: "admin", address: null };

let world: JobFixture;
beforeEach(async () => {
  world = await openJobFixture();
});
afterEach(() => world.close());

test("latest: names the newest backup of a job that nobody doubts, by the job's slug or id, wherever one is named", async () => {
  const job = await world.job({ sourceId: await world.source(), destinationIds: [await world.destination("disk")] });
  await world.runner().start();
  for (const _ of [1, 2, 3]) await world.over(await world.queue(job));
  const { items } = await artifactsList.call(admin, { jobId: job.id });
  const [doubted, newest] = items;
  const { orm, t } = database();
  await orm
    .update(t.artifacts)
    .set({ suspicion: "It is small." })
    .where(eq(t.artifacts.id, doubted?.id ?? ""));
  for (const id of [`latest:${job.slug}`, `latest:${job.id}`])
    expect(await artifactsGet.call(admin, { id })).toMatchObject({ id: newest?.id });

  const id = "latest:job-1";
  const { bytes, stream } = await artifactsDownload.call(admin, { id });
  stream.destroy();
  expect(newest?.bytes).toBe(bytes);
  const path = join(world.dataDir, "restores", "app.db");
  const { runId } = await artifactsRestore.call(admin, { id, target: { path } });
  expect(await world.over(runId)).toMatchObject({ status: "success", params: { artifactId: newest?.id } });
  expect(existsSync(path)).toBe(true);
  const begun = await artifactsTestRestore.call(admin, { id });
  expect(await findRun(begun.runId)).toMatchObject({ params: { artifactId: newest?.id } });
  await world.over(begun.runId);
});

test("accepted is the newest backup of a job, suspect or not: of those that nobody doubts, none needs it", async () => {
  const job = await world.job({ sourceId: await world.source(), destinationIds: [await world.destination("disk")] });
  await world.runner().start();
  for (const _ of [1, 2]) await world.over(await world.queue(job));
  const id = `latest:${job.slug}`;
  await expect(artifactsAccept.call(admin, { id })).rejects.toMatchObject({ code: "conflict" });
  const [newest] = (await artifactsList.call(admin, { jobId: job.id })).items;
  const { orm, t } = database();
  await orm
    .update(t.artifacts)
    .set({ suspicion: "It is small." })
    .where(eq(t.artifacts.id, newest?.id ?? ""));
  expect(await artifactsAccept.call(admin, { id })).toMatchObject({ id: newest?.id, acceptedAt: expect.any(String) });
  expect(await artifactsGet.call(admin, { id })).toMatchObject({ id: newest?.id });
  await expect(artifactsAccept.call(admin, { id: "latest:none" })).rejects.toMatchObject({ code: "not_found" });
});

test("a job that does not exist, or has no such backup, has no latest one", async () => {
  await world.job({ sourceId: await world.source(), destinationIds: [await world.destination("disk")] });
  for (const id of ["latest:job-1", "latest:none"])
    await expect(artifactsGet.call(admin, { id })).rejects.toMatchObject({ code: "not_found" });
  await expect(artifactsGet.call(admin, { id: "latest:" })).rejects.toMatchObject({ code: "invalid" });
});
