import { and, asc, count, eq, gt, inArray } from "drizzle-orm";
import { database } from "../client";
import type { ProfileRow, ProfileRuleRow } from "../stores/profiles";
import { nameHas } from "./name-has";

/** A profile with its rules, in their order. */
export interface ProfileWithRules {
  profile: ProfileRow;
  rules: ProfileRuleRow[];
}

/** In order of creation. @param page `q` is searched for in the name */
export async function listProfiles(page: { cursor?: string; limit: number; q?: string }): Promise<ProfileWithRules[]> {
  const { orm, t } = database();
  const { profiles } = t;
  const rows = await orm
    .select()
    .from(profiles)
    .where(and(page.cursor ? gt(profiles.id, page.cursor) : undefined, nameHas(profiles.name, page.q)))
    .orderBy(asc(profiles.id))
    .limit(page.limit);
  return await withRules(rows);
}

export async function findProfile(id: string): Promise<ProfileWithRules | null> {
  const { orm, t } = database();
  const [profile] = await withRules(await orm.select().from(t.profiles).where(eq(t.profiles.id, id)).limit(1));
  return profile ?? null;
}

/** Every profile by name, with its rules: for pickers. */
export async function allProfiles(): Promise<ProfileWithRules[]> {
  const { orm, t } = database();
  return await withRules(await orm.select().from(t.profiles).orderBy(asc(t.profiles.name)));
}

async function withRules(rows: ProfileRow[]): Promise<ProfileWithRules[]> {
  if (rows.length === 0) return [];
  const { orm, t } = database();
  const { profileNotifications: n } = t;
  const ids = rows.map((row) => row.id);
  const rules = await orm.select().from(n).where(inArray(n.profileId, ids)).orderBy(asc(n.position));
  return rows.map((profile) => ({ profile, rules: rules.filter((rule) => rule.profileId === profile.id) }));
}

/** How many jobs follow each of these profiles. */
export async function followersOf(ids: readonly string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const { orm, t } = database();
  const { profileId } = t.jobs;
  const rows = await orm
    .select({ profileId, n: count() })
    .from(t.jobs)
    .where(inArray(profileId, [...ids]))
    .groupBy(profileId);
  return new Map(rows.flatMap((row) => (row.profileId === null ? [] : [[row.profileId, row.n] as const])));
}

/** Names of those that exist of the profiles asked for. */
export async function profileNames(ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const { orm, t } = database();
  const { id, name } = t.profiles;
  const rows = await orm
    .select({ id, name })
    .from(t.profiles)
    .where(inArray(id, [...new Set(ids)]));
  return new Map(rows.map((row) => [row.id, row.name]));
}

/** The profiles whose rules name these channels. */
export async function profilesOfChannels(ids: string[]): Promise<{ channelId: string; id: string; name: string }[]> {
  if (ids.length === 0) return [];
  const { orm, t } = database();
  const { profiles, profileNotifications: n } = t;
  return await orm
    .select({ channelId: n.channelId, id: profiles.id, name: profiles.name })
    .from(n)
    .innerJoin(profiles, eq(profiles.id, n.profileId))
    .where(inArray(n.channelId, ids))
    .orderBy(asc(profiles.name));
}
