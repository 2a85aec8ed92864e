import { z } from "zod";
import { type ChannelStateRow, jobsOfChannels, statesOfChannels, testedChannels } from "@/db/queries/channels";
import { settingValue } from "@/db/queries/dispatch";
import { labelsOf } from "@/db/queries/labels";
import { profilesOfChannels } from "@/db/queries/profiles";
import type { ChannelRow } from "@/db/stores/channels";
import { NOTIFICATION_SETTINGS } from "@/db/stores/routing";
import { MAIL_SETTINGS } from "@/db/stores/system-mail-settings";
import type { Actor } from "@/lib/auth/access/actor";
import { toIso } from "@/lib/core/clock";
import { SEVERITIES } from "@/lib/core/severity";
import { GENERAL_SETTINGS } from "@/lib/dispatch/send/installation";
import { providerOf } from "@/lib/providers/registry";
import { maskSecrets } from "@/lib/secrets/config";
import { startOfDay } from "@/lib/services/calendar-day";
import { labelsView } from "@/lib/services/labels/fields";
import { reportsView, viewOfReports } from "@/lib/services/reports/view";
import { generalSettings } from "@/lib/services/settings/general";
import { quietHoursView } from "@/lib/services/settings/quiet-hours-field";
import { configProblem, storedConfig } from "./config";
import { textSetView } from "./text-fields";
import { countToday } from "./today";
import { readUsage } from "./uses";

const time = z.iso.datetime().nullable();

/** A channel in answers; secrets are `{ stored: true }`. */
export const channelViewSchema = z.object({
  id: z.string(),
  name: z.string(),
  provider: z.string(),
  providerLabel: z.string(),
  purpose: z.enum(["message", "monitor"]),
  enabled: z.boolean(),
  labels: labelsView,
  /** Null for everyone but administrators. */
  config: z.record(z.string(), z.unknown()).nullable(),
  /** Event types that the channel subscribes to. */
  events: z.array(z.string()),
  minSeverity: z.enum(SEVERITIES).nullable(),
  /** Deliveries are held until then; null when that has passed. */
  mutedUntil: time,
  rateLimit: z.object({ requests: z.int(), perSeconds: z.int() }).nullable(),
  /** Daily and weekly reports that it gets; null: none. */
  reports: reportsView.nullable(),
  quietHours: quietHoursView.nullable(),
  /** Custom text for everything sent through it. */
  texts: textSetView.nullable(),
  health: z.object({
    state: z.enum(["healthy", "retrying", "paused"]),
    retryingSince: time,
    pausedUntil: time,
    failingSince: time,
    lastSuccessAt: time,
    lastErrorAt: time,
    lastError: z.string().nullable(),
  }),
  /** Something was sent through it, be it a Test: it is known to work. */
  isTested: z.boolean(),
  /** Deliveries made on the reader's calendar day, without Tests. */
  today: z.object({
    sent: z.int(),
    dead: z.int(),
    /** Held, pending or sending. */
    waiting: z.int(),
  }),
  usedBy: z.object({
    jobs: z.array(z.object({ id: z.string(), name: z.string() })),
    profiles: z.array(z.object({ id: z.string(), name: z.string() })),
    isGlobal: z.boolean(),
    /** Alerts go there that no channel has taken. */
    isFallback: z.boolean(),
    overrides: z.array(z.object({ type: z.string(), name: z.string() })),
  }),
  /** Why the stored configuration cannot be used. */
  problem: z.string().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});
export type ChannelView = z.infer<typeof channelViewSchema>;

/** Channels with their health, and their uses on the reader's calendar day. */
export async function channelViews(rows: ChannelRow[], actor: Actor): Promise<ChannelView[]> {
  const ids = rows.map((row) => row.id);
  const general = generalSettings(await settingValue(GENERAL_SETTINGS));
  const timezone = (actor.kind === "user" && actor.timezone) || general.timezone;
  const [states, labels, jobs, profiles, notifications, mail, today] = await Promise.all([
    statesOfChannels(ids),
    labelsOf("channel", ids),
    jobsOfChannels(ids),
    profilesOfChannels(ids),
    settingValue(NOTIFICATION_SETTINGS),
    settingValue(MAIL_SETTINGS),
    countToday(ids, startOfDay(Date.now(), timezone)),
  ]);
  const tested = await testedChannels(ids.filter((id) => states.get(id)?.lastSuccessAt == null));
  return rows.map((row) => {
    const provider = providerOf(row.provider);
    return {
      id: row.id,
      name: row.name,
      provider: row.provider,
      providerLabel: provider?.label ?? row.provider,
      purpose: provider?.purpose ?? "message",
      enabled: row.enabled,
      labels: labels.get(row.id) ?? {},
      config: maskSecrets(storedConfig(row), provider?.secretFields ?? []),
      events: Array.isArray(row.subscriptions) ? row.subscriptions : [],
      minSeverity: row.minSeverity,
      mutedUntil: row.mutedUntil !== null && row.mutedUntil > Date.now() ? toIso(row.mutedUntil) : null,
      rateLimit: row.rateLimit,
      reports: viewOfReports(row.reports, general.timezone, row.enabled ? Date.now() : null),
      quietHours: row.quietHours,
      texts: row.texts,
      health: healthOf(states.get(row.id)),
      isTested: states.get(row.id)?.lastSuccessAt != null || tested.has(row.id),
      today: today.get(row.id) ?? { sent: 0, dead: 0, waiting: 0 },
      usedBy: readUsage(
        row.id,
        {
          jobs: jobs.filter((job) => job.channelId === row.id),
          profiles: profiles.filter((profile) => profile.channelId === row.id),
        },
        notifications,
      ),
      problem: configProblem(row, mail !== null),
      createdAt: toIso(row.createdAt),
      updatedAt: toIso(row.updatedAt),
    };
  });
}

/** One channel. */
export async function channelView(row: ChannelRow, actor: Actor): Promise<ChannelView> {
  const [view] = await channelViews([row], actor);
  return view as ChannelView;
}

/** The health of a channel in answers. @param state none: nothing was sent through it yet */
export function healthOf(state: ChannelStateRow | undefined): ChannelView["health"] {
  return {
    state: state?.health ?? "healthy",
    retryingSince: toIso(state?.retryingSince),
    pausedUntil: toIso(state?.pausedUntil),
    failingSince: toIso(state?.failingSince),
    lastSuccessAt: toIso(state?.lastSuccessAt),
    lastErrorAt: toIso(state?.lastErrorAt),
    lastError: state?.lastError || null,
  };
}
