import { z } from "zod";
import { listChecks } from "@/db/queries/healthchecks";
import { AppError } from "@/lib/core/errors";
import { linkBase } from "@/lib/dispatch/send/installation";
import { defineVerb } from "@/lib/services/verb";
import { keysOfTag } from "./tags";
import { checkView } from "./view";

/** The protocol has no pages: what is more than this is asked for by tags. */
const MAX_CHECKS = 2_000;

/**
 * All external jobs as Healthchecks lists its checks, or those with a slug or with every one of some tags.
 * @throws AppError `too_large` for more than can be answered at once: none is left out unseen
 */
export const healthchecksList = defineVerb({
  name: "healthchecks.list",
  permission: "viewer",
  changes: false,
  input: z.object({
    slug: z.string().max(100, "At most 100 characters.").optional(),
    tags: z.array(z.string().max(200, "At most 200 characters.")).max(50, "At most 50 tags.").default([]),
  }),
  async run({ now }, { slug, tags }) {
    const choice = { slug, labelKeys: tags.map(keysOfTag) };
    const [rows, base] = await Promise.all([listChecks(choice, MAX_CHECKS + 1), linkBase(undefined)]);
    if (rows.length > MAX_CHECKS)
      throw new AppError("too_large", `There are more than ${MAX_CHECKS} checks: narrow the list by tag= or slug=.`);
    const checks = rows.map((row) => checkView(row, base ?? "", now));
    return { checks: checks.filter((check) => tags.every((tag) => check.tags.includes(tag))) };
  },
});
