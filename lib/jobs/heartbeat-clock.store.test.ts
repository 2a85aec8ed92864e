import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { databaseHandle } from "@/db/client";
import { findRun } from "@/db/queries/runs";
import { claimRunWithoutEvent, renewHeartbeats } from "@/db/stores/claim-run";
import { correctImpossibleTimes } from "@/db/stores/impossible-times";
import type { RunRow } from "@/db/stores/runs";
import { step, transact } from "@/db/transact";
import { type JobFixture, openJobFixture, runRow } from "./testing/job-fixture";

const HOUR_MS = 3_600_000;

let fixture: JobFixture;
beforeEach(async () => {
  fixture = await openJobFixture();
});
afterEach(async () => {
  vi.useRealTimers();
  await fixture.close();
});

/** On SQLite the database's clock is that of this machine, which all processes have in common. */
const isShared = () => databaseHandle().kind === "postgres";

/** Sets the clock of this process, and not that of the database. */
function setClock(differenceMs: number): void {
  vi.useRealTimers();
  if (differenceMs !== 0) vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + differenceMs });
}

async function runOf(workerId: string): Promise<RunRow> {
  const job = await fixture.job({
    sourceId: await fixture.source(),
    destinationIds: [await fixture.destination("disk")],
  });
  const run = runRow(job, { status: "running", workerId, startedAt: 1_000, heartbeatAt: 1_000, attempts: 1 });
  await transact([], (tx) => step(tx.orm.insert(tx.t.runs).values(run)));
  return run;
}

test.each([
  ["the worker's clock is an hour behind", -HOUR_MS, 0],
  ["the worker's clock is an hour ahead", HOUR_MS, 0],
  ["the clock of the process that looks is an hour behind", 0, -HOUR_MS],
  ["the clock of the process that looks is an hour ahead", 0, HOUR_MS],
])("a run whose worker lives is not failed: %s", async (_, ofWorker, ofOther) => {
  if (!isShared()) return;
  const run = await runOf("worker-2");
  setClock(ofWorker);
  await renewHeartbeats([run.id], "worker-2");
  setClock(ofOther);
  await correctImpossibleTimes(Date.now());
  await fixture.runner().start();
  expect(await findRun(run.id)).toMatchObject({ status: "running", error: null });
});

test("a run whose worker is gone is failed", async () => {
  const run = await runOf("worker-2");
  await fixture.runner().start();
  expect(await findRun(run.id)).toMatchObject({ status: "failure" });
});

test("the first heartbeat goes by the database's clock, too", async () => {
  const job = await fixture.job({
    sourceId: await fixture.source(),
    destinationIds: [await fixture.destination("disk")],
  });
  const runId = await fixture.queue(job);
  setClock(isShared() ? -HOUR_MS : 0);
  expect(await claimRunWithoutEvent({ runId, workerId: "worker-2", now: Date.now() + HOUR_MS, limit: 5 })).toBe(true);
  setClock(0);
  await fixture.runner().start();
  expect(await findRun(runId)).toMatchObject({ status: "running" });
});
