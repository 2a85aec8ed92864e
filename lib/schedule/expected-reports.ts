import { externalJobsExpectedAfter } from "@/db/queries/signals";
import { recordMissedReportChange } from "@/db/stores/signals";
import { transact } from "@/db/transact";
import { nextExpected } from "@/lib/core/cron/expected-report";
import { loggerOf } from "@/lib/core/logger";

const log = loggerOf("scheduler");

/**
 * Sets right when external jobs are expected to report, where a clock that was ahead had dated that: they would be silent until
 * then, and nobody would hear of it.
 * @param now milliseconds @returns how many
 */
export async function correctExpectedReports(now: number): Promise<number> {
  let count = 0;
  for (const job of await externalJobsExpectedAfter(now)) {
    const next = soonestOf(job, now);
    if (next === null || job.dueAt <= next.latest) continue;
    const change = recordMissedReportChange({ jobId: job.id, dueAt: job.dueAt, nextRunAt: next.at });
    if (await transact([], (tx) => change.apply(tx, ""))) count++;
  }
  if (count > 0) log.warn("corrected when external jobs are expected, which was later than possible", { jobs: count });
  return count;
}

/** When a job is expected next from now on; one that has just reported early may be expected a slot later. */
function soonestOf(job: Parameters<typeof nextExpected>[0], now: number): { at: number; latest: number } | null {
  try {
    const at = nextExpected(job, now);
    const following = at === null || job.periodMinutes !== null ? at : nextExpected(job, at);
    return at === null ? null : { at, latest: following ?? at };
  } catch {
    // A schedule that cannot be read stops its own job only; saving it says so.
    return null;
  }
}
