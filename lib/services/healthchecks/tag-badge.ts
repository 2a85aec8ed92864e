import { z } from "zod";
import { type CheckCount, countChecks, labelsOfChecks } from "@/db/queries/check-counts";
import { AppError } from "@/lib/core/errors";
import { topicCacheById } from "@/lib/core/topic-cache";
import { installationName } from "@/lib/services/settings/installation-name";
import { defineVerb } from "@/lib/services/verb";
import type { BadgeStatus } from "./badge";
import { ALL_TAGS, isBadgeAddress } from "./badge-address";
import { statusOfCheck } from "./check-status";
import { keysOfTag, tagOfLabel } from "./tags";

/** Counting many jobs takes a while, and everybody with the address may ask: the same counts serve all that ask within a moment. */
const COUNTED_FOR_MS = 5_000;
/** Labels that one tag may stand for: they differ in capitals and blanks. */
const MAX_LABELS = 10_000;

/** By tag. */
const counts = topicCacheById("settings", (tag) => countTag(tag, Date.now()), { maxAgeMs: COUNTED_FOR_MS });

/** The worst state of the external jobs with a tag, or of all, for who has the address of that badge. */
export const healthchecksTagBadge = defineVerb({
  name: "healthchecks.tagBadge",
  permission: "anyone",
  changes: false,
  input: z.object({
    key: z.string().max(36, "This names no badge."),
    signature: z.string().max(8, "This names no badge."),
    tag: z.string().max(400, "This names no badge."),
  }),
  async run(_, address) {
    if (!isBadgeAddress(address)) throw new AppError("not_found", "not found");
    const { total = 0, grace = 0, down = 0 } = (await counts.read(address.tag)) ?? {};
    const status: BadgeStatus = down > 0 ? "down" : grace > 0 ? "late" : "up";
    return { name: address.tag === ALL_TAGS ? await installationName() : address.tag, status, total, grace, down };
  },
});

async function countTag(tag: string, now: number) {
  if (tag === ALL_TAGS) return sumOf(await countChecks(now));
  const rows = await labelsOfChecks({ keys: keysOfTag(tag), limit: MAX_LABELS });
  const labels = rows.filter((label) => tagOfLabel(label) === tag);
  return sumOf(labels.length > 0 ? await countChecks(now, labels) : []);
}

function sumOf(rows: readonly CheckCount[]) {
  const sum = { total: 0, grace: 0, down: 0 };
  for (const { health, due, jobs } of rows) {
    const status = statusOfCheck(health, due);
    sum.total += jobs;
    if (status === "grace" || status === "down") sum[status] += jobs;
  }
  return sum;
}
