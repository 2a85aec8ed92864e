import { installationPause } from "@/db/queries/installation";
import { jobFacts } from "@/db/queries/job-facts";
import { type RunningReportedRun, runningReportedRuns } from "@/db/queries/signals";
import { giveUpReportedRunChange } from "@/db/stores/signals";
import { nextExpected } from "@/lib/core/cron/expected-report";
import { formatDuration } from "@/lib/core/format-units";
import { describeStarter } from "@/lib/core/run";
import { backupFailed } from "@/lib/events/backup-failed";
import { defineMonitor, type MonitorFinding } from "./define-monitor";
import { listeningSpan } from "./listening-span";

const MINUTE_MS = 60_000;
/** Without a limit of its own a run is given up after a day, as Belfry's own are. */
const DEFAULT_LIMIT_MINUTES = 24 * 60;

/**
 * Runs of external jobs end: one whose end was not reported within its job's time limit fails. A later report of success corrects
 * it. Only time in which reports could arrive counts.
 */
export const unendedReportedRuns = defineMonitor({
  name: "reported run monitor",
  everyMs: 5_000,
  eventType: backupFailed.type,
  appliesTo: ({ hasScheduler }) => hasScheduler,
  async check(_now, context, watch) {
    const span = await listeningSpan(context, watch);
    if (!span || (await installationPause()) !== null) return [];
    const running = await runningReportedRuns();
    const findings: MonitorFinding[] = [];
    for (const one of running) {
      const limitMs = (one.job.timeLimitMinutes ?? DEFAULT_LIMIT_MINUTES) * MINUTE_MS;
      const since = Math.max(one.run.startedAt ?? one.run.queuedAt, span.watchedSince);
      if (span.now - since > limitMs) findings.push(await findingOf(one, span.now, limitMs));
    }
    return findings;
  },
});

async function findingOf({ run, job }: RunningReportedRun, at: number, limitMs: number): Promise<MonitorFinding> {
  const { id, startedAt, attempts } = run;
  const jobId = run.jobId ?? id;
  const facts = await jobFacts(jobId, run.name);
  const error = `Its end was not reported within the time limit of ${formatDuration(limitMs)}.`;
  const advice =
    "The program was killed, its machine was switched off, or it still runs. When it reports a success, the run is corrected.";
  const ended = { id, status: "failure", startedAt, finishedAt: at, bytes: null, files: null, attempts };
  return {
    subject: { kind: "job", id: jobId, name: facts.job?.name ?? run.name },
    problem: { ...facts, startedBy: describeStarter(run), run: ended, error, advice },
    change: giveUpReportedRunChange(run, { at, error, advice, nextRunAt: nextReport(job, at) }),
  };
}

function nextReport(job: RunningReportedRun["job"], at: number): number | null | undefined {
  try {
    return nextExpected(job, at);
  } catch {
    return undefined;
  }
}
