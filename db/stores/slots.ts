import { and, eq, inArray, isNotNull, isNull } from "drizzle-orm";
import { STARTABLE_KINDS } from "@/lib/core/job";
import { type Steps, step, type Tx, transact } from "../transact";
import type { Change } from "./change";
import type { StoredJob } from "./jobs";
import { insertRun, queuedRunLike, type RunRow } from "./runs";

/** A due slot, as the scheduler read it. */
export interface Slot {
  jobId: string;
  dueAt: number;
  nextRunAt: number | null;
}

/** Compare-and-set: only the scheduler that still sees the slot moves the job on to its next one. */
function* advanceJob(tx: Tx, { jobId, dueAt, nextRunAt }: Slot): Steps<boolean> {
  const { jobs } = tx.t;
  const rows = yield* step(
    tx.orm
      .update(jobs)
      .set({ nextRunAt })
      .where(
        and(
          eq(jobs.id, jobId),
          inArray(jobs.kind, [...STARTABLE_KINDS]),
          eq(jobs.nextRunAt, dueAt),
          eq(jobs.enabled, true),
        ),
      )
      .returning({ id: jobs.id }),
  );
  if (rows.length > 0) tx.notices.push({ topic: "jobs", ids: [jobId] });
  return rows.length > 0;
}

/**
 * Queues a run for a due slot of a job that Belfry starts. Where a run of the job is queued already, the slot joins it.
 * @returns `lost` when another scheduler took the slot
 */
export function takeSlot(slot: Slot, run: RunRow): Promise<"queued" | "joined" | "lost"> {
  return transact([`job-runs:${slot.jobId}`], function* (tx) {
    if (!(yield* advanceJob(tx, slot))) return "lost";
    if ((yield* queuedRunLike(tx, run)) !== null) return "joined";
    yield* insertRun(tx, run);
    return "queued";
  });
}

/** Records slots that passed without a run: the schedule continues after them. */
export function recordMissedSlotsChange(slot: Slot): Change {
  return { apply: (tx) => advanceJob(tx, slot) };
}

/** Puts a next run that cannot be right where the schedule has it. @returns false when it was changed meanwhile */
export function correctNextRun(slot: Slot): Promise<boolean> {
  return transact([], (tx) => advanceJob(tx, slot));
}

/** Writes the first slot of a job that Belfry starts that has none yet, while its schedule is still the one that was read. */
export function setFirstSlot(job: Pick<StoredJob, "id" | "cron" | "timezone">, nextRunAt: number): Promise<void> {
  return transact([], function* (tx) {
    const { jobs } = tx.t;
    yield* step(
      tx.orm
        .update(jobs)
        .set({ nextRunAt })
        .where(
          and(
            eq(jobs.id, job.id),
            inArray(jobs.kind, [...STARTABLE_KINDS]),
            eq(jobs.enabled, true),
            isNull(jobs.nextRunAt),
            job.cron === null ? isNotNull(jobs.cron) : eq(jobs.cron, job.cron),
            job.timezone === null ? isNull(jobs.timezone) : eq(jobs.timezone, job.timezone),
          ),
        ),
    );
    tx.notices.push({ topic: "jobs", ids: [job.id] });
  });
}
