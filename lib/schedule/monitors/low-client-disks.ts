import { openSubjects } from "@/db/queries/alerts";
import { reportedDisks } from "@/db/queries/clients";
import { figuresOfDisk } from "@/lib/core/client";
import { DEFAULT_THRESHOLD, isStorageLow } from "@/lib/core/storage";
import { keyOfDisk } from "@/lib/events/key";
import { storageLow } from "@/lib/events/storage-low";
import { defineMonitor, type MonitorFinding } from "./define-monitor";

/** What a client said longer ago says nothing about now, milliseconds. */
const STALE_MS = 10 * 60_000;

/** No disk of a client is fuller than its threshold. One that is not reported any more stays as it was. */
export const lowClientDisks = defineMonitor({
  name: "client disk monitor",
  everyMs: 60_000,
  eventType: storageLow.type,
  findsAll: true,
  appliesTo: ({ hasScheduler }) => hasScheduler,
  async check(now) {
    const open = new Set((await openSubjects(storageLow.type)).map(({ dedupKey }) => dedupKey));
    const clients = await reportedDisks(now - STALE_MS);
    return clients.flatMap(({ id, name, disks, diskThresholds }) =>
      disks.flatMap((disk): MonitorFinding[] => {
        const { mount } = disk;
        const wasLow = open.has(keyOfDisk(storageLow.type, id, mount));
        const figures = figuresOfDisk(disk);
        const own = diskThresholds.find((one) => one.mount === mount);
        const threshold = own?.threshold ?? DEFAULT_THRESHOLD;
        const isLow = disk.totalBytes > 0 && isStorageLow(figures, threshold, wasLow);
        if (!isLow && !wasLow) return [];
        const facts = { storage: { mount, ...figures, threshold } };
        return [{ subject: { kind: "client", id, name }, problem: isLow ? facts : null, facts }];
      }),
    );
  },
});
