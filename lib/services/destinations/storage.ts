import { z } from "zod";
import { storedByJob } from "@/db/queries/artifacts";
import { findEndpoint } from "@/db/queries/endpoints";
import { storageSamplesOf } from "@/db/queries/storage";
import { toIso } from "@/lib/core/clock";
import { AppError } from "@/lib/core/errors";
import { forecastStorage } from "@/lib/core/storage-forecast";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";

const DAY_MS = 86_400_000;
const HISTORY_DAYS = 90;
const MOST_JOBS = 20;

export const storageHistorySchema = z.object({
  /** How full it was, hour by hour, oldest first. */
  samples: z.array(z.object({ at: z.iso.datetime(), usedBytes: z.number(), freeBytes: z.number() })),
  /** Null while there are not three days of measurements. */
  forecast: z
    .object({
      /** How many days of measurements it goes by, 30 at most. */
      overDays: z.int(),
      /** On average over these; negative when it became less. */
      bytesPerDay: z.number(),
      /** When it is full if that goes on; null when it does not grow, or not within two years. */
      fullAt: z.iso.datetime().nullable(),
    })
    .nullable(),
  /** What the jobs with the most bytes store there, the most first. */
  jobs: z.array(
    z.object({
      /** Null for backups of Belfry's own configuration, and of jobs that were deleted. */
      id: z.string().nullable(),
      name: z.string(),
      /** Backups, and their bytes. */
      count: z.int(),
      bytes: z.number(),
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
    const [history, stored] = await Promise.all([
      storageSamplesOf(id, now - HISTORY_DAYS * DAY_MS),
      storedByJob(id, MOST_JOBS),
    ]);
    const samples = history.map(({ hour, ...figures }) => ({ at: hour, ...figures }));
    const forecast = forecastStorage(samples, now);
    return {
      samples: samples.map(({ at, ...figures }) => ({ at: toIso(at), ...figures })),
      forecast: forecast && { ...forecast, fullAt: toIso(forecast.fullAt) },
      jobs: stored.map(({ jobId, isThere, ...rest }) => ({ id: isThere ? jobId : null, ...rest })),
    };
  },
});
