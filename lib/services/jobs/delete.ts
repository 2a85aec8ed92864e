import { z } from "zod";
import { findJob } from "@/db/queries/jobs";
import { deleteJob } from "@/db/stores/jobs";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";

/** Deletes a job. Its runs and stored backups are kept. */
export const jobsDelete = defineVerb({
  name: "jobs.delete",
  permission: "operator",
  changes: true,
  input: z.object({ id: idField }),
  async run({ audit }, { id }) {
    const known = await findJob(id);
    if (!known) throw new AppError("not_found", "There is no such job.");
    const answer = await deleteJob(id, audit("job", id, known.job.name));
    if (answer === "running") {
      throw new AppError("conflict", `A run of ${known.job.name} is active. Cancel it, or wait until it ends.`);
    }
    return { id };
  },
});
