import { unreportedOffline } from "@/db/queries/clients";
import { markSilentOffline, reportOfflineChange } from "@/db/stores/client-states";
import { offlineDelayMinutes } from "@/lib/core/client";
import { clientOffline } from "@/lib/events/client-offline";
import { defineMonitor } from "./define-monitor";
import { listeningSpan } from "./listening-span";

const MINUTE_MS = 60_000;

/**
 * Clients report. One that missed three heartbeats is offline; when it stays so for its own delay, that is raised, once for
 * all processes. Its next heartbeat resolves it. While no process takes reports, nobody keeps silent.
 */
export const silentClients = defineMonitor({
  name: "client monitor",
  everyMs: 5_000,
  eventType: clientOffline.type,
  appliesTo: ({ hasScheduler }) => hasScheduler,
  async check(_now, context, watch) {
    const span = await listeningSpan(context, watch);
    if (!span) return [];
    const { now, watchedSince, heardUntil } = span;
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
