import { createJob } from "@/db/stores/jobs";
import { newJobReceiver } from "@/lib/services/receivers/secrets";
import { defineVerb } from "@/lib/services/verb";
import { checkJob } from "./check";
import { jobInput } from "./fields";
import { assertHooksAllowed } from "./hook-problems";
import { jobRow, ruleRows } from "./mapping";
import { freeSlug } from "./slug";
import { jobView } from "./view";

export const jobsCreate = defineVerb({
  name: "jobs.create",
  permission: "operator",
  changes: true,
  input: jobInput,
  async run({ actor, now, audit }, input) {
    await checkJob(input);
    const hooks = input.kind === "managed" ? input.hooks : null;
    await assertHooksAllowed(actor, hooks, null);
    const row = jobRow(input, await freeSlug(input.name), now);
    const job = {
      job: row,
      destinationIds: input.kind === "managed" ? input.destinationIds : [],
      notifications: ruleRows(row.id, input.notifications),
      labels: input.labels,
      followsDefault: input.profileId === undefined,
      ...(input.kind === "external" && { receiver: newJobReceiver(row.id) }),
    };
    const detail = { schedule: input.schedule, enabled: input.enabled, ...(hooks && { hooks }) };
    const profileId = await createJob(job, audit("job", row.id, row.name, detail));
    return jobView({ ...job, job: { ...row, profileId } }, actor, now);
  },
});
