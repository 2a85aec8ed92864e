import { z } from "zod";
import { labelsOfChecks } from "@/db/queries/check-counts";
import { AppError } from "@/lib/core/errors";
import { linkBase } from "@/lib/dispatch/send/installation";
import { defineVerb } from "@/lib/services/verb";
import { ALL_TAGS, badgeAddresses } from "./badge-address";
import { tagOfLabel } from "./tags";

/** The protocol has no pages. */
const MAX_TAGS = 2_000;

/**
 * The addresses of badges: of all external jobs, and of those with each tag.
 * @throws AppError `too_large` for more tags than can be answered at once: none is left out unseen
 */
export const healthchecksBadges = defineVerb({
  name: "healthchecks.badges",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  async run() {
    const [rows, base] = await Promise.all([labelsOfChecks({ limit: MAX_TAGS + 1 }), linkBase(undefined)]);
    if (rows.length > MAX_TAGS) throw new AppError("too_large", `External jobs have more than ${MAX_TAGS} labels.`);
    const tags = new Set([ALL_TAGS, ...rows.map(tagOfLabel)]);
    return { badges: Object.fromEntries([...tags].map((tag) => [tag, badgeAddresses(base ?? "", tag)])) };
  },
});
