/** What is watched of a destination beside how full it is; null: not watched. */
export interface DestinationWatch {
  /** Without a new backup for so many hours it is stale. */
  missingAfterHours: number | null;
  /** Its use changes within a day by so many percent: more than usual. */
  spikePercent: number | null;
  /** Its stored backups are read again and compared with their checksums every so many days. */
  rereadDays: number | null;
}

export const NOTHING_WATCHED: DestinationWatch = { missingAfterHours: null, spikePercent: null, rereadDays: null };

const HOUR_MS = 3_600_000;

/** @param since the last backup that it took, or what came after that; milliseconds */
export function isStale(hours: number, since: number, now: number): boolean {
  return now - since > hours * HOUR_MS;
}

/** An open alert ends only below this part of the set share: a use that goes up and down around it is one problem. */
const REARM = 0.8;

/**
 * Whether the use of a location changed by the set share or more. Of nothing there is no share.
 * @param wasSpiking whether it did before: then it does until the change is clearly smaller
 */
export function isSpike(beforeBytes: number, usedBytes: number, sharePercent: number, wasSpiking: boolean): boolean {
  if (beforeBytes <= 0) return false;
  const changed = (Math.abs(usedBytes - beforeBytes) / beforeBytes) * 100;
  return changed >= sharePercent * (wasSpiking ? REARM : 1);
}
