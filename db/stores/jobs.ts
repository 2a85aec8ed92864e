import { and, eq, inArray, isNotNull, isNull } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import type { Compression } from "@/lib/core/job";
import type { Tables } from "../client";
import { isUniqueViolation } from "../faults";
import { type Steps, step, type Tx, transact } from "../transact";
import { closeAlertsOf } from "./alerts";
import { type AuditInsert, writeAudit } from "./audit";
import type { Change } from "./change";
import { cancelWaitingRuns, insertRun, type RunRow } from "./runs";
import { bumpRouting } from "./settings";

type JobColumns = Tables["jobs"]["$inferSelect"];

/** Belfry runs it. A check constraint keeps what it needs filled. */
export type ManagedJob = JobColumns & { kind: "managed"; sourceId: string; compression: Compression; keepLast: number };

/** Another program runs it and reports: no source, no destination, no retention of ours. */
export type ExternalJob = JobColumns & { kind: "external"; sourceId: null; compression: null; keepLast: null };

export type StoredJob = ManagedJob | ExternalJob;
export type JobNotificationRuleRow = Tables["jobNotifications"]["$inferSelect"];

/** A job with what belongs to it. */
export interface JobWithParts<J extends StoredJob = StoredJob> {
  job: J;
  destinationIds: string[];
  notifications: JobNotificationRuleRow[];
}

/** @throws AppError `conflict` when the name is taken */
export function createJob(job: JobWithParts, audit: AuditInsert): Promise<void> {
  const named = { ...job, sourceId: job.job.sourceId ?? undefined };
  return transact(locksOf(named), function* (tx) {
    yield* assertReferencesExist(tx, named);
    yield* step(tx.orm.insert(tx.t.jobs).values(job.job));
    yield* writeParts(tx, job.job.id, job.destinationIds, job.notifications);
    yield* bumpRouting(tx);
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "jobs", ids: [job.job.id] });
  }).catch(nameTakenOr);
}

/** What a job names, as far as it is named. */
interface Named {
  sourceId?: string;
  destinationIds?: string[];
  notifications?: JobNotificationRuleRow[];
}

/** Whoever removes one of these holds the same lock: nothing is removed in the moment in which it comes into use. */
function locksOf({ sourceId, destinationIds = [], notifications = [] }: Named): string[] {
  return [
    ...(sourceId === undefined ? [] : [`source:${sourceId}`]),
    ...destinationIds.map((id) => `destination:${id}`),
    ...notifications.map((row) => `channel:${row.channelId}`),
  ];
}

function* assertReferencesExist(tx: Tx, { sourceId, destinationIds = [], notifications = [] }: Named): Steps<void> {
  const { sources, destinations, channels } = tx.t;
  const wanted = [
    [sources, sourceId === undefined ? [] : [sourceId], "source"],
    [destinations, destinationIds, "destination"],
    [channels, [...new Set(notifications.map((row) => row.channelId))], "channel"],
  ] as const;
  for (const [table, ids, word] of wanted) {
    if (ids.length === 0) continue;
    const found = yield* step(
      tx.orm
        .select({ id: table.id })
        .from(table)
        .where(inArray(table.id, [...ids])),
    );
    if (found.length < ids.length)
      throw new AppError("conflict", `A ${word} was removed in this very moment. Choose again.`);
  }
}

function* writeParts(
  tx: Tx,
  jobId: string,
  destinationIds?: string[],
  notifications?: JobNotificationRuleRow[],
): Steps<void> {
  const { jobDestinations, jobNotifications } = tx.t;
  if (destinationIds) {
    yield* step(tx.orm.delete(jobDestinations).where(eq(jobDestinations.jobId, jobId)));
    const rows = destinationIds.map((destinationId, position) => ({ jobId, destinationId, position }));
    if (rows.length > 0) yield* step(tx.orm.insert(jobDestinations).values(rows));
  }
  if (notifications) {
    yield* step(tx.orm.delete(jobNotifications).where(eq(jobNotifications.jobId, jobId)));
    if (notifications.length > 0) yield* step(tx.orm.insert(jobNotifications).values(notifications));
  }
}

/** What a person may change of a job; its kind never changes. */
export type JobChanges = Partial<Omit<JobColumns, "id" | "kind" | "slug" | "createdAt">>;

