import { z } from "zod";
import { storedByJob } from "@/db/queries/artifacts";
import { findEndpoint } from "@/db/queries/endpoints";
import { storedDaysOf } from "@/db/queries/storage";
import { AppError } from "@/lib/core/errors";
import { idField } from "@/lib/services/page";
import { locationHistory, locationHistorySchema } from "@/lib/services/storage/history";
import { defineVerb } from "@/lib/services/verb";

const MOST_JOBS = 20;
const HISTORY_MS = 90 * 86_400_000;

export const storageHistorySchema = locationHistorySchema.extend({
  /** What the jobs with the most bytes store there, the most first. */
  jobs: z.array(
    z.object({
      /** Null for backups of Belfry's own configuration, and of jobs that were deleted. */
      id: z.string().nullable(),
      name: z.string(),
      /** Backups, and their bytes. */
      count: z.int(),
      bytes: z.number(),
      /** What they took on each of the last 90 days on which that was counted, the oldest first. */
      days: z.array(z.object({ day: z.iso.date(), bytes: z.number() })),
    }),
  ),
});

export type StorageHistory = z.infer<typeof storageHistorySchema>;

/** How full a destination was in the last 90 days, when it will be full, and what fills it. */
export const destinationsStorage = defineVerb({
  name: "destinations.storage",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run({ now }, { id }): Promise<StorageHistory> {
    if (!(await findEndpoint("destinations", id))) throw new AppError("not_found", "There is no such destination.");
    const [history, stored] = await Promise.all([locationHistory(id, now), storedByJob(id, MOST_JOBS)]);
    const jobIds = stored.flatMap(({ jobId }) => jobId ?? []);
    const days = await storedDaysOf(id, jobIds, now - HISTORY_MS);
    return {
      ...history,
      jobs: stored.map(({ jobId, isThere, ...rest }) => ({
        id: isThere ? jobId : null,
        ...rest,
        days: days.flatMap((one) => (one.jobId === jobId ? [{ day: dateOf(one.day), bytes: one.bytes }] : [])),
      })),
    };
  },
});

function dateOf(day: number): string {
  return new Date(day).toISOString().slice(0, 10);
}
