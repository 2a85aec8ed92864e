import { databaseNow } from "@/db/database-clock";
import { openSubjects } from "@/db/queries/alerts";
import { lastBackupAt } from "@/db/queries/artifacts";
import { watchedDestinations } from "@/db/queries/endpoints";
import { installationPause } from "@/db/queries/installation";
import { isStale } from "@/lib/core/destination-watch";
import { destinationStale } from "@/lib/events/destination-stale";
import { defineMonitor, type MonitorFinding } from "./define-monitor";
import { unwatchedFindings } from "./unwatched";

/** After a start, or a leap of the clock, backups that are due get their chance first. */
const SETTLING_MS = 2 * 60_000;

/** Every destination with a window of its own takes a new backup within it. */
export const missingBackups = defineMonitor({
  name: "missing backup monitor",
  everyMs: 60_000,
  topics: ["jobs", "runs"],
  eventType: destinationStale.type,
  async check(_now, _context, watch) {
    const now = databaseNow();
    const isSettling = now - watch.since(now) < SETTLING_MS;
    // A copy leaves the backups to its original until a person has decided.
    if ((await installationPause()) !== null) return null;
    const destinations = await watchedDestinations();
    const watched = destinations.flatMap((row) => (row.watch.missingAfterHours === null ? [] : [row]));
    const last = await lastBackupAt(watched.map(({ id }) => id));
    const findings = watched.flatMap(({ id, name, createdAt, watch: { missingAfterHours } }): MonitorFinding[] => {
      const hours = missingAfterHours ?? 0;
      const backupAt = last.get(id) ?? null;
      const since = backupAt ?? createdAt;
      const facts = { stale: { hours, since, lastBackupAt: backupAt } };
      const isMissing = isStale(hours, since, now);
      if (isMissing && isSettling) return [];
      return [{ subject: { kind: "destination", id, name }, problem: isMissing ? facts : null, facts }];
    });
    const open = await openSubjects(destinationStale.type);
    return [...findings, ...unwatchedFindings(open, new Set(watched.map(({ id }) => id)))];
  },
});