/** Changes what is named. Switching a job off closes its alerts and cancels what waits. @returns false when it is gone */
export function updateJob(
  id: string,
  change: { job: JobChanges; destinationIds?: string[]; notifications?: JobNotificationRuleRow[] },
  audit: AuditInsert,
): Promise<boolean> {
  const named = { ...change, sourceId: change.job.sourceId ?? undefined };
  return transact([`job:${id}`, ...locksOf(named)], function* (tx) {
    const { jobs } = tx.t;
    yield* assertReferencesExist(tx, named);
    const [before] = yield* step(tx.orm.select().from(jobs).where(eq(jobs.id, id)));
    if (!before) return false;
    yield* step(tx.orm.update(jobs).set(change.job).where(eq(jobs.id, id)));
    yield* writeParts(tx, id, change.destinationIds, change.notifications);
    if (before.enabled && change.job.enabled === false) {
      yield* closeAlertsOf(tx, "job", id, "subject_disabled");
      yield* cancelWaitingRuns(tx, id, audit.at, "The job was disabled.");
    }
    yield* bumpRouting(tx);
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "jobs", ids: [id] });
    return true;
  }).catch(nameTakenOr);
}

/**
 * Removes a job. Its runs, events and stored backups stay, with its name.
 * @returns `going` when a run of it goes: then nothing is removed
 */
export function deleteJob(id: string, audit: AuditInsert): Promise<"deleted" | "gone" | "going"> {
  return transact([`job:${id}`], function* (tx) {
    const { jobs, runs } = tx.t;
    const going = yield* step(
      tx.orm
        .select({ id: runs.id })
        .from(runs)
        .where(and(eq(runs.jobId, id), eq(runs.status, "running")))
        .limit(1),
    );
    if (going.length > 0) return "going";
    const rows = yield* step(tx.orm.delete(jobs).where(eq(jobs.id, id)).returning({ id: jobs.id }));
    if (rows.length === 0) return "gone";
    yield* writeParts(tx, id, [], []);
    yield* closeAlertsOf(tx, "job", id, "subject_removed");
    yield* cancelWaitingRuns(tx, id, audit.at, "The job was deleted.");
    yield* bumpRouting(tx);
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "jobs", ids: [id] });
    return "deleted";
  });
}

/** A due slot, as the scheduler saw it. */
export interface Slot {
  jobId: string;
  dueAt: number;
  nextRunAt: number | null;
}

function* moveOn(tx: Tx, { jobId, dueAt, nextRunAt }: Slot): Steps<boolean> {
  const { jobs } = tx.t;
  const rows = yield* step(
    tx.orm
      .update(jobs)
      .set({ nextRunAt })
      .where(and(eq(jobs.id, jobId), eq(jobs.nextRunAt, dueAt), eq(jobs.enabled, true)))
      .returning({ id: jobs.id }),
  );
  if (rows.length > 0) tx.notices.push({ topic: "jobs", ids: [jobId] });
  return rows.length > 0;
}

/**
 * A due slot becomes a waiting run. Where one of the job waits already the slot joins it.
 * @returns `lost` when another scheduler took the slot
 */
export function takeSlot(slot: Slot, run: RunRow): Promise<"queued" | "joined" | "lost"> {
  return transact([`job-runs:${slot.jobId}`], function* (tx) {
    if (!(yield* moveOn(tx, slot))) return "lost";
    const { runs } = tx.t;
    const waiting = yield* step(
      tx.orm
        .select({ id: runs.id })
        .from(runs)
        .where(
          and(eq(runs.jobId, slot.jobId), eq(runs.status, "queued"), eq(runs.kind, "backup"), isNull(runs.startedAt)),
        )
        .limit(1),
    );
    if (waiting.length > 0) return "joined";
    yield* insertRun(tx, run);
    return "queued";
  });
}

/** Slots that passed without a run: the schedule goes on after them. */
export function recordMissedSlotsChange(slot: Slot): Change {
  return { apply: (tx) => moveOn(tx, slot) };
}

/** Writes the next time of a job that has none yet, while its schedule is still the one it was computed from. */
export function setFirstRun(job: Pick<StoredJob, "id" | "cron" | "timezone">, nextRunAt: number): Promise<void> {
  return transact([], function* (tx) {
    const { jobs } = tx.t;
    yield* step(
      tx.orm
        .update(jobs)
        .set({ nextRunAt })
        .where(
          and(
            eq(jobs.id, job.id),
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

function nameTakenOr(error: unknown): never {
  if (!isUniqueViolation(error)) throw error;
  const sentence = "Another job has this name.";
  throw new AppError("conflict", sentence, { fields: { name: sentence } });
}
