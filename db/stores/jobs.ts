import { and, eq, isNull, ne } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import type { Compression, Keywords, ReportMethods } from "@/lib/core/job";
import type { Labels } from "@/lib/core/label";
import type { Tables } from "../client";
import { isUniqueViolation } from "../faults";
import { type Steps, step, type Tx, transact } from "../transact";
import { closeAlertsOf } from "./alerts";
import { type AuditInsert, writeAudit } from "./audit";
import { cancelOpenRuns } from "./cancel-run";
import type { JobReceiverRow } from "./job-receivers";
import { writeLabels } from "./labels";
import { DEFAULT_PROFILE_LOCK, readDefaultProfile } from "./profiles";
import { assertStillThere } from "./references";
import { bumpRouting } from "./settings";

type JobColumns = Tables["jobs"]["$inferSelect"];

/** Belfry executes it. A check constraint keeps the columns that this needs filled. */
export type ManagedJob = JobColumns & { kind: "managed"; sourceId: string; compression: Compression; keepLast: number };

/** What it backs up is known only where it is executed: no source, no destination, no retention by Belfry. */
type JobElsewhere = JobColumns & { sourceId: null; compression: null; keepLast: null };

/** A client executes it when Belfry asks for it. */
export type ClientJob = JobElsewhere & { kind: "client"; clientId: string; clientJob: string };

/** Another program executes it and reports. */
export type ExternalJob = JobElsewhere & { kind: "external"; methods: ReportMethods; keywords: Keywords };

/** Belfry starts it: it has slots, and can be asked for. */
export type StartableJob = ManagedJob | ClientJob;

export type StoredJob = StartableJob | ExternalJob;
export type JobNotificationRuleRow = Tables["jobNotifications"]["$inferSelect"];

/** A job with what belongs to it. */
export interface JobWithParts<J extends StoredJob = StoredJob> {
  job: J;
  destinationIds: string[];
  notifications: JobNotificationRuleRow[];
}

export interface NewJob extends JobWithParts {
  labels?: Labels;
  /** Follows the profile of new jobs, where there is one. */
  followsDefault?: boolean;
  /** The secrets by which its runs are reported. */
  receiver?: JobReceiverRow;
}

/** @throws AppError `conflict` when the name is taken, or what it refers to was removed meanwhile @returns the profile that it follows */
export function createJob(job: NewJob, audit: AuditInsert): Promise<string | null> {
  return transact(locksOfNew(job), function* (tx) {
    const profileId = yield* insertJob(tx, job, audit);
    yield* bumpRouting(tx);
    return profileId;
  }).catch(nameTakenOr);
}

/** Creates all of them or none. @throws AppError `conflict` as `createJob` */
export function createJobs(all: readonly { job: NewJob; audit: AuditInsert }[]): Promise<void> {
  const locks = [...new Set(all.flatMap(({ job }) => locksOfNew(job)))];
  return transact(locks, function* (tx) {
    for (const { job, audit } of all) yield* insertJob(tx, job, audit);
    yield* bumpRouting(tx);
  }).catch(nameTakenOr);
}

function referencesOf(job: NewJob): References {
  const { sourceId, clientId, repositoryId, profileId } = job.job;
  return { ...job, sourceId, clientId, repositoryId, profileId };
}

/** The locks under which a new job is inserted. */
export function locksOfNew(job: NewJob): string[] {
  return [...(job.followsDefault ? [DEFAULT_PROFILE_LOCK] : []), ...locksOf(referencesOf(job))];
}

/** Inserts a job with its parts, under `locksOfNew`. @returns the profile that it follows */
export function* insertJob(tx: Tx, job: NewJob, audit: AuditInsert): Steps<string | null> {
  yield* assertReferencesExist(tx, referencesOf(job));
  const profileId = job.followsDefault ? yield* readDefaultProfile(tx) : job.job.profileId;
  yield* step(tx.orm.insert(tx.t.jobs).values({ ...job.job, profileId }));
  yield* writeParts(tx, job.job.id, job.destinationIds, job.notifications);
  if (job.labels) yield* writeLabels(tx, "job", job.job.id, job.labels);
  if (job.receiver) yield* step(tx.orm.insert(tx.t.jobReceivers).values(job.receiver));
  yield* writeAudit(tx, audit);
  tx.notices.push({ topic: "jobs", ids: [job.job.id] });
  return profileId ?? null;
}

