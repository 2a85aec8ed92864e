import { toIso } from "@/lib/core/clock";
import { nextRun } from "@/lib/core/cron/next-run";

/** Runs in all: a job beyond that is named by its next one alone. */
const MOST = 600;

interface ScheduledJob {
  id: string;
  name: string;
  cron: string | null;
  timezone: string | null;
  nextRunAt: number | null;
}

interface UpcomingRun {
  jobId: string;
  jobName: string;
  at: string;
}

/**
 * The runs of jobs up to a moment, the soonest first. Of many, each job has its next one, then each the one after it, and so on: a job
 * of every minute leaves room for those of the night.
 * @param until milliseconds @returns hasMore: some were left out
 */
export function upcomingRuns(jobs: readonly ScheduledJob[], until: number): { runs: UpcomingRun[]; hasMore: boolean } {
  const slots: { job: ScheduledJob; at: number }[] = [];
  let round = jobs.flatMap((job) =>
    job.nextRunAt !== null && job.nextRunAt <= until ? [{ job, at: job.nextRunAt }] : [],
  );
  let hasMore = false;
  while (round.length > 0) {
    slots.push(...round);
    const following = round.flatMap(({ job, at }) => {
      const next = job.cron === null ? null : nextRun({ cron: job.cron, timezone: job.timezone }, at);
      return next !== null && next <= until ? [{ job, at: next }] : [];
    });
    hasMore = slots.length + following.length > MOST;
    round = following.slice(0, MOST - slots.length);
  }
  slots.sort((a, b) => a.at - b.at);
  return { runs: slots.map(({ job, at }) => ({ jobId: job.id, jobName: job.name, at: toIso(at) })), hasMore };
}
