import { z } from "zod";
import { attemptsByQuarter, failingSpans } from "@/db/queries/channel-history";
import { channelById } from "@/db/queries/channels";
import { settingValue } from "@/db/queries/dispatch";
import { toIso } from "@/lib/core/clock";
import { AppError } from "@/lib/core/errors";
import { GENERAL_SETTINGS } from "@/lib/dispatch/send/installation";
import { channelFailing } from "@/lib/events/channel-failing";
import { keyOf } from "@/lib/events/key";
import { dayNames } from "@/lib/services/calendar-day";
import { DAYS, lastDays } from "@/lib/services/jobs/days";
import { idField } from "@/lib/services/page";
import { generalSettings } from "@/lib/services/settings/general";
import { defineVerb } from "@/lib/services/verb";

const DAY_MS = 86_400_000;

export const channelHistorySchema = z.object({
  /** The last 30 days of the reader's calendar, oldest first. */
  days: z.array(
    z.object({
      day: z.iso.date(),
      /** Attempts that the service took, and others. */
      sent: z.int(),
      failed: z.int(),
      /** How long the service took to answer the former: on average, and at most. Null for none. */
      latencyMs: z.int().nullable(),
      slowestMs: z.int().nullable(),
      /** The channel failed as a whole on this day, or a part of it. */
      wasFailing: z.boolean(),
    }),
  ),
  /** Since when every attempt is counted, where there were too many; null: all are. */
  from: z.iso.datetime().nullable(),
});

export type ChannelHistory = z.infer<typeof channelHistorySchema>;

/** How a channel did on each of the last 30 days: what the service took, how fast, and when the channel failed. */
export const channelsHistory = defineVerb({
  name: "channels.history",
  permission: "viewer",
  changes: false,
  input: z.object({ id: idField }),
  async run({ now, actor }, { id }): Promise<ChannelHistory> {
    if (!(await channelById(id))) throw new AppError("not_found", "There is no such channel.");
    const general = generalSettings(await settingValue(GENERAL_SETTINGS));
    const dayOf = dayNames((actor.kind === "user" && actor.timezone) || general.timezone);
    const since = now - (DAYS + 1) * DAY_MS;
    const [{ quarters, from }, spans] = await Promise.all([
      attemptsByQuarter(id, since),
      failingSpans(keyOf(channelFailing.type, id), since),
    ]);
    const totals = new Map(lastDays(now, dayOf).map((day) => [day, { sent: 0, failed: 0, totalMs: 0, slowestMs: 0 }]));
    for (const quarter of quarters) {
      const day = totals.get(dayOf(quarter.at));
      if (!day) continue;
      day.sent += quarter.sent;
      day.failed += quarter.failed;
      day.totalMs += quarter.totalLatencyMs;
      day.slowestMs = Math.max(day.slowestMs, quarter.slowestMs);
    }
    const failing = spans.map(({ from: first, until }) => [dayOf(first), dayOf(until ?? now)] as const);
    const days = [...totals].map(([day, { sent, failed, totalMs, slowestMs }]) => ({
      day,
      sent,
      failed,
      latencyMs: sent > 0 ? Math.round(totalMs / sent) : null,
      slowestMs: sent > 0 ? slowestMs : null,
      // Names of days sort as their days do.
      wasFailing: failing.some(([first, last]) => first <= day && day <= last),
    }));
    return { days, from: toIso(from) };
  },
});
