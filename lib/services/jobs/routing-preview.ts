import { z } from "zod";
import { findJob } from "@/db/queries/jobs";
import { hasRole } from "@/lib/auth/access/permission";
import { AppError } from "@/lib/core/errors";
import { JOB_STATES } from "@/lib/core/job";
import type { JobNotificationRule } from "@/lib/core/routing";
import { previewJobRouting, type RoutingPreview } from "@/lib/dispatch/preview/routing-preview";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { notificationRules } from "./check";
import { notificationField } from "./fields";

/** RoutingPreview would be told of one outcome of a job, for its rows as they stand on the form or as they are saved. */
export const jobsRoutingPreview = defineVerb({
  name: "jobs.who",
  permission: "operator",
  changes: false,
  input: z.object({
    jobId: idField.optional(),
    notifications: z.array(notificationField).max(50).optional(),
    state: z.enum(JOB_STATES),
  }),
  async run({ actor }, { jobId, notifications, state }): Promise<RoutingPreview> {
    const known = jobId === undefined ? null : await findJob(jobId);
    if (jobId !== undefined && !known) throw new AppError("not_found", "There is no such job.");
    const stored = notifications
      ? notificationRules(jobId ?? "job_draft", notifications)
      : (known?.notifications ?? []);
    const rows = stored.map(
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
    const who = await previewJobRouting({ id: job.id, name: job.name, slug: job.slug }, rows, state);
    if (hasRole(actor, "admin")) return who;
    return { ...who, entries: who.entries.map(({ recipient: _, ...entry }) => entry) };
  },
});
