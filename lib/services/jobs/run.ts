import { z } from "zod";
import { findJob, isManaged } from "@/db/queries/jobs";
import { queueRun } from "@/db/stores/runs";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { queuedRun } from "@/lib/services/runs/queued-run";
import { defineVerb } from "@/lib/services/verb";

/** Requests a run. While one of the job waits already, that one is the answer. */
export const jobsRun = defineVerb({
  name: "jobs.run",
  permission: "operator",
  changes: true,
  input: z.object({ id: idField }),
  async run({ actor, now, audit }, { id }) {
    const known = await findJob(id);
    if (!known) throw new AppError("not_found", "There is no such job.");
    if (!isManaged(known)) {
      throw new AppError(
        "conflict",
        `${known.job.name} is an external job: another program runs it, and Belfry cannot start it.`,
      );
    }
    const row = queuedRun({ kind: "backup", jobId: id, name: known.job.name, actor, now });
    return { runId: await queueRun(row, audit("job", id, known.job.name)) };
  },
});
