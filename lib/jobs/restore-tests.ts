import { destinationTestedLongestAgo, newestGoodBackups } from "@/db/queries/artifacts";
import { installationPause } from "@/db/queries/installation";
import { jobsWithRestoreTests } from "@/db/queries/jobs";
import { latestRuns } from "@/db/queries/runs";
import { newRun } from "@/db/stores/new-run";
import { queueRecurringTest } from "@/db/stores/runs";
import { Loop } from "@/lib/core/loop";

const DAY_MS = 86_400_000;
const EVERY_MS = 60_000;

/**
 * Queues a restore test for each job whose own is due: of its newest backup that nobody doubts, after each run or
 * every few days. A background part with `start` and `stop`.
 */
export class RestoreTests {
  readonly name = "restore tests";
  private readonly loop: Loop;

  constructor() {
    const options = { name: this.name, intervalMs: EVERY_MS, topics: ["runs" as const], runsAtStart: true };
    this.loop = new Loop(options, () => queueDueRestoreTests(Date.now()));
  }

  start(): Promise<void> {
    return this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }
}

/** @param now milliseconds */
export async function queueDueRestoreTests(now: number): Promise<void> {
  const jobs = await jobsWithRestoreTests();
  if (jobs.length === 0 || (await installationPause()) !== null) return;
  const ids = jobs.map(({ id }) => id);
  const [lastTests, { plausible }] = await Promise.all([latestRuns(ids, "restore_test"), newestGoodBackups(ids)]);
  for (const { id: jobId, name, restoreTestDays } of jobs) {
    const last = lastTests.get(jobId);
    if (restoreTestDays === null || (last && now - last.queuedAt < restoreTestDays * DAY_MS)) continue;
    const newest = plausible.get(jobId);
    // What was tested need not be tested again: the next backup will be.
    if (!newest || last?.params.backupRunId === newest.runId) continue;
    const artifactId = await destinationTestedLongestAgo(jobId, newest.runId);
    const params = { artifactId: artifactId ?? newest.id, backupRunId: newest.runId };
    const run = newRun({ kind: "restore_test", jobId, name, trigger: "schedule", queuedAt: now, params });
    await queueRecurringTest(run, last?.id ?? null);
  }
}
