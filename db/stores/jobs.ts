import { and, eq, inArray } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import type { Compression } from "@/lib/core/job";
import type { Tables } from "../client";
import { isUniqueViolation } from "../faults";
import { type Steps, step, type Tx, transact } from "../transact";
import { closeAlertsOf } from "./alerts";
import { type AuditInsert, writeAudit } from "./audit";
import { cancelQueuedRuns } from "./cancel-run";
import { bumpRouting } from "./settings";

type JobColumns = Tables["jobs"]["$inferSelect"];

/** Belfry executes it. A check constraint keeps the columns that this needs filled. */
export type ManagedJob = JobColumns & { kind: "managed"; sourceId: string; compression: Compression; keepLast: number };

/** Another program executes it and reports: no source, no destination, no retention by Belfry. */
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
  const references = { ...job, sourceId: job.job.sourceId ?? undefined };
  return transact(locksOf(references), function* (tx) {
    yield* assertReferencesExist(tx, references);
    yield* step(tx.orm.insert(tx.t.jobs).values(job.job));
    yield* writeParts(tx, job.job.id, job.destinationIds, job.notifications);
    yield* bumpRouting(tx);
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "jobs", ids: [job.job.id] });
  }).catch(nameTakenOr);
}

/** The things that a job or a change of it refers to. */
interface References {
  sourceId?: string;
  destinationIds?: string[];
  notifications?: JobNotificationRuleRow[];
}

/** Removing one of these takes the same lock, so that nothing is removed while it comes into use. */
function locksOf({ sourceId, destinationIds = [], notifications = [] }: References): string[] {
  return [
    ...(sourceId === undefined ? [] : [`source:${sourceId}`]),
    ...destinationIds.map((id) => `destination:${id}`),
    ...notifications.map((rule) => `channel:${rule.channelId}`),
  ];
}

function* assertReferencesExist(
  tx: Tx,
  { sourceId, destinationIds = [], notifications = [] }: References,
): Steps<void> {
  const { sources, destinations, channels } = tx.t;
  const wanted = [
    [sources, sourceId === undefined ? [] : [sourceId], "source"],
    [destinations, destinationIds, "destination"],
    [channels, [...new Set(notifications.map((rule) => rule.channelId))], "channel"],
  ] as const;
  for (const [table, ids, noun] of wanted) {
    if (ids.length === 0) continue;
    const found = yield* step(
      tx.orm
        .select({ id: table.id })
        .from(table)
        .where(inArray(table.id, [...ids])),
    );
    if (found.length < ids.length)
      throw new AppError("conflict", `A ${noun} was removed at the same moment. Choose again.`);
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
    const links = destinationIds.map((destinationId, position) => ({ jobId, destinationId, position }));
    if (links.length > 0) yield* step(tx.orm.insert(jobDestinations).values(links));
  }
  if (notifications) {
    yield* step(tx.orm.delete(jobNotifications).where(eq(jobNotifications.jobId, jobId)));
    if (notifications.length > 0) yield* step(tx.orm.insert(jobNotifications).values(notifications));
  }
}

/** What a person may change of a job; its kind never changes. */
export type JobChanges = Partial<Omit<JobColumns, "id" | "kind" | "slug" | "createdAt">>;

/** Changes the columns given. Disabling a job closes its alerts and cancels its queued runs. @returns false when it is gone */
export function updateJob(
  id: string,
  change: { job: JobChanges; destinationIds?: string[]; notifications?: JobNotificationRuleRow[] },
  audit: AuditInsert,
): Promise<boolean> {
  const references = { ...change, sourceId: change.job.sourceId ?? undefined };
  return transact([`job:${id}`, ...locksOf(references)], function* (tx) {
    const { jobs } = tx.t;
    yield* assertReferencesExist(tx, references);
    const [before] = yield* step(tx.orm.select().from(jobs).where(eq(jobs.id, id)));
    if (!before) return false;
    yield* step(tx.orm.update(jobs).set(change.job).where(eq(jobs.id, id)));
    yield* writeParts(tx, id, change.destinationIds, change.notifications);
    if (before.enabled && change.job.enabled === false) {
      yield* closeAlertsOf(tx, "job", id, "subject_disabled");
      yield* cancelQueuedRuns(tx, id, audit.at, "The job was disabled.");
    }
    yield* bumpRouting(tx);
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "jobs", ids: [id] });
    return true;
  }).catch(nameTakenOr);
}

/**
 * Removes a job. Its runs, events and stored backups stay, with its name.
 * @returns `running` when a run of it is running: then nothing is removed
 */
export function deleteJob(id: string, audit: AuditInsert): Promise<"deleted" | "gone" | "running"> {
  return transact([`job:${id}`], function* (tx) {
    const { jobs, runs } = tx.t;
    const running = yield* step(
      tx.orm
        .select({ id: runs.id })
        .from(runs)
        .where(and(eq(runs.jobId, id), eq(runs.status, "running")))
        .limit(1),
    );
    if (running.length > 0) return "running";
    const rows = yield* step(tx.orm.delete(jobs).where(eq(jobs.id, id)).returning({ id: jobs.id }));
    if (rows.length === 0) return "gone";
    yield* writeParts(tx, id, [], []);
    yield* closeAlertsOf(tx, "job", id, "subject_removed");
    yield* cancelQueuedRuns(tx, id, audit.at, "The job was deleted.");
    yield* bumpRouting(tx);
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "jobs", ids: [id] });
    return "deleted";
  });
}

function nameTakenOr(error: unknown): never {
  if (!isUniqueViolation(error)) throw error;
  const sentence = "Another job has this name.";
  throw new AppError("conflict", sentence, { fields: { name: sentence } });
}
