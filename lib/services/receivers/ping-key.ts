import { timingSafeEqual } from "node:crypto";
import { findReportedJob } from "@/db/queries/job-receivers";
import { createJob } from "@/db/stores/jobs";
import { writeSetting } from "@/db/stores/setting-changes";
import { readSetting } from "@/db/stores/settings";
import { transact } from "@/db/transact";
import { isAppError } from "@/lib/core/errors";
import { hashToken, newToken } from "@/lib/core/token";
import { topicCache } from "@/lib/core/topic-cache";
import { CONFIG_PURPOSE } from "@/lib/secrets/config";
import { open, seal } from "@/lib/secrets/seal";
import { auditRowsOf, type MakeAuditRow } from "@/lib/services/audit-row";
import { jobInput } from "@/lib/services/jobs/fields";
import { jobRow } from "@/lib/services/jobs/mapping";
import type { AddressedJob } from "./addressed-job";
import { newJobReceiver } from "./secrets";

/** The setting that holds the ping key, sealed. */
const PING_KEY = "ping_key";

interface StoredPingKey {
  secrets: string;
}

const stored = topicCache("settings", () => transact([], (tx) => readSetting<StoredPingKey>(tx, PING_KEY)));

/** The key that programs put before the name of a job, `/ping/<key>/<slug>`; null: there is none, and no such address is known. */
export async function readPingKey(): Promise<string | null> {
  const value = await stored.read();
  return value ? open(value.secrets, CONFIG_PURPOSE) : null;
}

/** Whether this is the ping key, in constant time. */
export async function isPingKey(key: string): Promise<boolean> {
  const own = await readPingKey();
  return own !== null && timingSafeEqual(Buffer.from(hashToken(own)), Buffer.from(hashToken(key)));
}

/** Makes a new ping key: the old one is unknown from then on. */
export async function replacePingKey(audit: MakeAuditRow): Promise<string> {
  // As long as Healthchecks' own: some programs check that.
  const key = newToken().replace(/[-_]/g, "").slice(0, 22);
  await transact([PING_KEY], function* (tx) {
    yield* writeSetting(tx, PING_KEY, { secrets: seal(key, CONFIG_PURPOSE) }, audit("settings", PING_KEY, "Ping key"));
  });
  return key;
}

/**
 * The job with a slug, for who knows the ping key.
 * @param address.create make the job where there is none: a day's period, an hour's grace, the profile of new jobs
 */
export async function findBySlug(
  { key, slug, create }: { key: string; slug: string; create: boolean },
  now: number,
): Promise<AddressedJob | null> {
  if (!(await isPingKey(key))) return null;
  const known = await findReportedJob({ slug });
  if (known) return { job: known, isNew: false };
  if (!create) return null;
  const isNew = await createFor(slug, now);
  const job = await findReportedJob({ slug });
  return job && { job, isNew };
}

const DAY_MINUTES = 1_440;

/** @returns false when another request was faster, or a job that is not external has this name */
async function createFor(slug: string, now: number): Promise<boolean> {
  const input = jobInput.parse({ kind: "external", name: slug, schedule: { periodMinutes: DAY_MINUTES } });
  const row = jobRow(input, slug, now);
  const audit = auditRowsOf("jobs.create", null, now);
  const detail = { by: "ping key", schedule: { periodMinutes: DAY_MINUTES } };
  try {
    const job = { job: row, destinationIds: [], notifications: [], labels: {}, followsDefault: true };
    await createJob({ ...job, receiver: newJobReceiver(row.id) }, audit("job", row.id, row.name, detail));
    return true;
  } catch (error) {
    if (isAppError(error) && error.code === "conflict") return false;
    throw error;
  }
}
