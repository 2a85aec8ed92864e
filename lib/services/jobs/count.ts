import { countJobs } from "@/db/queries/jobs";
import { clientsOf } from "@/lib/auth/access/actor";
import { defineVerb } from "@/lib/services/verb";
import { jobFilters } from "./list";

/** How many jobs there are, and how many of them match. */
export const jobsCount = defineVerb({
  name: "jobs.count",
  permission: "viewer",
  changes: false,
  input: jobFilters,
  async run({ actor }, filters): Promise<{ total: number; matching: number }> {
    return await countJobs({ ...filters, clientIds: clientsOf(actor) });
  },
});
