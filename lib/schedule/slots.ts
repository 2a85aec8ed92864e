import { jobFacts } from "@/db/queries/job-facts";
import { dueJobs, jobsById, type StartableJob, type StoredJob, unscheduledJobs } from "@/db/queries/jobs";
import { openRunsOf, queuedSlots } from "@/db/queries/runs";
import { executorOf, newRun } from "@/db/stores/new-run";
import { cancelMissedRunChange } from "@/db/stores/settle-run";
import { recordMissedSlotsChange, setFirstSlot, takeSlot } from "@/db/stores/slots";
import { nextRun, type Schedule, slotsBetween } from "@/lib/core/cron/next-run";
import { messageOf } from "@/lib/core/errors";
import type { EventDraft } from "@/lib/core/event";
import { loggerOf } from "@/lib/core/logger";
import { emit } from "@/lib/dispatch/emit";
import { backupMissed } from "@/lib/events/backup-missed";

const log = loggerOf("scheduler");

/** A slot this late is still on time: a restart is no outage. */
const ON_TIME_MS = 60_000;
/** Even with no grace at all a tick may come late. */
const LEAST_GRACE_MS = 5_000;

/** Gives jobs that Belfry starts with a schedule their first slot: new jobs, and those whose schedule was changed. */
export async function scheduleNewJobs(now: number): Promise<void> {
  for (const job of await unscheduledJobs()) {
    const next = nextSlotOf(job, now);
    if (next !== null) await setFirstSlot(job, next);
  }
}

interface DueOptions {
  /** The clock leapt a moment ago: slots that are late by it wait until it is known to stay. */
  holdsLate?: boolean;
  /** Jobs whose next run was dated by a clock that was wrong. */
  corrected?: ReadonlySet<string>;
}

/**
 * Queues a run for each due slot. Slots that passed unnoticed (Belfry was down, the machine slept, the database could
 * not be written) are not run afterwards: one event per job reports them as missed, with their number.
 */
export async function takeDueSlots(now: number, options: DueOptions = {}): Promise<void> {
  for (const job of await dueJobs(now)) {
    if (job.nextRunAt !== null) await takeDueSlot(job, job.nextRunAt, now, options);
  }
}

async function takeDueSlot(
  job: StartableJob,
  dueAt: number,
  now: number,
  { holdsLate = false, corrected }: DueOptions,
): Promise<void> {
  const graceMs = job.graceMinutes * 60_000;
  const lateAfter = Math.max(LEAST_GRACE_MS, Math.min(graceMs, ON_TIME_MS));
  if (now - dueAt > lateAfter && holdsLate) return;
  if (now - dueAt <= lateAfter) {
    const { id: jobId, name } = job;
    const executed = executorOf(job);
    const run = newRun({ kind: "backup", jobId, name, trigger: "schedule", queuedAt: now, dueAt, ...executed });
    await takeSlot({ jobId, dueAt, nextRunAt: nextSlotOf(job, dueAt) }, run);
    return;
  }
  const until = now - lateAfter;
  const { count, last } = countSlots(job, dueAt, until);
  const slots = { count, firstDueAt: dueAt, lastDueAt: last };
  const reason = corrected?.has(job.id) ? "The clock of the machine was wrong then." : "Belfry was not running then.";
  const draft = await missedDraft(job, slots, now, reason);
  await emit(draft, recordMissedSlotsChange({ jobId: job.id, dueAt, nextRunAt: nextSlotOf(job, until) }));
}

/** Cancels queued runs whose grace has ended and reports them as missed, together with the slots that joined them. */
export async function endGrace(now: number): Promise<void> {
  const queued = await queuedSlots();
  if (queued.length === 0) return;
  const jobs = await jobsById(queued.flatMap((run) => run.jobId ?? []));
  for (const run of queued) {
    const job = jobs.get(run.jobId ?? "");
    if (!job || run.dueAt === null) continue;
    if (now < run.dueAt + Math.max(LEAST_GRACE_MS, job.graceMinutes * 60_000)) continue;
    const isOverlap = (await openRunsOf(job.id)).some(({ id, kind }) => id !== run.id && kind !== "integrity_check");
    // One that its client could have taken fails by the monitor of client runs, which knows the client.
    if (run.executor === "client" && !isOverlap) continue;
    const reason = isOverlap
      ? "The run before it was still running."
      : "Other runs were running, and it did not get its turn.";
    const { count, last } = countSlots(job, run.dueAt, Math.min(now, (job.nextRunAt ?? now + 1) - 1));
    const draft = await missedDraft(job, { count, firstDueAt: run.dueAt, lastDueAt: last }, now, reason);
    await emit(draft, cancelMissedRunChange(run.id, now, `${isOverlap ? "Overlap" : "Waited too long"}: ${reason}`));
  }
}

/** Dated at the end of the first slot's grace: the downtime counts from there. */
async function missedDraft(
  job: StoredJob,
  slots: { count: number; firstDueAt: number; lastDueAt: number },
  now: number,
  reason: string,
): Promise<EventDraft> {
  return backupMissed.draft({
    subject: { kind: "job", id: job.id, name: job.name },
    at: Math.min(now, slots.firstDueAt + job.graceMinutes * 60_000),
    data: {
      ...(await jobFacts(job.id, job.name)),
      missed: { ...slots, graceMinutes: job.graceMinutes, reason },
    },
  });
}

function scheduleOf(job: StoredJob): Schedule | null {
  return job.cron === null ? null : { cron: job.cron, timezone: job.timezone };
}

const warned = new Set<string>();

function warnOnce(job: StoredJob, error: string): void {
  const key = `${job.id} ${job.cron} ${job.timezone}`;
  if (warned.has(key)) return;
  warned.add(key);
  log.warn("cannot read the schedule of a job, it will not run by itself", { jobId: job.id, name: job.name, error });
}

/** A stored schedule that cannot be read stops its own job only. */
export function nextSlotOf(job: StoredJob, after: number): number | null {
  const schedule = scheduleOf(job);
  if (!schedule) return null;
  try {
    return nextRun(schedule, after);
  } catch (error) {
    warnOnce(job, messageOf(error));
    return null;
  }
}

function countSlots(job: StoredJob, first: number, until: number): { count: number; last: number } {
  const schedule = scheduleOf(job);
  try {
    return schedule ? slotsBetween(schedule, first, until) : { count: 1, last: first };
  } catch {
    return { count: 1, last: first };
  }
}
