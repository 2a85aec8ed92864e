import { findJob } from "@/db/queries/jobs";
import { updateJob } from "@/db/stores/jobs";
import { AppError } from "@/lib/core/errors";
import type { VerbContext } from "@/lib/services/verb";
import { changedColumns } from "./mapping";
import { type JobView, jobView } from "./view";

/** Pauses or resumes a job; one that is so already stays as it is. @throws AppError `not_found` */
export async function setEnabled({ actor, now, audit }: VerbContext, id: string, enabled: boolean): Promise<JobView> {
  const known = await findJob(id);
  if (!known) throw noSuchJob();
  const { job } = known;
  const change = { job: changedColumns(job, { enabled }, now) };
  if (!(await updateJob(id, change, audit("job", id, job.name, { enabled })))) throw noSuchJob();
  const after = await findJob(id);
  if (!after) throw noSuchJob();
  return jobView(after, actor, now);
}

function noSuchJob(): AppError {
  return new AppError("not_found", "There is no such job.");
}
