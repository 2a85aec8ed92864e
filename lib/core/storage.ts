/** When a location counts as low: from so much use on, or below so much free space. */
export type StorageThreshold = { percent: number } | { freeBytes: number };

/** What is said about a location that says nothing else. */
export const DEFAULT_THRESHOLD: StorageThreshold = { percent: 90 };

/** A problem ends only so many points below its threshold: one that goes up and down around it is one problem. */
const REARM_POINTS = 2;

/** What a location holds and what it can still take, bytes. */
export interface StorageFigures {
  usedBytes: number;
  freeBytes: number;
}

/** How a location was when it was last looked at. */
export type StorageState =
  | "measured"
  /** It says nothing about its space. */
  | "unknown"
  /** A path that was a mount point is none any more, or does not answer. */
  | "unmounted"
  /** Anything else that kept it from being measured. */
  | "unreachable";

/** Use in percent, as `df` counts it: of what is used and what may still be. An empty location of no size is full. */
export function usedPercent({ usedBytes, freeBytes }: StorageFigures): number {
  const total = usedBytes + freeBytes;
  return total > 0 ? (usedBytes / total) * 100 : 100;
}

/** @param wasLow whether it was low before: then it stays so until it is some points better than its threshold */
export function isStorageLow(figures: StorageFigures, threshold: StorageThreshold, wasLow: boolean): boolean {
  const points = wasLow ? REARM_POINTS : 0;
  if ("percent" in threshold) return usedPercent(figures) >= threshold.percent - points;
  const total = figures.usedBytes + figures.freeBytes;
  return figures.freeBytes < threshold.freeBytes + (total * points) / 100;
}
