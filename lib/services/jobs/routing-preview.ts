import { z } from "zod";
import { findJob } from "@/db/queries/jobs";
import { AppError } from "@/lib/core/errors";
import { JOB_STATES } from "@/lib/core/job";
import type { JobNotificationRule } from "@/lib/core/routing";
import { previewJobRouting, type RoutingPreview } from "@/lib/dispatch/preview/routing-preview";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { notificationsField } from "./fields";
import { ruleRows } from "./mapping";

/** Previews who is notified of one outcome of a job, for the rules of the form or for those that are saved. */
export const jobsRoutingPreview = defineVerb({
  name: "jobs.routingPreview",
  permission: "operator",
  changes: false,
  input: z.object({
    jobId: idField.optional(),
    notifications: notificationsField.optional(),
    state: z.enum(JOB_STATES),
  }),
  async run(_, { jobId, notifications, state }): Promise<RoutingPreview> {
    const known = jobId === undefined ? null : await findJob(jobId);
    if (jobId !== undefined && !known) throw new AppError("not_found", "There is no such job.");
    const stored = notifications ? ruleRows(jobId ?? "job_draft", notifications) : (known?.notifications ?? []);
    const rules = stored.map(
      ({ id, channelId, condition, states, repeat, remindHours, notifyOnRecovery }): JobNotificationRule => ({
        id,
        channelId,
        condition,
        states,
        repeat,
        remindHours,
        notifyOnRecovery,
        text: {},
      }),
    );
    const job = known?.job ?? { id: "job_draft", name: "this job", slug: "this-job" };
    return previewJobRouting({ id: job.id, name: job.name, slug: job.slug }, rules, state);
  },
});
