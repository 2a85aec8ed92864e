import { databaseNow } from "@/db/database-clock";
import { openSubjects } from "@/db/queries/alerts";
import { installationPause } from "@/db/queries/installation";
import { jobsWithoutBackup, type WaitingJob } from "@/db/queries/job-watch";
import { LEAST_OVERDUE_HOURS, overdueHoursOf } from "@/lib/core/cron/overdue-hours";
import { backupOverdue } from "@/lib/events/backup-overdue";
import { defineMonitor, type MonitorFinding } from "./define-monitor";

const HOUR_MS = 3_600_000;
/** After a start, or a leap of the clock, slots that were missed are reported first. */
const SETTLING_MS = 2 * 60_000;

/** Every enabled job makes a backup within its hours. The next run that made one resolves it. */
export const overdueJobs = defineMonitor({
  name: "overdue job monitor",
  everyMs: 60_000,
  eventType: backupOverdue.type,
  findsAll: true,
  appliesTo: ({ hasScheduler }) => hasScheduler,
  async check(_now, _context, watch) {
    const now = databaseNow();
    const isSettling = now - watch.since(now) < SETTLING_MS;
    // A copy leaves the backups to its original until a person has decided.
    if (isSettling || (await installationPause()) !== null) return null;
    const open = await openSubjects(backupOverdue.type);
    const isOpen = new Set(open.map(({ subjectId }) => subjectId));
    const waiting = await jobsWithoutBackup(now, LEAST_OVERDUE_HOURS);
    const overdue = waiting.flatMap((job) => overdueFinding(job, now) ?? []);
    const still = new Set(overdue.map(({ subject }) => subject.id));
    const missed = new Set(waiting.flatMap(({ id, isMissed }) => (isMissed ? [id] : [])));
    return [
      ...overdue.filter(({ subject }) => isOpen.has(subject.id) || !missed.has(subject.id)),
      ...open
        .filter(({ subjectId }) => !still.has(subjectId))
        .map(({ subjectId: id, subjectName: name }) => ({
          subject: { kind: "job" as const, id, name },
          problem: null,
        })),
    ];
  },
});

function overdueFinding(job: WaitingJob, now: number): MonitorFinding | null {
  const { id, name, slug, since, lastBackupAt } = job;
  const hours = overdueHoursOf(job, now);
  if (hours === null || now - since <= hours * HOUR_MS) return null;
  return {
    subject: { kind: "job", id, name },
    problem: { job: { id, name, slug }, overdue: { hours, since, lastBackupAt } },
  };
}
