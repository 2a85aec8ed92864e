import {
  and,
  asc,
  count,
  eq,
  exists,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  ne,
  notInArray,
  or,
  type SQL,
  sql,
} from "drizzle-orm";
import type { DeliveryStatus } from "@/lib/core/delivery";
import { idsSince } from "@/lib/core/id";
import type { LabelFilter } from "@/lib/core/label";
import { database, type Tables } from "../client";
import type { ChannelRow } from "../stores/channels";

import { hasLabel } from "./labels";

export type ChannelStateRow = Tables["channelStates"]["$inferSelect"];

export async function channelById(id: string): Promise<ChannelRow | null> {
  const { orm, t } = database();
  const [row] = await orm.select().from(t.channels).where(eq(t.channels.id, id)).limit(1);
  return row ?? null;
}

/** States that the list of channels can be filtered by: those of the badge, and muted. */
export const CHANNEL_STATES = ["healthy", "retrying", "paused", "failing", "muted", "off"] as const;
export type ChannelStateFilter = (typeof CHANNEL_STATES)[number];

/** Channels in order of creation. @param page `q`: part of the name, case-insensitive */
export async function listChannels(page: {
  cursor?: string;
  limit: number;
  q?: string;
  provider?: string;
  state?: ChannelStateFilter;
  label?: LabelFilter;
  /** Milliseconds: for what is muted until later. */
  now: number;
}): Promise<ChannelRow[]> {
  const { orm, t } = database();
  const { channels: c, channelStates: s } = t;
  const pattern = page.q ? `%${page.q.toLowerCase().replace(/[\\%_]/g, "\\$&")}%` : undefined;
  const rows = await orm
    .select({ channel: c })
    .from(c)
    .leftJoin(s, eq(s.channelId, c.id))
    .where(
      and(
        page.state ? inState(t, page.state, page.now) : undefined,
        page.cursor ? gt(c.id, page.cursor) : undefined,
        pattern ? sql`lower(${c.name}) like ${pattern} escape '\\'` : undefined,
        page.provider ? eq(c.provider, page.provider) : undefined,
        hasLabel("channel", c.id, page.label),
      ),
    )
    .orderBy(asc(c.id))
    .limit(page.limit);
  return rows.map(({ channel }) => channel);
}

/** As the badge shows it: disabled comes first, then failing. */
function inState({ channels: c, channelStates: s }: Tables, state: ChannelStateFilter, now: number): SQL | undefined {
  if (state === "off") return eq(c.enabled, false);
  const isOn = eq(c.enabled, true);
  if (state === "muted") return and(isOn, gt(c.mutedUntil, now));
  if (state === "failing") return and(isOn, isNotNull(s.failingSince));
  const health = state === "healthy" ? or(isNull(s.health), eq(s.health, state)) : eq(s.health, state);
  return and(isOn, isNull(s.failingSince), health);
}

/** Counts the deliveries created since then by channel and status, without Tests and reminders that are not sent yet. */
export async function deliveriesOfChannels(
  ids: string[],
  since: number,
): Promise<{ channelId: string | null; status: DeliveryStatus; n: number }[]> {
  if (ids.length === 0) return [];
  const { orm, t } = database();
  const { deliveries: d } = t;
  return await orm
    .select({ channelId: d.channelId, status: d.status, n: count() })
    .from(d)
    .where(
      and(
        inArray(d.channelId, ids),
        gte(d.id, idsSince("dlv", since)),
        ne(d.kind, "test"),
        or(notInArray(d.kind, ["reminder", "escalation"]), inArray(d.status, ["sent", "dead"])),
      ),
    )
    .groupBy(d.channelId, d.status);
}

/** Complete channels of these services. */
export async function channelsOfProviders(providers: string[]): Promise<ChannelRow[]> {
  if (providers.length === 0) return [];
  const { orm, t } = database();
  return await orm.select().from(t.channels).where(inArray(t.channels.provider, providers));
}

/** Every channel by name, without its configuration: for pickers. */
export async function channelNames(): Promise<Pick<ChannelRow, "id" | "name" | "provider" | "enabled">[]> {
  const { orm, t } = database();
  const { id, name, provider, enabled } = t.channels;
  return await orm.select({ id, name, provider, enabled }).from(t.channels).orderBy(asc(t.channels.name));
}

export async function statesOfChannels(ids: string[]): Promise<Map<string, ChannelStateRow>> {
  if (ids.length === 0) return new Map();
  const { orm, t } = database();
  const rows = await orm.select().from(t.channelStates).where(inArray(t.channelStates.channelId, ids));
  return new Map(rows.map((row) => [row.channelId, row]));
}

/** The jobs whose notification rules name these channels. */
/** Of these channels those that a Test was sent through. Meant for channels that sent nothing else: few steps into an index each. */
export async function testedChannels(ids: string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const { orm, t } = database();
  const { channels, deliveries: d } = t;
  const sentTest = orm
    .select({ one: sql`1` })
    .from(d)
    .where(and(eq(d.channelId, channels.id), eq(d.kind, "test"), eq(d.status, "sent")));
  const rows = await orm
    .select({ id: channels.id })
    .from(channels)
    .where(and(inArray(channels.id, ids), exists(sentTest)));
  return new Set(rows.map(({ id }) => id));
}

export async function jobsOfChannels(ids: string[]): Promise<{ channelId: string; id: string; name: string }[]> {
  if (ids.length === 0) return [];
  const { orm, t } = database();
  return await orm
    .select({ channelId: t.jobNotifications.channelId, id: t.jobs.id, name: t.jobs.name })
    .from(t.jobNotifications)
    .innerJoin(t.jobs, eq(t.jobs.id, t.jobNotifications.jobId))
    .where(inArray(t.jobNotifications.channelId, ids))
    .orderBy(asc(t.jobs.name));
}

/** Whether there is any channel. */
export async function anyChannel(): Promise<boolean> {
  const { orm, t } = database();
  return (await orm.select({ id: t.channels.id }).from(t.channels).limit(1)).length > 0;
}
