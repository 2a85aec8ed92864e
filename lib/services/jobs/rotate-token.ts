import { z } from "zod";
import { findJob } from "@/db/queries/jobs";
import { replaceJobReceiver } from "@/db/stores/job-receivers";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { newJobReceiver } from "@/lib/services/receivers/secrets";
import { defineVerb } from "@/lib/services/verb";
import { jobView } from "./view";

/** Gives an external job new secrets: its old addresses are unknown from then on. */
export const jobsRotateToken = defineVerb({
  name: "jobs.rotateToken",
  permission: "operator",
  changes: true,
  input: z.object({ id: idField }),
  async run({ actor, now, audit }, { id }) {
    const known = await findJob(id);
    if (!known) throw new AppError("not_found", "There is no such job.");
    const { name, kind } = known.job;
    if (kind !== "external") {
      throw new AppError("conflict", `${name} is no external job: no program reports its runs, and it has no token.`);
    }
    if (!(await replaceJobReceiver(newJobReceiver(id), audit("job", id, name)))) {
      throw new AppError("not_found", "There is no such job.");
    }
    return jobView(known, actor, now);
  },
});
