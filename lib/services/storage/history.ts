import { z } from "zod";
import { type StorageSample, storageSamplesOf } from "@/db/queries/storage";
import { toIso } from "@/lib/core/clock";
import { forecastStorage } from "@/lib/core/storage-forecast";

const DAY_MS = 86_400_000;
const HISTORY_DAYS = 90;

/** How full a location was, and when it will be full. */
export const locationHistorySchema = z.object({
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
});
export type LocationHistory = z.infer<typeof locationHistorySchema>;

/** Of the last 90 days. @param now milliseconds */
export async function locationHistory(locationId: string, now: number): Promise<LocationHistory> {
  const [history] = await locationHistories([locationId], now);
  return history ?? { samples: [], forecast: null };
}

/** Of several, in the given order. @param now milliseconds */
export async function locationHistories(locationIds: readonly string[], now: number): Promise<LocationHistory[]> {
  const histories = await storageSamplesOf(locationIds, now - HISTORY_DAYS * DAY_MS);
  return locationIds.map((id) => historyOf(histories.get(id) ?? [], now));
}

function historyOf(history: readonly StorageSample[], now: number): LocationHistory {
  const samples = history.map(({ hour, ...figures }) => ({ at: hour, ...figures }));
  const forecast = forecastStorage(samples, now);
  return {
    samples: samples.map(({ at, ...figures }) => ({ at: toIso(at), ...figures })),
    forecast: forecast && { ...forecast, fullAt: toIso(forecast.fullAt) },
  };
}
