import { z } from "zod";
import { storedFilesOf } from "@/db/queries/artifacts";
import { findJob } from "@/db/queries/jobs";
import { queueRun } from "@/db/stores/runs";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { queuedRun } from "@/lib/services/runs/queued-run";
import { defineVerb } from "@/lib/services/verb";

/**
 * Requests an integrity check of a job: all its stored backups are read again, at every destination, and compared with their
 * checksums. While one waits already, that one is the answer.
 */
export const jobsCheckIntegrity = defineVerb({
  name: "jobs.checkIntegrity",
  permission: "operator",
  changes: true,
  input: z.object({ id: idField }),
  async run({ actor, now, audit }, { id }) {
    const known = await findJob(id);
    if (!known) throw new AppError("not_found", "There is no such job.");
    const { name } = known.job;
    if ((await storedFilesOf(id, null)).length === 0)
      throw new AppError(
        "conflict",
        `No backup of ${name} is stored at a destination. Archives of a repository are read by its check.`,
      );
    const row = queuedRun({ kind: "integrity_check", jobId: id, name, params: { everywhere: true }, actor, now });
    return { runId: await queueRun(row, audit("job", id, name)) };
  },
});
