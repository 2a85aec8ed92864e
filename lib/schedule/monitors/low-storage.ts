import { openSubjects } from "@/db/queries/alerts";
import { type CheckedLocation, checkedLocations } from "@/db/queries/storage";
import { DEFAULT_THRESHOLD, isStorageLow } from "@/lib/core/storage";
import { keyOf } from "@/lib/events/key";
import { storageLow } from "@/lib/events/storage-low";
import { defineMonitor, type MonitorFinding } from "./define-monitor";

/** A measurement that is older says nothing about now, milliseconds. */
const STALE_MS = 10 * 60_000;

/** No destination or repository is fuller than its threshold. One that cannot be measured stays as it was. */
export const lowStorage = defineMonitor({
  name: "storage monitor",
  everyMs: 60_000,
  topics: ["storage"],
  eventType: storageLow.type,
  async check(now) {
    const open = new Set((await openSubjects(storageLow.type)).map(({ dedupKey }) => dedupKey));
    return (await checkedLocations())
      .filter(({ checkedAt }) => now - checkedAt < STALE_MS)
      .flatMap((location) => findingOf(location, open.has(keyOf(storageLow.type, location.locationId))));
  },
});

function findingOf(location: CheckedLocation, wasLow: boolean): MonitorFinding[] {
  const { subject, state, usedBytes, freeBytes, threshold } = location;
  if (state !== "measured" || usedBytes === null || freeBytes === null) return [];
  const figures = { usedBytes, freeBytes };
  const limit = threshold ?? DEFAULT_THRESHOLD;
  const isLow = isStorageLow(figures, limit, wasLow);
  const facts = { storage: { ...figures, threshold: limit } };
  return [{ subject, problem: isLow ? facts : null, facts }];
}
