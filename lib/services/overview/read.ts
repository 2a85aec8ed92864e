import { z } from "zod";
import { countJobHealths } from "@/db/queries/job-health";
import { upcomingJobs } from "@/db/queries/jobs";
import { deliveriesAboutClients, endedFigures, failingChannels, storedFigures } from "@/db/queries/overview";
import { clientsOf } from "@/lib/auth/access/actor";
import { toIso } from "@/lib/core/clock";
import { OVERVIEW_JOBS } from "@/lib/core/job-health";
import { SYSTEM_MAIL_ID, SYSTEM_MAIL_NAME } from "@/lib/core/system-mail";
import { topicCache } from "@/lib/core/topic-cache";
import { mailProvider } from "@/lib/providers/registry";
import { countMissedSlots } from "@/lib/reports/count-missed";
import { channelViews } from "@/lib/services/channels/view";
import { systemMailHealth } from "@/lib/services/settings/system-mail-health";
import { defineVerb } from "@/lib/services/verb";
import { daysOfAllJobs } from "./all-days";
import { jobHealthCounts } from "./job-health-counts";
import { countLastDay } from "./last-day";
import { upcomingRuns } from "./upcoming-runs";

const DAY_MS = 86_400_000;
/** How far the overview looks ahead. */
const AHEAD_MS = DAY_MS / 2;
/** Jobs whose next runs are named, the soonest first. */
const MOST_UPCOMING = 200;
/** Dropped by every change of runs, backups and jobs. */
const stored = topicCache(["runs", "jobs"], () => storedFigures());

/** Health at a glance: stored backups, the results of the last day, the next run, and notifications. */
export const overviewRead = defineVerb({
  name: "overview.read",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  async run({ actor, now }) {
    const since = now - DAY_MS;
    const limit = clientsOf(actor);
    const [byHealth, { count, bytes }, ended, missed, notifications24h, upcoming, failing] = await Promise.all([
      limit ? countJobHealths(limit) : jobHealthCounts(),
      limit ? storedFigures(limit) : stored.read(),
      endedFigures(since, limit),
      countMissedSlots({ from: since, to: now }, limit),
      limit ? deliveriesAboutClients(since, limit) : countLastDay(now),
      upcomingJobs(MOST_UPCOMING, limit),
      // Channels carry what is about others, too.
      limit ? [] : failingChannels(),
    ]);
    const [next] = upcoming;
    const ahead = upcomingRuns(upcoming, now + AHEAD_MS);
    const lastKnown = upcoming[MOST_UPCOMING - 1]?.nextRunAt ?? Number.POSITIVE_INFINITY;
    const total = Object.values(byHealth).reduce((sum, n) => sum + n, 0);
    const timezone = (actor.kind === "user" && actor.timezone) || "UTC";
    return {
      jobs: { total, byHealth },
      /** The last 30 days of all jobs together, oldest first, once they are too many to be shown one by one. */
      allDays: total > OVERVIEW_JOBS && !limit ? await daysOfAllJobs(now, timezone) : null,
      protectedBytes: bytes,
      artifacts: count,
      /** Of the runs that ended and the slots that passed without one. */
      last24h: { good: ended.good, missed, total: ended.total + missed },
      nextRun:
        next?.nextRunAt != null
          ? { jobId: next.id, jobName: next.name, at: toIso(next.nextRunAt), timezone: next.timezone ?? "UTC" }
          : null,
      /** The runs of the next twelve hours, the soonest first. */
      upcoming: ahead.runs,
      /** There are more than `upcoming` names. */
      hasMoreUpcoming: ahead.hasMore || lastKnown <= now + AHEAD_MS,
      notifications24h,
      failingChannels: [
        ...(await channelViews(failing, actor)).map(({ id, name, provider, providerLabel, enabled, health }) => ({
          id,
          name,
          provider,
          providerLabel,
          enabled,
          health,
        })),
        ...(limit ? [] : await failingSystemMail()),
      ],
    };
  },
});

/** The system mail server among the failing channels; none while it works. */
async function failingSystemMail() {
  const health = await systemMailHealth();
  if (health.state === "healthy" && health.failingSince === null) return [];
  const { id: provider, label: providerLabel } = mailProvider();
  return [{ id: SYSTEM_MAIL_ID, name: SYSTEM_MAIL_NAME, provider, providerLabel, enabled: true, health }];
}
