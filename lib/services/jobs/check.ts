import { endpointsById, findEndpoint } from "@/db/queries/endpoints";
import { channelsByIdForJobs } from "@/db/queries/jobs";
import { scheduleProblem } from "@/lib/core/cron/next-run";
import { AppError } from "@/lib/core/errors";
import type { JobInput, NotificationInput } from "./fields";

/**
 * Checks what a schema alone cannot know: that references exist, that the schedule comes due, that no channel is
 * listed twice.
 * @throws AppError `invalid`, or `conflict` for a channel that is listed twice, beside the field
 */
export async function checkJob(
  job: Partial<Pick<JobInput, "sourceId" | "destinationIds" | "schedule" | "notifications">>,
): Promise<void> {
  const fields: Record<string, string> = {};
  if (job.sourceId !== undefined && !(await findEndpoint("sources", job.sourceId)))
    fields.sourceId = "There is no such source.";
  if (job.destinationIds) {
    const known = await endpointsById("destinations", job.destinationIds);
    job.destinationIds.forEach((id, index) => {
      if (!known.has(id)) fields[`destinationIds[${index}]`] = "There is no such destination.";
    });
  }
  if (job.schedule) {
    const problem = scheduleProblem(job.schedule);
    if (problem) fields[`schedule.${problem.field}`] = problem.message;
  }
  if (job.notifications) {
    const known = await channelsByIdForJobs(job.notifications.map((rule) => rule.channelId));
    job.notifications.forEach((rule, index) => {
      if (!known.has(rule.channelId)) fields[`notifications[${index}].channelId`] = "There is no such channel.";
    });
  }
  if (Object.keys(fields).length > 0) throw new AppError("invalid", "Some fields are invalid.", { fields });
  assertChannelsUnique(job.notifications ?? []);
}

function assertChannelsUnique(rules: NotificationInput[]): void {
  const seen = new Set<string>();
  rules.forEach(({ channelId }, index) => {
    if (seen.has(channelId)) {
      const sentence = "A job has one rule per channel.";
      throw new AppError("conflict", sentence, { fields: { [`notifications[${index}].channelId`]: sentence } });
    }
    seen.add(channelId);
  });
}
