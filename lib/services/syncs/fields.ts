import { z } from "zod";
import { findEndpoint } from "@/db/queries/endpoints";
import { findJob, isManaged } from "@/db/queries/jobs";
import { findRepository } from "@/db/queries/repositories";
import type { SyncRow } from "@/db/stores/syncs";
import { scheduleProblem } from "@/lib/core/cron/next-run";
import { AppError } from "@/lib/core/errors";
import { absolutePath, excludePattern } from "@/lib/jobs/config-fields";
import { readMounts } from "@/lib/jobs/mounts";
import { requirePlace } from "@/lib/jobs/places/require-place";
import { readLocation } from "@/lib/jobs/repositories/location";
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
  from: z
    .strictObject({
      path: absolutePath.optional().meta({ description: "A folder of this machine" }),
      repositoryId: idField.optional().meta({ description: "A repository on this machine" }),
    })
    .refine(({ path, repositoryId }) => (path === undefined) !== (repositoryId === undefined), {
      error: "Name either a path or a repositoryId.",
      path: ["path"],
    })
    .meta({ description: "What is copied: exactly one of both" }),
  exclude: z
    .array(excludePattern)
    .max(200, "At most 200 patterns.")
    .meta({ description: "Of a folder: patterns of what is not copied, as in a .gitignore" }),
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

/** What is copied, as a request names it. */
type CopiedInput = z.output<(typeof syncFields)["from"]>;

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
  const { path, repositoryId } = sync.from ?? {};
  const refusal = path === undefined ? null : await placeRefusal(path);
  if (refusal) fields["from.path"] = refusal;
  const repositoryRefusal = repositoryId === undefined ? null : await refusalOfRepository(repositoryId);
  if (repositoryRefusal) fields["from.repositoryId"] = repositoryRefusal;
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

async function refusalOfRepository(id: string): Promise<string | null> {
  const found = await findRepository(id);
  if (!found) return "There is no such repository.";
  const { kind, location, name } = found.repository;
  const place = readLocation(kind, location);
  if (typeof place !== "string" && place.type === "local") return null;
  return `${name} is on a server: a sync copies files of this machine.`;
}

/** The columns that say what is copied: a folder with where it is mounted now, or a repository. */
export async function copiedColumns({
  path,
  repositoryId,
}: CopiedInput): Promise<Pick<SyncRow, "path" | "repositoryId" | "mounts">> {
  if (path === undefined) return { path: "", repositoryId: repositoryId ?? null, mounts: null };
  return { path, repositoryId: null, mounts: await readMounts([path], AbortSignal.timeout(LOOK_MS)) };
}
