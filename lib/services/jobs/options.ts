import { z } from "zod";
import { jobNames } from "@/db/queries/jobs";
import { clientsOf } from "@/lib/auth/access/actor";
import { defineVerb } from "@/lib/services/verb";

/** Every job by name, as pickers need it: without its runs and days, which lists have to read. */
export const jobsOptions = defineVerb({
  name: "jobs.options",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  run: ({ actor }) => jobNames(clientsOf(actor)),
});
