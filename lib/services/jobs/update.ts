import { findJob, isManaged } from "@/db/queries/jobs";
import { updateJob } from "@/db/stores/jobs";
import { AppError } from "@/lib/core/errors";
import { defineVerb } from "@/lib/services/verb";
import { checkJob } from "./check";
import { jobChanges } from "./fields";
import { changedColumns, ruleRows } from "./mapping";
import { jobView } from "./view";

/** Changes only what is named. Disabling a job closes its alerts without a message. */
export const jobsUpdate = defineVerb({
  name: "jobs.update",
  permission: "operator",
  changes: true,
  input: jobChanges,
  async run({ actor, now, audit }, { id, kind, ...changes }) {
    const known = await findJob(id);
    if (!known) throw new AppError("not_found", "There is no such job.");
    if (known.job.kind !== kind) {
      throw new AppError(
        "conflict",
        `${known.job.name} is an external job: another program runs it. Its settings cannot be changed here yet.`,
      );
    }
    await checkJob(changes, isManaged(known) ? known : undefined);
    const { destinationIds, notifications, labels, ...settings } = changes;
    const isThere = await updateJob(
      id,
      {
        job: changedColumns(known.job, settings, now),
        destinationIds,
        notifications: notifications && ruleRows(id, notifications),
        labels,
      },
      audit("job", id, changes.name ?? known.job.name, changes),
    );
    const job = isThere ? await findJob(id) : null;
    if (!job) throw new AppError("not_found", "There is no such job.");
    return jobView(job, actor, now);
  },
});
