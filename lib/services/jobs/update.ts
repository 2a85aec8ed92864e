import { findJob, type StoredJob } from "@/db/queries/jobs";
import { updateJob } from "@/db/stores/jobs";
import { AppError } from "@/lib/core/errors";
import { defineVerb } from "@/lib/services/verb";
import { checkJob } from "./check";
import { CHANGEABLE_FIELDS, jobChanges } from "./fields";
import { assertHooksAllowed } from "./hook-problems";
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
    const { job: before } = known;
    assertOfKind(before, kind, Object.keys(changes));
    await checkJob(changes, known);
    await assertHooksAllowed(actor, "hooks" in changes ? changes.hooks : undefined, before.hooks);
    const { destinationIds, notifications, labels, ...settings } = { destinationIds: undefined, ...changes };
    const isThere = await updateJob(
      id,
      {
        job: changedColumns(before, settings, now),
        destinationIds,
        notifications: notifications && ruleRows(id, notifications),
        labels,
      },
      audit("job", id, changes.name ?? before.name, changes),
    );
    const job = isThere ? await findJob(id) : null;
    if (!job) throw new AppError("not_found", "There is no such job.");
    return jobView(job, actor, now);
  },
});

const EXECUTED_BY = { managed: "Belfry itself", client: "a client", external: "another program" } as const;

/** @throws AppError `conflict` for another kind, `invalid` for fields that a job of its kind does not have */
function assertOfKind({ name, kind }: StoredJob, wanted: StoredJob["kind"] | undefined, fields: string[]): void {
  const foreign = fields.filter((field) => !CHANGEABLE_FIELDS[kind].includes(field));
  if (foreign.length === 0 && (wanted === undefined || wanted === kind)) return;
  const sentence = `${name} is executed by ${EXECUTED_BY[kind]}, and that stays: create another job.`;
  if (foreign.length === 0) throw new AppError("conflict", sentence);
  throw new AppError("conflict", sentence, { fields: Object.fromEntries(foreign.map((field) => [field, sentence])) });
}
