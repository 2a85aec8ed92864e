import { z } from "zod";
import { findEndpoint } from "@/db/queries/endpoints";
import { findJob, isManaged } from "@/db/queries/jobs";
import { scheduleProblem } from "@/lib/core/cron/next-run";
import { AppError } from "@/lib/core/errors";
import { absolutePath } from "@/lib/jobs/config-fields";
import { type Mounts, readMounts } from "@/lib/jobs/mounts";
import { requirePlace } from "@/lib/jobs/places/require-place";
import { isRunError } from "@/lib/jobs/run-error";
import { untilAborted } from "@/lib/jobs/until-aborted";
import { scheduleField } from "@/lib/services/jobs/fields";
import { idField } from "@/lib/services/page";
import { nameField } from "@/lib/services/users/fields";

/** How long a disk may take to say what is at a path, milliseconds. */
const LOOK_MS = 2_000;

/** What an administrator says of a sync. */
export const syncFields = {
  name: nameField,
  from: z.object({ path: absolutePath }).meta({ description: "The folder of this machine that is copied" }),
  schedule: scheduleField.meta({ description: "Null: none of its own" }),
  afterJobId: idField.nullable().meta({ description: "The job after whose good backups it runs; null: after none" }),
  deleteRemoved: z
    .boolean()
    .meta({ description: "Files that are gone from the folder are deleted at the destination" }),
  enabled: z.boolean(),
  timeLimitMinutes: z
    .int("Enter whole minutes.")
    .min(1, "At least one minute.")
    .max(20_160, "At most 20,160 minutes: 14 days.")
    .nullable()
    .meta({ description: "Null: a day" }),
};
const changes = z.object({ ...syncFields, destinationId: idField }).partial();

/**
 * Checks what a schema alone cannot know. A folder that cannot be looked at now is no reason to refuse it: each run
 * checks it again. @throws AppError `invalid` beside the field
 */
export async function checkSync(sync: z.output<typeof changes>): Promise<void> {
  const fields: Record<string, string> = {};
  const problem = sync.schedule ? scheduleProblem(sync.schedule) : null;
  if (problem) fields[`schedule.${problem.field}`] = problem.message;
  if (sync.destinationId && !(await findEndpoint("destinations", sync.destinationId)))
    fields.destinationId = "There is no such destination.";
  if (sync.afterJobId) {
    const job = await findJob(sync.afterJobId);
    if (!job) fields.afterJobId = "There is no such job.";
    else if (!isManaged(job)) fields.afterJobId = "Another program runs this job.";
  }
  const refusal = sync.from && (await placeRefusal(sync.from.path));
  if (refusal) fields["from.path"] = refusal;
  if (Object.keys(fields).length > 0) throw new AppError("invalid", "Some fields are invalid.", { fields });
}

async function placeRefusal(path: string): Promise<string | null> {
  try {
    await untilAborted(AbortSignal.timeout(LOOK_MS), () => requirePlace("read", path));
    return null;
  } catch (error) {
    return isRunError(error) ? `${error.message} ${error.advice ?? ""}`.trim() : null;
  }
}

/** Where the folder is mounted now. */
export function syncMountsOf(path: string): Promise<Mounts> {
  return readMounts([path], AbortSignal.timeout(LOOK_MS));
}
