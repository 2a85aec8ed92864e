import { databaseNow } from "@/db/database-clock";
import { unreportedOffline } from "@/db/queries/clients";
import { markSilentOffline, reportOfflineChange } from "@/db/stores/client-states";
import { lastListenedAt } from "@/db/stores/listeners";
import { offlineDelayMinutes } from "@/lib/core/client";
import { clientOffline } from "@/lib/events/client-offline";
import { defineMonitor } from "./define-monitor";

const MINUTE_MS = 60_000;
/** Where others take the reports: when none of them said for so long that it does, nobody listens. Milliseconds. */
const NOBODY_LISTENS_MS = 12_000;

/**
 * Clients report. One that missed three heartbeats is offline; when it stays so for its own delay, that is raised, once for
 * all processes. Its next heartbeat resolves it. While no process takes reports, nobody keeps silent.
 */
export const silentClients = defineMonitor({
  name: "client monitor",
  everyMs: 5_000,
  eventType: clientOffline.type,
  appliesTo: ({ hasScheduler }) => hasScheduler,
  async check(_now, { processId }, watch) {
    const now = databaseNow();
    // A single process listens itself.
    const listenedAt = processId === null ? now : await lastListenedAt();
    if (listenedAt === null || now - listenedAt > NOBODY_LISTENS_MS) {
      watch.interrupt();
      return [];
    }
    // Silence counts up to the moment when somebody surely listened.
    const heardUntil = Math.min(now, listenedAt);
    const watchedSince = watch.since(now);
    await markSilentOffline(now, watchedSince, heardUntil);
    const silent = await unreportedOffline(now);
    return silent.flatMap(({ id, name, lastSeenAt, ...delay }) => {
      // What was seen in the future was dated by a clock that was wrong.
      const from = Math.max(watchedSince, lastSeenAt > now ? 0 : lastSeenAt);
      if (heardUntil - from <= offlineDelayMinutes(delay) * MINUTE_MS) return [];
      const seen = Math.min(lastSeenAt, now);
      return [
        {
          subject: { kind: "client" as const, id, name },
          problem: { client: { id, name }, lastSeenAt: seen, silentMs: now - seen },
          change: reportOfflineChange(id, lastSeenAt, now),
        },
      ];
    });
  },
});
