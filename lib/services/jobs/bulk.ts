import { z } from "zod";
import { jobIds, jobsById } from "@/db/queries/jobs";
import { findProfile } from "@/db/queries/profiles";
import { type BulkChange, updateJobs } from "@/db/stores/bulk-jobs";
import { nextExpected } from "@/lib/core/cron/expected-report";
import { AppError } from "@/lib/core/errors";
import { MAX_LABELS } from "@/lib/core/label";
import { limitedRecord } from "@/lib/core/limited-record";
import { listed } from "@/lib/services/channels/uses";
import { labelFilterField, labelKeyField, labelValueField } from "@/lib/services/labels/fields";
import { idField } from "@/lib/services/page";
import { defineVerb, type VerbContext } from "@/lib/services/verb";

/** Most jobs of one call. */
export const MAX_BULK_JOBS = 1_000;

const bulkInput = z
  .object({
    ids: z.array(idField).min(1, "Choose at least one job.").max(MAX_BULK_JOBS, "At most 1,000 jobs.").optional(),
    /** Instead of ids: every job with this label, `key:value` or `key`. */
    label: labelFilterField.optional(),
    set: z.object({
      /** Null: none. */
      profileId: idField.nullable().optional(),
      /** Put to the labels of each job; null removes a key. */
      labels: limitedRecord(labelKeyField, labelValueField.nullable(), MAX_LABELS).optional(),
      enabled: z.boolean().optional(),
    }),
  })
  .refine(({ ids, label }) => (ids === undefined) !== (label === undefined), "Name jobs by ids or by a label.")
  .refine(({ set }) => Object.values(set).some((value) => value !== undefined), "Say what to set.");
type BulkSet = z.output<typeof bulkInput>["set"];

export const bulkAnswer = z.object({
  /** How many jobs were changed. */
  changed: z.int(),
});

/** Changes many jobs in one transaction, all or none. Disabling closes their alerts without a message. */
export const jobsBulk = defineVerb({
  name: "jobs.bulk",
  permission: "operator",
  changes: true,
  input: bulkInput,
  async run(context, { ids, label, set }) {
    const wanted = ids ? [...new Set(ids)] : label ? await jobIds({ label }, MAX_BULK_JOBS + 1) : [];
    if (wanted.length > MAX_BULK_JOBS) throw new AppError("invalid", "More than 1,000 jobs have this label.");
    if (set.profileId && !(await findProfile(set.profileId))) {
      throw new AppError("invalid", "Some fields are invalid.", {
        fields: { "set.profileId": "There is no such profile." },
      });
    }
    const change = await changeOf(context, wanted, set);
    return { changed: await updateJobs(change) };
  },
});

async function changeOf({ now, audit }: VerbContext, ids: string[], set: BulkSet): Promise<BulkChange> {
  const known = await jobsById(ids);
  const missing = ids.filter((id) => !known.has(id));
  if (missing.length > 0) {
    const names = listed(missing.map((name) => ({ name })));
    throw new AppError("not_found", `There is no such job: ${names}. Nothing was changed.`);
  }
  const detail = Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined));
  return {
    ids,
    now,
    set,
    nextRunOf: (job) => nextExpected(job, now),
    auditOf: (id, name) => audit("job", id, name, detail),
  };
}
