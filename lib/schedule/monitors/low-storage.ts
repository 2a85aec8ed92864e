import { openSubjects } from "@/db/queries/alerts";
import { type CheckedDestination, checkedDestinations } from "@/db/queries/storage";
import { DEFAULT_THRESHOLD, isStorageLow } from "@/lib/core/storage";
import { storageLow } from "@/lib/events/storage-low";
import { defineMonitor, type MonitorFinding } from "./define-monitor";

/** A measurement that is older says nothing about now, milliseconds. */
const STALE_MS = 10 * 60_000;

/** No destination is fuller than its threshold. One that cannot be measured stays as it was. */
export const lowStorage = defineMonitor({
  name: "storage monitor",
  everyMs: 60_000,
  topics: ["storage"],
  eventType: storageLow.type,
  async check(now) {
    const open = new Set((await openSubjects(storageLow.type)).map(({ subjectId }) => subjectId));
    return (await checkedDestinations())
      .filter(({ checkedAt }) => now - checkedAt < STALE_MS)
      .flatMap((destination) => findingOf(destination, open.has(destination.locationId)));
  },
});

function findingOf(destination: CheckedDestination, wasLow: boolean): MonitorFinding[] {
  const { locationId: id, name, state, usedBytes, freeBytes, threshold } = destination;
  if (state !== "measured" || usedBytes === null || freeBytes === null) return [];
  const figures = { usedBytes, freeBytes };
  const limit = threshold ?? DEFAULT_THRESHOLD;
  const isLow = isStorageLow(figures, limit, wasLow);
  const subject = { kind: "destination", id, name } as const;
  const facts = { storage: { ...figures, threshold: limit } };
  return [{ subject, problem: isLow ? facts : null, facts }];
}
