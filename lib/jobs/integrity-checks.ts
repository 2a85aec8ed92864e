import { jobsStoringAt } from "@/db/queries/artifacts";
import { watchedDestinations } from "@/db/queries/endpoints";
import { installationPause } from "@/db/queries/installation";
import { isKindUnderWay, latestRuns } from "@/db/queries/runs";
import { newRun } from "@/db/stores/new-run";
import { queueRecurringTest } from "@/db/stores/runs";
import { Loop } from "@/lib/core/loop";

const DAY_MS = 86_400_000;
const EVERY_MS = 60_000;

/**
 * Queues an integrity check for each job whose own is due: its backups at destinations that ask for it are read again
 * every few days. A background part with `start` and `stop`.
 */
export class IntegrityChecks {
  readonly name = "integrity checks";
  private readonly loop: Loop;

  constructor() {
    const options = { name: this.name, intervalMs: EVERY_MS, topics: ["runs" as const, "jobs" as const] };
    this.loop = new Loop({ ...options, runsAtStart: true }, () => queueDueIntegrityChecks(Date.now()));
  }

  start(): Promise<void> {
    return this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }
}

/** One at a time: reading everything again must not take the place of backups. @param now milliseconds */
export async function queueDueIntegrityChecks(now: number): Promise<void> {
  const days = new Map((await watchedDestinations()).map(({ id, watch }) => [id, watch.rereadDays]));
  const asking = [...days].flatMap(([id, every]) => (every === null ? [] : [id]));
  if (asking.length === 0 || (await installationPause()) !== null) return;
  if (await isKindUnderWay("integrity_check")) return;
  const jobs = new Map<string, { name: string; days: number }>();
  for (const { jobId, jobName, destinationId } of await jobsStoringAt(asking)) {
    const wanted = Math.min(days.get(destinationId) ?? Number.POSITIVE_INFINITY, jobs.get(jobId)?.days ?? 1e9);
    jobs.set(jobId, { name: jobName, days: wanted });
  }
  const last = await latestRuns([...jobs.keys()], "integrity_check");
  const due = [...jobs]
    .filter(([id, job]) => now - (last.get(id)?.queuedAt ?? Number.NEGATIVE_INFINITY) >= job.days * DAY_MS)
    // Longest ago first.
    .sort(([a], [b]) => (last.get(a)?.queuedAt ?? 0) - (last.get(b)?.queuedAt ?? 0));
  const [next] = due;
  if (!next) return;
  const [jobId, { name }] = next;
  const run = newRun({ kind: "integrity_check", jobId, name, trigger: "schedule", queuedAt: now });
  await queueRecurringTest(run, last.get(jobId)?.id ?? null);
}
