import { findJob } from "@/db/queries/jobs";
import { type JobChanges, type StoredJob, updateJob } from "@/db/stores/jobs";
import { AppError } from "@/lib/core/errors";
import { nextRun } from "@/lib/schedule/next-run";
import { defineVerb } from "@/lib/services/verb";
import { checkJob, notificationRules } from "./check";
import { jobChanges } from "./fields";
import { jobView } from "./view";

/** Changes only what is named. Switching a job off closes its alerts without a message. */
export const jobsUpdate = defineVerb({
  name: "jobs.update",
  permission: "operator",
  changes: true,
  input: jobChanges,
  async run({ actor, now, audit }, { id, kind: _, ...changes }) {
    const known = await findJob(id);
    if (!known) throw new AppError("not_found", "There is no such job.");
    await checkJob(changes);
    const { destinationIds, notifications, schedule, retention, ...plain } = changes;
    const job: JobChanges = {
      ...plain,
      updatedAt: now,
      ...(retention && { keepLast: retention.keepLast }),
      ...(schedule !== undefined && { cron: schedule?.cron ?? null, timezone: schedule?.timezone ?? null }),
      ...nextTime(known.job, changes, now),
    };
    const isThere = await updateJob(
      id,
      { job, destinationIds, notifications: notifications && notificationRules(id, notifications) },
      audit("job", id, changes.name ?? known.job.name, changes),
    );
    const whole = isThere ? await findJob(id) : null;
    if (!whole) throw new AppError("not_found", "There is no such job.");
    return jobView(whole, actor, now);
  },
});

/** The next time changes with the schedule and the switch, and with nothing else. */
function nextTime(
  job: StoredJob,
  { schedule, enabled }: { schedule?: { cron: string; timezone: string } | null; enabled?: boolean },
  now: number,
): JobChanges {
  const stored = job.cron === null ? null : { cron: job.cron, timezone: job.timezone };
  const isSame =
    (schedule === undefined || (schedule?.cron === stored?.cron && schedule?.timezone === stored?.timezone)) &&
    (enabled === undefined || enabled === job.enabled);
  if (isSame) return {};
  const next = schedule === undefined ? stored : schedule;
  return { nextRunAt: next && (enabled ?? job.enabled) ? nextRun(next, now) : null };
}
