import { and, eq, inArray } from "drizzle-orm";
import type { Keywords, ReportMethods } from "@/lib/core/job";
import type { WebhookMapping } from "@/lib/core/webhook-mapping";
import { database } from "../client";
import type { JobReceiverRow } from "../stores/job-receivers";

/** The sealed secrets of these external jobs, by id. */
export async function receiversOfJobs(jobIds: string[]): Promise<Map<string, JobReceiverRow>> {
  if (jobIds.length === 0) return new Map();
  const { orm, t } = database();
  const rows = await orm.select().from(t.jobReceivers).where(inArray(t.jobReceivers.jobId, jobIds));
  return new Map(rows.map((row) => [row.jobId, row]));
}

/** Those of these hashes of UUIDs that belong to a job. */
export async function knownUuidHashes(hashes: string[]): Promise<Set<string>> {
  if (hashes.length === 0) return new Set();
  const { orm, t } = database();
  const { uuidHash } = t.jobReceivers;
  const rows = await orm.select({ uuidHash }).from(t.jobReceivers).where(inArray(uuidHash, hashes));
  return new Set(rows.map((row) => row.uuidHash));
}

/** The hashes of the tokens and UUIDs of all jobs that have some. */
export async function receiverHashes(): Promise<string[]> {
  const { orm, t } = database();
  const { tokenHash, uuidHash } = t.jobReceivers;
  const rows = await orm.select({ tokenHash, uuidHash }).from(t.jobReceivers);
  return rows.flatMap((row) => [row.tokenHash, row.uuidHash]);
}

/** An external job that is spoken to. */
export interface ReportedJob {
  id: string;
  name: string;
  enabled: boolean;
  methods: ReportMethods | null;
  keywords: Keywords | null;
  webhookMapping: WebhookMapping | null;
  /** Sealed. */
  secrets: string;
}

/** The external job that is found by a hash of its token or UUID, or by its slug. */
export async function findReportedJob(
  by: { tokenHash: string } | { uuidHash: string } | { slug: string },
): Promise<ReportedJob | null> {
  const { orm, t } = database();
  const { jobs, jobReceivers: r } = t;
  const isIt =
    "tokenHash" in by
      ? eq(r.tokenHash, by.tokenHash)
      : "uuidHash" in by
        ? eq(r.uuidHash, by.uuidHash)
        : eq(jobs.slug, by.slug);
  const { id, name, enabled, methods, keywords, webhookMapping } = jobs;
  const [row] = await orm
    .select({ id, name, enabled, methods, keywords, webhookMapping, secrets: r.secrets })
    .from(jobs)
    .innerJoin(r, eq(r.jobId, jobs.id))
    .where(and(isIt, eq(jobs.kind, "external")))
    .limit(1);
  return row ?? null;
}
