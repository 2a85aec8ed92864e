import { z } from "zod";

/** Parts of events' data that several of them share. */
export const jobData = z.object({ id: z.string(), name: z.string(), slug: z.string() });

export const runData = z.object({
  id: z.string(),
  status: z.string(),
  /** Milliseconds. */
  startedAt: z.number().nullable(),
  finishedAt: z.number().nullable(),
  bytes: z.number().nullable(),
  files: z.number().nullable(),
  tables: z.number().nullable().optional(),
  attempts: z.number(),
});

export const userData = z.object({ id: z.string(), name: z.string(), email: z.string() });

/** What went wrong in the tool's or service's own words, and what to do about it. */
export const failureData = z.object({ error: z.string().optional(), advice: z.string().optional() });

/** Slots of a schedule that passed without a run. */
export const missedSlotsData = z.object({
  count: z.number(),
  /** Milliseconds. */
  firstDueAt: z.number(),
  lastDueAt: z.number(),
  graceMinutes: z.number(),
  reason: z.string().optional(),
});

/** How full a location is, and when it counts as low. */
export const storageData = z.object({
  /** The disk of a client, by where it is mounted; none: the subject is the location. */
  mount: z.string().optional(),
  usedBytes: z.number(),
  freeBytes: z.number(),
  threshold: z.union([z.object({ percent: z.number() }), z.object({ freeBytes: z.number() })]),
});

/** A run of a job: its names are those of its day. */
export const backupData = z.object({
  ...failureData.shape,
  job: jobData.optional(),
  /** The client that executed it. */
  client: z.object({ id: z.string(), name: z.string() }).optional(),
  run: runData.optional(),
  sourceName: z.string().optional(),
  destinationNames: z.array(z.string()).optional(),
  /** What or who started the run. */
  startedBy: z.string().optional(),
});

export const restoreData = z.object({
  ...failureData.shape,
  job: jobData.optional(),
  run: runData.optional(),
  target: z.string().optional(),
  destinationNames: z.array(z.string()).optional(),
  actorName: z.string().optional(),
});

/** The test of a backup of a job. */
export const restoreTestData = z.object({
  ...failureData.shape,
  job: jobData.optional(),
  run: runData.optional(),
  destinationNames: z.array(z.string()).optional(),
  actorName: z.string().optional(),
});

/** A check, a compact or a prune; of a compact `run.bytes` is what was freed, of a prune `run.files` the archives removed. */
export const repositoryTaskData = z.object({
  ...failureData.shape,
  run: runData.optional(),
  actorName: z.string().optional(),
});

export const configBackupData = z.object({
  ...failureData.shape,
  actorName: z.string().optional(),
  run: runData.optional(),
  destinationNames: z.array(z.string()).optional(),
});
