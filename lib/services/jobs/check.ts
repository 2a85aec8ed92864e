import { endpointsById, findEndpoint } from "@/db/queries/endpoints";
import { channelsByIdForJobs } from "@/db/queries/jobs";
import type { JobNotificationRuleRow } from "@/db/stores/jobs";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import { scheduleProblem } from "@/lib/schedule/next-run";
import type { JobInput, NotificationInput } from "./fields";

/**
 * What a schema alone cannot know: that things exist, that the schedule comes due, that no channel stands twice.
 * @throws AppError `invalid`, or `conflict` for a channel that stands twice, beside the field
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
    const known = await channelsByIdForJobs(job.notifications.map((row) => row.channelId));
    job.notifications.forEach((row, index) => {
      if (!known.has(row.channelId)) fields[`notifications[${index}].channelId`] = "There is no such channel.";
    });
  }
  if (Object.keys(fields).length > 0) throw new AppError("invalid", "Some fields are invalid.", { fields });
  assertEachOnce(job.notifications ?? []);
}

function assertEachOnce(rows: NotificationInput[]): void {
  const seen = new Set<string>();
  rows.forEach(({ channelId }, index) => {
    if (seen.has(channelId)) {
      const sentence = "A job names a channel once.";
      throw new AppError("conflict", sentence, { fields: { [`notifications[${index}].channelId`]: sentence } });
    }
    seen.add(channelId);
  });
}

/** Rows as they are stored. */
export function notificationRules(jobId: string, rows: NotificationInput[]): JobNotificationRuleRow[] {
  return rows.map((row, position) => ({
    id: newId("row"),
    jobId,
    channelId: row.channelId,
    position,
    condition: row.condition,
    states: row.condition === "custom" ? (row.states ?? null) : null,
    repeat: row.repeat,
    remindHours: row.repeat === "remind" ? (row.remindHours ?? null) : null,
    notifyOnRecovery: row.notifyOnRecovery,
    title: row.title?.trim() ? row.title : null,
    message: row.message?.trim() ? row.message : null,
    priority: row.priority ?? null,
    tags: row.tags?.length ? row.tags : null,
    sound: row.sound || null,
    outcomes: row.outcomes ?? null,
    includeLog: row.includeLog,
    logLimit: row.logLimit,
  }));
}
