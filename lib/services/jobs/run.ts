import { z } from "zod";
import { findJob } from "@/db/queries/jobs";
import { executorOf } from "@/db/stores/new-run";
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
    const { job } = known;
    if (job.kind === "external") {
      throw new AppError(
        "conflict",
        `${job.name} is an external job: another program runs it, and Belfry cannot start it.`,
      );
    }
    const row = queuedRun({ kind: "backup", jobId: id, name: job.name, actor, now, ...executorOf(job) });
    return { runId: await queueRun(row, audit("job", id, job.name)) };
  },
});
