import { installationPause } from "@/db/queries/installation";
import { latestGoodBackups, syncsAfterJobs } from "@/db/queries/syncs";
import { newRun } from "@/db/stores/new-run";
import { queueSyncAfter } from "@/db/stores/syncs";
import { Loop } from "@/lib/core/loop";

const EVERY_MS = 60_000;

/**
 * Queues each sync that runs after a job once the job has made a backup since. What is compared is stored, so a stop in
 * between loses none. A background part with `start` and `stop`.
 */
export class SyncTriggers {
  readonly name = "syncs after jobs";
  private readonly loop: Loop;

  constructor() {
    const options = { name: this.name, intervalMs: EVERY_MS, topics: ["runs" as const], runsAtStart: true };
    this.loop = new Loop(options, () => queueSyncsAfterJobs(Date.now()));
  }

  start(): Promise<void> {
    return this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }
}

/** @param now milliseconds */
export async function queueSyncsAfterJobs(now: number): Promise<void> {
  const syncs = await syncsAfterJobs();
  if (syncs.length === 0 || (await installationPause()) !== null) return;
  const newest = await latestGoodBackups(syncs.flatMap(({ afterJobId }) => afterJobId ?? []));
  for (const sync of syncs) {
    const backup = newest.get(sync.afterJobId ?? "");
    // A restored configuration may know a newer one.
    if (!backup || backup <= (sync.afterRunId ?? "")) continue;
    const run = newRun({ kind: "sync", syncId: sync.id, name: sync.name, trigger: "schedule", queuedAt: now });
    await queueSyncAfter(sync, { before: sync.afterRunId, now: backup }, run);
  }
}
