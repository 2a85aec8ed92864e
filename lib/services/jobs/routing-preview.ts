import { z } from "zod";
import { findJob } from "@/db/queries/jobs";
import { findProfile } from "@/db/queries/profiles";
import { ruleOf } from "@/db/stores/situation";
import { AppError } from "@/lib/core/errors";
import { JOB_STATES } from "@/lib/core/job";
import { mergeRules } from "@/lib/core/merge-rules";
import type { JobNotificationRule } from "@/lib/core/routing";
import { previewJobRouting, type RoutingPreview } from "@/lib/dispatch/preview/routing-preview";
import { labelsField } from "@/lib/services/labels/fields";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { ruleRows } from "./mapping";
import { notificationsField } from "./rule-fields";

/** Previews who is notified of one outcome of a job, for the rules of the form or for those that are saved. */
export const jobsRoutingPreview = defineVerb({
  name: "jobs.routingPreview",
  permission: "operator",
  changes: false,
  input: z.object({
    jobId: idField.optional(),
    notifications: notificationsField.optional(),
    /** The profile of the form; left out: that of the job. */
    profileId: idField.nullish(),
    /** The labels of the form; left out: those of the job. */
    labels: labelsField.optional(),
    state: z.enum(JOB_STATES),
  }),
  async run(_, { jobId, notifications, profileId, labels, state }): Promise<RoutingPreview> {
    const known = jobId === undefined ? null : await findJob(jobId);
    if (jobId !== undefined && !known) throw new AppError("not_found", "There is no such job.");
    const stored = notifications ? ruleRows(jobId ?? "job_draft", notifications) : (known?.notifications ?? []);
    const followed = profileId === undefined ? (known?.job.profileId ?? null) : profileId;
    const rules = mergeRules(stored.map(ruleOf), await profileRules(followed));
    const job = known?.job ?? { id: "job_draft", name: "this job", slug: "this-job" };
    return previewJobRouting({ id: job.id, name: job.name, slug: job.slug }, rules, state, labels);
  },
});

/** The rules of a profile as the policy reads them; none without one, or when it is gone. */
async function profileRules(id: string | null): Promise<JobNotificationRule[]> {
  const found = id === null ? null : await findProfile(id);
  if (!found) return [];
  const { profile, rules } = found;
  return rules.map((row) => ({ ...ruleOf(row), profile: { id: profile.id, name: profile.name } }));
}
