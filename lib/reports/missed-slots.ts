import type { enabledJobs, MissedSlots } from "@/db/queries/report";
import { nextRun, type Schedule, slotsBetween } from "@/lib/core/cron/next-run";
import type { ReportSpan } from "@/lib/core/cron/report-times";

type ScheduledJob = Awaited<ReturnType<typeof enabledJobs>>[number];

interface Facts {
  span: ReportSpan;
  now: number;
  jobs: readonly ScheduledJob[];
  /** Slots that were reported as missed, since the span began. */
  reported: readonly MissedSlots[];
  /** Jobs that ran in the span, or are running. */
  ran: ReadonlySet<string>;
}

/**
 * Slots of the span that no run was made for, by job, the most first: those that were reported, and all those of jobs of
 * which nothing is known: where nothing worked, nothing reported them either.
 */
export function missedSlots({ span, now, jobs, reported, ran }: Facts): { name: string; slots: number }[] {
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const found = new Map<string, { name: string; slots: number }>();
  for (const { jobId, name, data } of reported) {
    const slots = slotsOfReport(data, scheduleOf(byId.get(jobId)), span);
    if (slots > 0) found.set(jobId, { name, slots: slots + (found.get(jobId)?.slots ?? 0) });
  }
  for (const job of jobs) {
    const schedule = scheduleOf(job);
    if (!schedule || ran.has(job.id) || found.has(job.id)) continue;
    // A job that was changed since begins there, and what is still within its grace may yet run.
    const from = Math.max(span.from, job.updatedAt);
    const until = Math.min(span.to, now - job.graceMinutes * 60_000);
    const slots = countSlots(schedule, from, until);
    if (slots > 0) found.set(job.id, { name: job.name, slots });
  }
  return [...found.values()].sort((a, b) => b.slots - a.slots || a.name.localeCompare(b.name));
}

/** How many slots of the span were reported as missed. */
export function countReported(
  reported: readonly MissedSlots[],
  jobs: ReadonlyMap<string, Schedule>,
  span: ReportSpan,
): number {
  return reported.reduce((sum, { jobId, data }) => sum + slotsOfReport(data, jobs.get(jobId) ?? null, span), 0);
}

/** How many slots of a report lie in the span; by the job's schedule where the report reaches beyond it. */
function slotsOfReport(data: Record<string, unknown>, schedule: Schedule | null, span: ReportSpan): number {
  const { missed } = data as { missed?: { count?: unknown; firstDueAt?: unknown; lastDueAt?: unknown } };
  const { count, firstDueAt: first, lastDueAt: last } = missed ?? {};
  if (typeof count !== "number" || typeof first !== "number" || typeof last !== "number") return 0;
  if (first >= span.to || last < span.from) return 0;
  if (first >= span.from && last < span.to) return count;
  const inside = schedule ? countSlots(schedule, Math.max(first, span.from), Math.min(last + 1, span.to)) : 0;
  return Math.min(count, Math.max(1, inside));
}

function scheduleOf(job: ScheduledJob | undefined): Schedule | null {
  return job?.cron ? { cron: job.cron, timezone: job.timezone } : null;
}

/** Slots from a moment on and before another. A schedule that cannot be read has none. */
function countSlots(schedule: Schedule, from: number, until: number): number {
  try {
    const first = nextRun(schedule, from - 1);
    return first === null || first >= until ? 0 : slotsBetween(schedule, first, until - 1).count;
  } catch {
    return 0;
  }
}