/** The things that a job or a change of it refers to. */
interface References {
  sourceId?: string | null;
  clientId?: string | null;
  profileId?: string | null;
  repositoryId?: string | null;
  destinationIds?: string[];
  notifications?: JobNotificationRuleRow[];
}

/** Removing one of these takes the same lock, so that nothing is removed while it comes into use. */
function locksOf({
  sourceId,
  clientId,
  profileId,
  repositoryId,
  destinationIds = [],
  notifications = [],
}: References): string[] {
  return [
    ...(sourceId ? [`source:${sourceId}`] : []),
    ...(clientId ? [`client:${clientId}`] : []),
    ...(profileId ? [`profile:${profileId}`] : []),
    ...(repositoryId ? [`repository:${repositoryId}`] : []),
    ...destinationIds.map((id) => `destination:${id}`),
    ...notifications.map((rule) => `channel:${rule.channelId}`),
  ];
}

function* assertReferencesExist(
  tx: Tx,
  { sourceId, clientId, profileId, repositoryId, destinationIds = [], notifications = [] }: References,
): Steps<void> {
  yield* assertStillThere(tx, "sources", sourceId ? [sourceId] : []);
  yield* assertStillThere(tx, "clients", clientId ? [clientId] : []);
  yield* assertStillThere(tx, "profiles", profileId ? [profileId] : []);
  yield* assertStillThere(tx, "repositories", repositoryId ? [repositoryId] : []);
  yield* assertStillThere(tx, "destinations", destinationIds);
  yield* assertStillThere(
    tx,
    "channels",
    notifications.map((rule) => rule.channelId),
  );
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

/** What changes of a job; its destinations, rules and labels as a whole each. */
export interface JobChange {
  job: JobChanges;
  destinationIds?: string[];
  notifications?: JobNotificationRuleRow[];
  labels?: Labels;
}

/** Changes what is given. Disabling a job closes its alerts and cancels its queued runs. @returns false when it is gone */
export function updateJob(id: string, change: JobChange, audit: AuditInsert): Promise<boolean> {
  const { sourceId, clientId, repositoryId, profileId } = change.job;
  const references = { ...change, sourceId, clientId, repositoryId, profileId };
  return transact([`job:${id}`, ...locksOf(references)], function* (tx) {
    const { jobs } = tx.t;
    yield* assertReferencesExist(tx, references);
    const [before] = yield* step(tx.orm.select().from(jobs).where(eq(jobs.id, id)));
    if (!before) return false;
    const isEnabled = !before.enabled && change.job.enabled === true;
    const enabledAt = isEnabled ? audit.at : before.enabledAt;
    yield* step(
      tx.orm
        .update(jobs)
        .set({ ...change.job, enabledAt })
        .where(eq(jobs.id, id)),
    );
    yield* writeParts(tx, id, change.destinationIds, change.notifications);
    if (change.labels) yield* writeLabels(tx, "job", id, change.labels);
    if (before.enabled && change.job.enabled === false) {
      yield* closeAlertsOf(tx, "job", id, "subject_disabled");
      yield* cancelOpenRuns(tx, id, audit.at, "The job was disabled.");
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
        .where(and(eq(runs.jobId, id), eq(runs.status, "running"), ne(runs.executor, "external")))
        .limit(1),
    );
    if (running.length > 0) return "running";
    const rows = yield* step(tx.orm.delete(jobs).where(eq(jobs.id, id)).returning({ id: jobs.id }));
    if (rows.length === 0) return "gone";
    yield* writeParts(tx, id, [], []);
    yield* writeLabels(tx, "job", id, {});
    yield* step(tx.orm.delete(tx.t.jobReceivers).where(eq(tx.t.jobReceivers.jobId, id)));
    yield* step(tx.orm.delete(tx.t.signals).where(and(eq(tx.t.signals.jobId, id), isNull(tx.t.signals.foldedAt))));
    yield* closeAlertsOf(tx, "job", id, "subject_removed");
    yield* cancelOpenRuns(tx, id, audit.at, "The job was deleted.");
    yield* bumpRouting(tx);
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "jobs", ids: [id] });
    return "deleted";
  });
}

/** Turns a taken name into a conflict. @throws AppError `conflict`, or the error itself */
export function nameTakenOr(error: unknown): never {
  if (!isUniqueViolation(error)) throw error;
  const sentence = "Another job has this name.";
  throw new AppError("conflict", sentence, { fields: { name: sentence } });
}
