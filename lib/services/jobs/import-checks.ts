import { z } from "zod";
import { knownUuidHashes } from "@/db/queries/job-receivers";
import { namesAndSlugs } from "@/db/queries/jobs";
import { createJobs } from "@/db/stores/jobs";
import { hashToken } from "@/lib/core/token";
import { type ReadCheck, readExport } from "@/lib/services/healthchecks/read-export";
import { newJobReceiver } from "@/lib/services/receivers/secrets";
import { defineVerb, type VerbContext } from "@/lib/services/verb";
import { type ExternalJobInput, expectationField } from "./fields";
import { jobRow } from "./mapping";
import { numberedSlug, slugOf } from "./slug";

export const importedChecks = z.object({
  /** False: nothing was created; this is what would be. */
  isCreated: z.boolean(),
  checks: z.array(
    z.object({
      name: z.string(),
      /** Null: it is left out, or not created yet. */
      jobId: z.string().nullable(),
      /** Why it is left out; null: it is not. */
      reason: z.string().nullable(),
      schedule: expectationField,
      graceMinutes: z.int().nullable(),
      labels: z.record(z.string(), z.string()),
      enabled: z.boolean(),
      /** Its old addresses work with another host: it has the UUID that it had. */
      keepsUuid: z.boolean(),
      /** What of it is not carried over, a sentence each. */
      notes: z.array(z.string()),
    }),
  ),
});

/** Makes external jobs of checks that were exported from Healthchecks; at first it only says what it would make. */
export const jobsImportChecks = defineVerb({
  name: "jobs.importChecks",
  permission: "operator",
  changes: true,
  input: z.object({
    /** The JSON that Healthchecks answers to `GET /api/v3/checks/`, as text. */
    text: z.string().min(1, "Paste the export.").max(1_000_000, "At most 1,000,000 characters: export fewer checks."),
    /** Create the jobs; left out: only look. */
    create: z.boolean().default(false),
  }),
  async run(context, { text, create }): Promise<z.output<typeof importedChecks>> {
    const checks = await leaveOutTaken(readExport(text));
    const jobIds = create ? await createAll(context, checks) : new Map<ReadCheck, string>();
    return { isCreated: create, checks: checks.map((check) => resultOf(check, jobIds.get(check) ?? null)) };
  },
});

function resultOf({ name, uuid, job, reason, notes }: ReadCheck, jobId: string | null) {
  return {
    name,
    jobId,
    reason,
    schedule: job?.schedule ?? null,
    graceMinutes: job?.graceMinutes ?? null,
    labels: job?.labels ?? {},
    enabled: job?.enabled ?? false,
    keepsUuid: job !== null && uuid !== null,
    notes,
  };
}

/** Names and UUIDs belong to one job each. */
async function leaveOutTaken(checks: readonly ReadCheck[]): Promise<ReadCheck[]> {
  const hashes = checks.flatMap(({ uuid }) => (uuid === null ? [] : hashToken(uuid)));
  const [known, uuidHashes] = await Promise.all([namesAndSlugs(), knownUuidHashes(hashes)]);
  const names = new Set(known.map(({ name }) => name));
  const seenNames = new Set<string>();
  const seenUuids = new Set<string>();
  return checks.map((check) => {
    const { name, uuid, job } = check;
    if (job === null) return check;
    const leaveOut = (reason: string): ReadCheck => ({ ...check, job: null, reason });
    if (names.has(name)) return leaveOut("There is a job with this name already.");
    if (uuid !== null && uuidHashes.has(hashToken(uuid))) return leaveOut("There is a job with its UUID already.");
    if (seenNames.has(name))
      return leaveOut("Another check of this export has the same name: rename one of them first.");
    if (uuid !== null && seenUuids.has(uuid)) return leaveOut("It is in this export twice.");
    seenNames.add(name);
    if (uuid !== null) seenUuids.add(uuid);
    return check;
  });
}

/** All or none. */
async function createAll({ now, audit }: VerbContext, checks: readonly ReadCheck[]): Promise<Map<ReadCheck, string>> {
  const slugs = new Set((await namesAndSlugs()).map(({ slug }) => slug));
  const made = checks.flatMap((check) => (check.job ? [{ check, ...newJob(check, check.job, slugs, now) }] : []));
  await createJobs(
    made.map(({ job, input }) => ({
      job,
      audit: audit("job", job.job.id, job.job.name, { schedule: input.schedule, enabled: input.enabled }),
    })),
  );
  return new Map(made.map(({ check, job }) => [check, job.job.id]));
}

/** @param slugs those that are taken; gets the new one */
function newJob({ uuid, slug: oldSlug }: ReadCheck, input: ExternalJobInput, slugs: Set<string>, now: number) {
  // Programs may name it by the slug that it had.
  const slug = numberedSlug(oldSlug ?? slugOf(input.name), slugs);
  slugs.add(slug);
  const row = jobRow(input, slug, now);
  const parts = { destinationIds: [], notifications: [], labels: input.labels, followsDefault: true };
  return { input, job: { job: row, ...parts, receiver: newJobReceiver(row.id, uuid ?? undefined) } };
}
