import { z } from "zod";
import { listChecks } from "@/db/queries/healthchecks";
import { linkBase } from "@/lib/dispatch/send/installation";
import { defineVerb } from "@/lib/services/verb";
import { checkView } from "./view";

/** All external jobs as Healthchecks lists its checks, or those with a slug or with every one of some tags. */
export const healthchecksList = defineVerb({
  name: "healthchecks.list",
  permission: "viewer",
  changes: false,
  input: z.object({
    slug: z.string().max(100, "At most 100 characters.").optional(),
    tags: z.array(z.string().max(200, "At most 200 characters.")).max(50, "At most 50 tags.").default([]),
  }),
  async run({ now }, { slug, tags }) {
    const [rows, base] = await Promise.all([listChecks({ slug }), linkBase(undefined)]);
    const checks = rows.map((row) => checkView(row, base ?? "", now));
    return { checks: checks.filter((check) => tags.every((tag) => check.tags.includes(tag))) };
  },
});
