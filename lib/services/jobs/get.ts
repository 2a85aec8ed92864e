import { z } from "zod";
import { findJob } from "@/db/queries/jobs";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { jobView } from "./view";

export const jobsGet = defineVerb({
  name: "jobs.get",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run({ actor, now }, { id }) {
    const job = await findJob(id);
    if (!job) throw new AppError("not_found", "There is no such job.");
    return jobView(job, actor, now);
  },
});
