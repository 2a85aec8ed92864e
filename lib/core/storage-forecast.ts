import type { StorageFigures } from "./storage";

/** How full a location was at a time, milliseconds. */
export interface StorageSampleAt extends StorageFigures {
  at: number;
}

/** Where the use of a location leads, if it goes on as it did. */
export interface StorageForecast {
  /** How many days of measurements it goes by. */
  overDays: number;
  /** Bytes that came each day; negative when it became less. */
  bytesPerDay: number;
  /** Milliseconds; null when it does not grow, or would take longer than anybody looks ahead. */
  fullAt: number | null;
}

const DAY_MS = 86_400_000;
/** What happened longer ago says little about what comes. */
const HISTORY_DAYS = 30;
/** A shorter history says more about its hours than about days. */
const LEAST_DAYS = 3;
const LEAST_SAMPLES = 12;
const HORIZON_DAYS = 730;

/**
 * The straight line through what was measured in the last 30 days (least squares), from what is free now on.
 * @param samples oldest first @param now milliseconds
 * @returns null while there are not three days of measurements
 */
export function forecastStorage(samples: readonly StorageSampleAt[], now: number): StorageForecast | null {
  const recent = samples.filter(({ at }) => at > now - HISTORY_DAYS * DAY_MS && at <= now);
  const [first, last] = [recent[0], recent.at(-1)];
  if (!first || !last || recent.length < LEAST_SAMPLES || last.at - first.at < LEAST_DAYS * DAY_MS) return null;
  const points = recent.map(({ at, usedBytes }) => ({ day: (at - first.at) / DAY_MS, usedBytes }));
  const meanDay = meanOf(points.map(({ day }) => day));
  const meanUsed = meanOf(points.map(({ usedBytes }) => usedBytes));
  const spread = points.reduce((sum, { day }) => sum + (day - meanDay) ** 2, 0);
  const shared = points.reduce((sum, { day, usedBytes }) => sum + (day - meanDay) * (usedBytes - meanUsed), 0);
  const bytesPerDay = Math.round(shared / spread);
  const days = last.freeBytes / bytesPerDay;
  const isReached = bytesPerDay > 0 && days <= HORIZON_DAYS;
  const overDays = Math.round((last.at - first.at) / DAY_MS);
  return { overDays, bytesPerDay, fullAt: isReached ? Math.round(last.at + days * DAY_MS) : null };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
