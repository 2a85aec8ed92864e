import { openSubjects } from "@/db/queries/alerts";
import { watchedDestinations } from "@/db/queries/endpoints";
import { samplesBefore, storageUsageOf } from "@/db/queries/storage";
import { isSpike } from "@/lib/core/destination-watch";
import { storageSpike } from "@/lib/events/storage-spike";
import { defineMonitor, type MonitorFinding } from "./define-monitor";
import { unwatchedFindings } from "./unwatched";

/** A measurement that is older says nothing about now, milliseconds. */
const FRESH_MS = 10 * 60_000;
/** What the use of now is compared with was measured so long ago, or longer where nothing was measured meanwhile. */
const SPAN_MS = 24 * 3_600_000;

/**
 * No destination changes its use within a day by more than its share. One that cannot be measured, or was not measured a
 * day ago, stays as it was: a disk that is not mounted has not shrunk.
 */
export const storageSpikes = defineMonitor({
  name: "storage spike monitor",
  everyMs: 60_000,
  topics: ["jobs", "storage"],
  eventType: storageSpike.type,
  async check(now) {
    const watched = (await watchedDestinations()).filter(({ watch }) => watch.spikePercent !== null);
    const ids = watched.map(({ id }) => id);
    const [usage, before, open] = await Promise.all([
      storageUsageOf(ids),
      samplesBefore(ids, now - SPAN_MS),
      openSubjects(storageSpike.type),
    ]);
    const isOpen = new Set(open.map(({ subjectId }) => subjectId));
    const findings = watched.flatMap(({ id, name, watch: { spikePercent } }): MonitorFinding[] => {
      const [usageNow, then] = [usage.get(id), before.get(id)];
      if (!usageNow || !then || usageNow.state !== "measured" || usageNow.usedBytes === null) return [];
      if (now - usageNow.checkedAt >= FRESH_MS) return [];
      const sharePercent = spikePercent ?? 0;
      const { usedBytes } = usageNow;
      const facts = { spike: { beforeBytes: then.usedBytes, beforeAt: then.hour, usedBytes, sharePercent } };
      const isOne = isSpike(then.usedBytes, usedBytes, sharePercent, isOpen.has(id));
      return [{ subject: { kind: "destination", id, name }, problem: isOne ? facts : null, facts }];
    });
    return [...findings, ...unwatchedFindings(open, new Set(ids))];
  },
});
