import { and, asc, eq, gt, inArray, sql } from "drizzle-orm";
import { database, type Tables } from "../client";
import type { ChannelRow } from "../stores/channels";

export type ChannelStateRow = Tables["channelStates"]["$inferSelect"];

export async function channelById(id: string): Promise<ChannelRow | null> {
  const { orm, t } = database();
  const [row] = await orm.select().from(t.channels).where(eq(t.channels.id, id)).limit(1);
  return row ?? null;
}

/** Channels in the order in which they were made. @param page `q` is looked for in the name, in any case */
export async function listChannels(page: {
  cursor?: string;
  limit: number;
  q?: string;
  provider?: string;
}): Promise<ChannelRow[]> {
  const { orm, t } = database();
  const { channels: c } = t;
  const pattern = page.q ? `%${page.q.toLowerCase().replace(/[\\%_]/g, "\\$&")}%` : undefined;
  return await orm
    .select()
    .from(c)
    .where(
      and(
        page.cursor ? gt(c.id, page.cursor) : undefined,
        pattern ? sql`lower(${c.name}) like ${pattern} escape '\\'` : undefined,
        page.provider ? eq(c.provider, page.provider) : undefined,
      ),
    )
    .orderBy(asc(c.id))
    .limit(page.limit);
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

/** The jobs whose rows name these channels. */
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
