import { z } from "zod";
import { listJobs } from "@/db/queries/jobs";
import { clientsOf } from "@/lib/auth/access/actor";
import { JOB_HEALTHS, JOB_ORDERS } from "@/lib/core/job-health";
import { RUN_STATUSES } from "@/lib/core/run";
import { labelFilterField } from "@/lib/services/labels/fields";
import { idField, type PageOf, pageInput } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { type JobView, jobViews } from "./view";

/** What narrows the list, by its address too. */
export const jobFilters = z.object({
  /** Searched for in the name. */
  q: z.string().trim().max(100).optional(),
  /** Status of the last run. */
  state: z.enum(RUN_STATUSES).optional(),
  /** How it is doing. */
  health: z.enum(JOB_HEALTHS).optional(),
  sourceId: idField.optional(),
  destinationId: idField.optional(),
  /** A channel that a rule of theirs names. */
  channelId: idField.optional(),
  /** The profile that they follow. */
  profileId: idField.optional(),
  /** `key:value`, or `key`. */
  label: labelFilterField.optional(),
});

export const jobsList = defineVerb({
  name: "jobs.list",
  permission: "viewer",
  changes: false,
  input: pageInput.extend({ ...jobFilters.shape, order: z.enum(JOB_ORDERS).optional() }),
  async run({ actor, now }, { cursor, limit, ...filters }): Promise<PageOf<JobView>> {
    const rows = await listJobs({ cursor, limit: limit + 1, clientIds: clientsOf(actor), ...filters });
    const shown = rows.slice(0, limit);
    return {
      items: await jobViews(shown, actor, now),
      nextCursor: rows.length > limit ? (shown.at(-1)?.job.id ?? null) : null,
    };
  },
});
