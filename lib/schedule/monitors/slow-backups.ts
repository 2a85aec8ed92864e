import { databaseNow } from "@/db/database-clock";
import { openSubjects } from "@/db/queries/alerts";
import { jobFacts } from "@/db/queries/job-facts";
import { backupsNotReportedSlow, jobsWithSlowRuns, type RunningBackup } from "@/db/queries/job-watch";
import { goodRunTimes } from "@/db/queries/runs";
import { reportSlowChange } from "@/db/stores/slow-runs";
import { nextRun } from "@/lib/core/cron/next-run";
import { backupSlow } from "@/lib/events/backup-slow";
import { defineMonitor, type MonitorFinding } from "./define-monitor";

/** A run that takes less is never slow, milliseconds: what usually takes seconds may take minutes. */
const LEAST_MS = 5 * 60_000;
/** So many times as long as usual is slow. */
const TIMES_USUAL = 3;
/** Fewer good runs do not say what is usual. */
const LEAST_RUNS = 3;

/**
 * No run takes three times as long as usual, or runs past the next slot of its schedule. Each is reported once, for all
 * processes. Its end resolves that; here only what no event reports, such as a run that a person canceled.
 */
export const slowBackups = defineMonitor({
  name: "slow run monitor",
  everyMs: 30_000,
  eventType: backupSlow.type,
  appliesTo: ({ hasScheduler }) => hasScheduler,
  async check(_now, _context, watch) {
    const now = databaseNow();
    watch.since(now);
    const running = await backupsNotReportedSlow();
    const long = running.filter(({ run }) => ranFor(run.startedAt, now, watch.leaptAt) >= LEAST_MS);
    const times = await goodRunTimes(long.map(({ job }) => job.id));
    const slow = long.flatMap((backup) => {
      const found = slowness(backup, times.get(backup.job.id) ?? [], now, watch.leaptAt);
      return found ? [{ ...backup, found }] : [];
    });
    return [...(await endedRuns()), ...(await Promise.all(slow.map((one) => findingOf(one, now))))];
  },
});

/** How long a run has been running, by a clock that nobody set meanwhile. */
function ranFor(startedAt: number | null, now: number, leaptAt: number | null): number {
  if (startedAt === null) return 0;
  // What began in the future was dated by a clock that was wrong.
  const from = startedAt > now ? (leaptAt ?? now) : Math.max(startedAt, leaptAt ?? 0);
  return now - from;
}

type Slowness = NonNullable<Parameters<typeof backupSlow.draft>[0]["data"]["slow"]>;

function slowness({ run, job }: RunningBackup, times: number[], now: number, leaptAt: number | null): Slowness | null {
  const runningMs = ranFor(run.startedAt, now, leaptAt);
  const usualMs = times.length < LEAST_RUNS ? null : (times[Math.floor((times.length - 1) / 2)] ?? null);
  const nextDueAt = nextSlot(job, run.startedAt ?? now);
  const isPast = nextDueAt !== null && nextDueAt <= now && runningMs > (usualMs ?? 0);
  const isLong = usualMs !== null && runningMs > usualMs * TIMES_USUAL;
  return isPast || isLong ? { runningMs, usualMs, nextDueAt: isPast ? nextDueAt : null } : null;
}

/** A stored schedule that cannot be read has no slots. */
function nextSlot({ cron, timezone }: RunningBackup["job"], after: number): number | null {
  try {
    return cron === null ? null : nextRun({ cron, timezone }, after);
  } catch {
    return null;
  }
}

async function findingOf(
  { run, job, found }: RunningBackup & { found: Slowness },
  now: number,
): Promise<MonitorFinding> {
  const { id, status, startedAt, finishedAt, bytes, files, attempts } = run;
  return {
    subject: { kind: "job", id: job.id, name: job.name },
    problem: {
      ...(await jobFacts(job.id, job.name)),
      run: { id, status, startedAt, finishedAt, bytes, files, attempts },
      slow: found,
    },
    change: reportSlowChange(id, now),
  };
}

async function endedRuns(): Promise<MonitorFinding[]> {
  const open = await openSubjects(backupSlow.type);
  if (open.length === 0) return [];
  const going = await jobsWithSlowRuns();
  return open
    .filter(({ subjectId }) => !going.has(subjectId))
    .map(({ subjectId: id, subjectName: name }) => ({ subject: { kind: "job", id, name }, problem: null }));
}
