import { createJob, type StoredJob } from "@/db/stores/jobs";
import { newId } from "@/lib/core/id";
import { nextRun } from "@/lib/schedule/next-run";
import { defineVerb } from "@/lib/services/verb";
import { checkJob, notificationRules } from "./check";
import { jobInput } from "./fields";
import { freeSlug } from "./slug";
import { jobView } from "./view";

export const jobsCreate = defineVerb({
  name: "jobs.create",
  permission: "operator",
  changes: true,
  input: jobInput,
  async run({ actor, now, audit }, input) {
    await checkJob(input);
    const job: StoredJob = {
      id: newId("job"),
      name: input.name,
      slug: await freeSlug(input.name),
      kind: input.kind,
      sourceId: input.sourceId,
      cron: input.schedule?.cron ?? null,
      timezone: input.schedule?.timezone ?? null,
      enabled: input.enabled,
      compression: input.compression,
      keepLast: input.retention.keepLast,
      timeLimitMinutes: input.timeLimitMinutes,
      graceMinutes: input.graceMinutes,
      retries: input.retries,
      nextRunAt: input.schedule && input.enabled ? nextRun(input.schedule, now) : null,
      createdAt: now,
      updatedAt: now,
    };
    const whole = {
      job,
      destinationIds: input.destinationIds,
      notifications: notificationRules(job.id, input.notifications),
    };
    await createJob(whole, audit("job", job.id, job.name, { schedule: input.schedule, enabled: input.enabled }));
    return jobView(whole, actor, now);
  },
});
