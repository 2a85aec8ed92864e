import { z } from "zod";
import { upcomingJobs } from "@/db/queries/jobs";
import { endedFigures, failingChannels, jobFigures, notificationFigures, storedFigures } from "@/db/queries/overview";
import { toIso } from "@/lib/core/clock";
import { topicCache } from "@/lib/core/topic-cache";
import { channelViews } from "@/lib/services/channels/view";
import { defineVerb } from "@/lib/services/verb";

const DAY_MS = 86_400_000;
/** A day may have hundreds of thousands of deliveries: several readers, and reloads, share one count. */
const FIGURES_MAX_AGE_MS = 5_000;
const recentFigures = topicCache([], () => notificationFigures(Date.now() - DAY_MS), { maxAgeMs: FIGURES_MAX_AGE_MS });

/** Health at a glance: stored backups, the results of the last day, the next run, and notifications. */
export const overviewRead = defineVerb({
  name: "overview.read",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  async run({ actor, now }) {
    const since = now - DAY_MS;
    const [jobs, stored, last24h, notifications24h, [next], failing] = await Promise.all([
      jobFigures(),
      storedFigures(),
      endedFigures(since),
      recentFigures.read(),
      upcomingJobs(1),
      failingChannels(),
    ]);
    return {
      jobs,
      protectedBytes: stored.bytes,
      artifacts: stored.count,
      last24h,
      nextRun:
        next?.nextRunAt != null
          ? { jobId: next.id, jobName: next.name, at: toIso(next.nextRunAt), timezone: next.timezone ?? "UTC" }
          : null,
      notifications24h,
      failingChannels: (await channelViews(failing, actor)).map(({ id, name, providerLabel, enabled, health }) => ({
        id,
        name,
        providerLabel,
        enabled,
        health,
      })),
    };
  },
});
