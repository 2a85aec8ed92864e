import { z } from "zod";
import { backupSizesOfJob, type RunRow } from "@/db/queries/runs";
import { toIso } from "@/lib/core/clock";
import { REASON_CODES } from "@/lib/core/delivery-reason";
import { RUN_KINDS, RUN_REASON_CODES, RUN_STATUSES, RUN_TRIGGERS } from "@/lib/core/run";
import { artifactViewSchema } from "@/lib/services/artifacts/view";

const time = z.iso.datetime().nullable();

/** A channel that an event of a run was not sent through. */
const notNotifiedSchema = z.object({
  eventName: z.string(),
  channelId: z.string(),
  channelName: z.string(),
  reasonCode: z.enum(REASON_CODES),
  reason: z.string(),
});

/** An archive as the program that made it reported it. */
const reportedArchiveSchema = z.object({
  repository: z.string(),
  /** The repository's name in the program's configuration; empty: none. */
  label: z.string(),
  name: z.string(),
  id: z.string(),
  startedAt: z.iso.datetime(),
  /** Null here and below: the program did not say. */
  durationMs: z.number().nullable(),
  originalBytes: z.number().nullable(),
  compressedBytes: z.number().nullable(),
  /** What the repository grew by. */
  deduplicatedBytes: z.number().nullable(),
  files: z.number().nullable(),
});

/** How far a run has come. */
const progressSchema = z.object({
  /** Written so far, as it is stored; into a repository: read so far. */
  bytes: z.number(),
  /** Null: they are not counted while it runs. */
  files: z.number().nullable(),
  /** Over the last seconds; null: everything is written, and the last steps are under way, as its verification. */
  bytesPerSecond: z.number().nullable(),
  /** The size of the job's last good backup, and how much of it `bytes` are; null: there is none. Left out in lists. */
  lastBytes: z.number().nullable().optional(),
  percentOfLast: z.number().nullable().optional(),
  at: z.iso.datetime(),
});

/** A run as it is answered. */
export const runViewSchema = z.object({
  id: z.string(),
  /** Null for backups of Belfry's own configuration, and for syncs. */
  jobId: z.string().nullable(),
  /** The sync that it executes. */
  syncId: z.string().nullable(),
  /** The name of its job or the target of its restore, kept when that is deleted. */
  name: z.string(),
  /** The client that executes it; null: Belfry does. */
  clientId: z.string().nullable(),
  /** Its name now; left out where runs are shown with something else. */
  clientName: z.string().optional(),
  /** The archive that the client says it made. */
  archive: z.string().nullable(),
  /** What a program made that stores backups by itself, such as borgmatic; null: nothing of the kind. */
  archives: z.array(reportedArchiveSchema).nullable(),
  kind: z.enum(RUN_KINDS),
  status: z.enum(RUN_STATUSES),
  trigger: z.enum(RUN_TRIGGERS),
  actorName: z.string().nullable(),
  queuedAt: z.iso.datetime(),
  /** The scheduled time; null for a manual run. */
  dueAt: time,
  startedAt: time,
  finishedAt: time,
  /** When the next attempt may start, while one waits. */
  notBefore: time,
  /** Why it was canceled, where nobody asked: `skipped` by a hook. */
  reasonCode: z.enum(RUN_REASON_CODES).nullable(),
  isCancelRequested: z.boolean(),
  /** While Belfry executes a backup, from some seconds after its beginning; null: nothing is known of it. */
  progress: progressSchema.nullable(),
  bytes: z.number().nullable(),
  files: z.number().nullable(),
  /** Of a sync: files that it deleted at the destination. */
  deleted: z.number().nullable(),
  attempts: z.int(),
  error: z.string().nullable(),
  advice: z.string().nullable(),
  /** The runs of the same job or sync before and after it; left out in lists. */
  previousId: z.string().nullable().optional(),
  nextId: z.string().nullable().optional(),
  artifacts: z.array(artifactViewSchema).optional(),
  /** Channels that a setting leads to and that were not notified of it, with the reason at that time. */
  notNotified: z.array(notNotifiedSchema).optional(),
});
export type RunView = z.infer<typeof runViewSchema>;

export function runView(row: RunRow): RunView {
  return {
    id: row.id,
    jobId: row.jobId,
    syncId: row.syncId,
    name: row.name,
    clientId: row.clientId,
    archive: row.archive,
    archives: row.archives?.map((one) => ({ ...one, startedAt: toIso(one.startedAt) })) ?? null,
    kind: row.kind,
    status: row.status,
    trigger: row.trigger,
    actorName: row.actorName,
    queuedAt: toIso(row.queuedAt),
    dueAt: toIso(row.dueAt),
    startedAt: toIso(row.startedAt),
    finishedAt: toIso(row.finishedAt),
    notBefore: toIso(row.notBefore),
    reasonCode: row.reasonCode,
    isCancelRequested: row.cancelRequestedAt !== null,
    progress: progressOf(row),
    bytes: row.bytes,
    files: row.files,
    deleted: row.deleted,
    attempts: row.attempts,
    error: row.error,
    advice: row.advice,
  };
}

function progressOf({ status, progress }: RunRow): RunView["progress"] {
  // What is stored may be damaged.
  if (status !== "running" || typeof progress?.bytes !== "number") return null;
  const { bytes, files, bytesPerSecond, at } = progress;
  return { bytes, files: files ?? null, bytesPerSecond: bytesPerSecond ?? null, at: toIso(at) };
}

/** The progress of one run, compared with the last good backup of its job. */
export async function comparedProgress(
  progress: RunView["progress"],
  jobId: string | null,
): Promise<RunView["progress"]> {
  if (!progress) return null;
  const [last] = jobId ? await backupSizesOfJob(jobId, 1) : [];
  const lastBytes = last?.bytes || null;
  return { ...progress, lastBytes, percentOfLast: lastBytes && Math.round((progress.bytes / lastBytes) * 100) };
}
