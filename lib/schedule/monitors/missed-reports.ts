import { installationPause } from "@/db/queries/installation";
import { type SilentJob, silentJobs } from "@/db/queries/signals";
import { recordMissedReportChange } from "@/db/stores/signals";
import { expectedBetween, nextExpected } from "@/lib/core/cron/expected-report";
import { backupMissed } from "@/lib/events/backup-missed";
import { defineMonitor, type MonitorFinding } from "./define-monitor";
import { listeningSpan } from "./listening-span";

const MINUTE_MS = 60_000;
/** Jobs of one look; the next follows within seconds. */
const AT_ONCE = 500;

/**
 * External jobs report when they are expected to. One that did not within its grace has missed that run; the next run that it
 * reports resolves it.
 */
export const missedReports = defineMonitor({
  name: "missed report monitor",
  everyMs: 5_000,
  topics: ["jobs"],
  eventType: backupMissed.type,
  appliesTo: ({ hasScheduler }) => hasScheduler,
  async check(_now, context, watch) {
    const span = await listeningSpan(context, watch);
    // A copy leaves the jobs to its original until a person has decided.
    if (!span || (await installationPause()) !== null) return [];
    const silent = await silentJobs(span.now, AT_ONCE);
    return silent.flatMap((job) => findingOf(job, span) ?? []);
  },
});

function findingOf(
  job: SilentJob,
  { now, watchedSince }: { now: number; watchedSince: number },
): MonitorFinding | null {
  const { id, name, slug, dueAt, graceMinutes } = job;
  try {
    const { count, last } = expectedBetween(job, dueAt, now - graceMinutes * MINUTE_MS);
    const missed = { count, firstDueAt: dueAt, lastDueAt: last, graceMinutes, reason: reasonOf(job, watchedSince) };
    return {
      subject: { kind: "job" as const, id, name },
      problem: { job: { id, name, slug }, missed },
      change: recordMissedReportChange({ jobId: id, dueAt, nextRunAt: nextExpected(job, last) }),
    };
  } catch {
    // A schedule that cannot be read stops its own job only; saving it says so.
    return null;
  }
}

function reasonOf({ dueAt }: SilentJob, watchedSince: number): string {
  if (dueAt >= watchedSince) return "It did not report.";
  return "Belfry was not running then: a report of that time would be lost.";
}
