import { jobIds } from "@/db/queries/jobs";
import { defineVerb } from "@/lib/services/verb";
import { MAX_BULK_JOBS } from "./bulk";
import { jobFilters } from "./list";

/** The ids of the jobs that match, as many as can be changed at once: for a selection beyond the page. */
export const jobsIds = defineVerb({
  name: "jobs.ids",
  permission: "viewer",
  changes: false,
  input: jobFilters,
  async run(_, filters) {
    const found = await jobIds(filters, MAX_BULK_JOBS + 1);
    return { ids: found.slice(0, MAX_BULK_JOBS), isComplete: found.length <= MAX_BULK_JOBS };
  },
});
