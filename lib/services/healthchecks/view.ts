import { z } from "zod";
import type { CheckRow } from "@/db/queries/healthchecks";
import { toIso } from "@/lib/core/clock";
import { REPORT_METHODS } from "@/lib/core/job";
import { receiverUrls } from "@/lib/core/receiver-urls";
import { expectationField } from "@/lib/services/jobs/fields";
import { readExpectation } from "@/lib/services/jobs/mapping";
import { badgeUrlOf, openJobReceiver } from "@/lib/services/receivers/secrets";
import { CHECK_STATUSES, checkStatus } from "./check-status";
import { tagsOfLabels } from "./tags";

/** So much of the hash of a UUID names a job to those who may not report in its name. */
export const UNIQUE_KEY_DIGITS = 40;

/** An external job in the terms of Healthchecks. */
const checkViewSchema = z.object({
  jobId: z.string(),
  name: z.string(),
  slug: z.string(),
  tags: z.array(z.string()),
  status: z.enum(CHECK_STATUSES),
  /** A run that was reported to begin goes on. */
  isStarted: z.boolean(),
  graceMinutes: z.int(),
  schedule: expectationField,
  /** How many reports are kept. */
  pings: z.int(),
  lastPingAt: z.iso.datetime().nullable(),
  nextPingAt: z.iso.datetime().nullable(),
  lastDurationMs: z.number().nullable(),
  methods: z.enum(REPORT_METHODS),
  keywords: z.object({ failure: z.array(z.string()), success: z.array(z.string()) }).nullable(),
  /** Names it to those who may not report in its name. */
  uniqueKey: z.string(),
  uuid: z.string().nullable(),
  pingUrl: z.string().nullable(),
  updateUrl: z.string().nullable(),
  badgeUrl: z.string().nullable(),
  channelIds: z.array(z.string()).nullable(),
});
export type CheckView = z.infer<typeof checkViewSchema>;

/** @param base Belfry's own address; empty: none is known, and addresses are paths */
export function checkView(row: CheckRow, base: string, now: number): CheckView {
  const secrets = openJobReceiver(row.secrets);
  const status = checkStatus(row, now);
  const isExpected = status !== "new" && status !== "paused";
  const { failure = [], success = [] } = row.keywords ?? {};
  const { lastStartedAt, lastFinishedAt } = row;
  return {
    jobId: row.jobId,
    name: row.name,
    slug: row.slug,
    tags: tagsOfLabels(row.labels),
    status,
    isStarted: row.isRunning,
    graceMinutes: row.graceMinutes,
    schedule: readExpectation(row),
    pings: row.pings,
    // Reports are kept for some time only, runs for longer.
    lastPingAt: toIso(row.lastPingAt ?? lastFinishedAt),
    nextPingAt: isExpected ? toIso(row.nextRunAt) : null,
    lastDurationMs: lastStartedAt !== null && lastFinishedAt !== null ? lastFinishedAt - lastStartedAt : null,
    methods: row.methods ?? "any",
    keywords: { failure, success },
    uniqueKey: row.uuidHash.slice(0, UNIQUE_KEY_DIGITS),
    uuid: secrets.uuid,
    pingUrl: receiverUrls(base, secrets).healthchecks,
    updateUrl: `${base}/api/v3/checks/${secrets.uuid}`,
    badgeUrl: badgeUrlOf(base, secrets),
    channelIds: row.channelIds,
  };
}
