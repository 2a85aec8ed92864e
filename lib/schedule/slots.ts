import { jobFacts } from "@/db/queries/job-facts";
import { dueJobs, jobsById, type StoredJob, unscheduledJobs } from "@/db/queries/jobs";
import { openRunsOf, type RunRow, waitingSlots } from "@/db/queries/runs";
import { recordMissedSlotsChange, setFirstRun, takeSlot } from "@/db/stores/jobs";
import { newRun } from "@/db/stores/new-run";
import { skipOverlappedRunChange } from "@/db/stores/runs";
import { messageOf } from "@/lib/core/errors";
import type { EventDraft } from "@/lib/core/event";
import { loggerOf } from "@/lib/core/logger";
import { emit } from "@/lib/dispatch/emit";
import { nextRun, type Schedule, slotsBetween } from "./next-run";

const log = loggerOf("scheduler");

/** A slot this late is still on time: a restart is no outage. */
const ON_TIME_MS = 60_000;
/** Even with no grace at all a tick may come late. */
const LEAST_GRACE_MS = 5_000;

/** Jobs with a schedule and no next time: new ones, and those whose schedule was changed. */
export async function scheduleNewJobs(now: number): Promise<void> {
  for (const job of await unscheduledJobs()) {
    const next = nextOf(job, now);
    if (next !== null) await setFirstRun(job, next);
  }
}

/**
 * Due slots become waiting runs. Slots that passed while nobody looked (Belfry was down, the machine slept, the
 * database could not be written) are not run afterwards: they are told as missed, once per job, with their number.
 */
export async function takeDueSlots(now: number): Promise<void> {
  for (const job of await dueJobs(now)) {
    if (job.nextRunAt !== null) await takeJob(job, job.nextRunAt, now);
  }
}

async function takeJob(job: StoredJob, dueAt: number, now: number): Promise<void> {
  const graceMs = job.graceMinutes * 60_000;
  const lateAfter = Math.max(LEAST_GRACE_MS, Math.min(graceMs, ON_TIME_MS));
  if (now - dueAt <= lateAfter) {
    await takeSlot({ jobId: job.id, dueAt, nextRunAt: nextOf(job, dueAt) }, runOf(job, dueAt, now));
    return;
  }
  const until = now - lateAfter;
  const { count, last } = countSlots(job, dueAt, until);
  const draft = await missedDraft(
    job,
    { count, firstDueAt: dueAt, lastDueAt: last },
    now,
    "Belfry was not running then.",
  );
  await emit(draft, recordMissedSlotsChange({ jobId: job.id, dueAt, nextRunAt: nextOf(job, until) }));
}

/**
 * Waiting runs whose grace has ended are canceled and told as missed, together with the slots that joined them.
 */
export async function endGrace(now: number): Promise<void> {
  const waiting = await waitingSlots();
  if (waiting.length === 0) return;
  const jobs = await jobsById(waiting.flatMap((run) => run.jobId ?? []));
  for (const run of waiting) {
    const job = jobs.get(run.jobId ?? "");
    if (!job || run.dueAt === null) continue;
    if (now < run.dueAt + Math.max(LEAST_GRACE_MS, job.graceMinutes * 60_000)) continue;
    const isOverlap = (await openRunsOf(job.id)).some((other) => other.id !== run.id);
    const reason = isOverlap
      ? "The run before it was still going."
      : "Other runs were going, and it did not get its turn.";
    const { count, last } = countSlots(job, run.dueAt, Math.min(now, (job.nextRunAt ?? now + 1) - 1));
    const draft = await missedDraft(job, { count, firstDueAt: run.dueAt, lastDueAt: last }, now, reason);
    await emit(draft, skipOverlappedRunChange(run.id, now, `${isOverlap ? "Overlap" : "Waited too long"}: ${reason}`));
  }
}

function runOf(job: StoredJob, dueAt: number, now: number): RunRow {
  return newRun({ kind: "backup", jobId: job.id, name: job.name, trigger: "schedule", queuedAt: now, dueAt });
}

/** Dated at the first slot's due time and grace: the downtime counts from there. */
async function missedDraft(
  job: StoredJob,
  slots: { count: number; firstDueAt: number; lastDueAt: number },
  now: number,
  reason: string,
): Promise<EventDraft> {
  return {
    type: "backup.missed",
    subject: { kind: "job", id: job.id, name: job.name },
    at: Math.min(now, slots.firstDueAt + job.graceMinutes * 60_000),
    data: {
      ...(await jobFacts(job.id, job.name)),
      missed: { ...slots, graceMinutes: job.graceMinutes, reason },
    },
  };
}

function scheduleOf(job: StoredJob): Schedule | null {
  return job.cron === null ? null : { cron: job.cron, timezone: job.timezone };
}

const warned = new Set<string>();

function warnOnce(job: StoredJob, error: string): void {
  const key = `${job.id} ${job.cron} ${job.timezone}`;
  if (warned.has(key)) return;
  warned.add(key);
  log.warn("a job's schedule cannot be read, so it does not run by itself", { jobId: job.id, name: job.name, error });
}

/** A stored schedule that cannot be read stops its own job only. */
function nextOf(job: StoredJob, after: number): number | null {
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
