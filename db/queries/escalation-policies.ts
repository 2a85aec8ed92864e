import { asc, eq, gt, inArray } from "drizzle-orm";
import { database } from "../client";
import { type EscalationPolicyRow, usersOfPolicy } from "../stores/escalation-policies";
import { transact } from "../transact";

/** In the order of their creation. @param page.cursor the id after which to go on */
export async function listEscalationPolicies(page: { cursor?: string; limit: number }): Promise<EscalationPolicyRow[]> {
  const { orm, t } = database();
  const { escalationPolicies: e } = t;
  return await orm
    .select()
    .from(e)
    .where(page.cursor ? gt(e.id, page.cursor) : undefined)
    .orderBy(asc(e.id))
    .limit(page.limit);
}

export async function findEscalationPolicy(id: string): Promise<EscalationPolicyRow | null> {
  const { orm, t } = database();
  const [row] = await orm.select().from(t.escalationPolicies).where(eq(t.escalationPolicies.id, id)).limit(1);
  return row ?? null;
}

/** Ids and names of all, by name. */
export async function escalationPolicyNames(): Promise<{ id: string; name: string }[]> {
  const { orm, t } = database();
  const { escalationPolicies: e } = t;
  return await orm.select({ id: e.id, name: e.name }).from(e).orderBy(asc(e.name));
}

/** What uses a policy, each with its kind and name. */
export function escalationPolicyUsers(id: string): Promise<string[]> {
  return transact([], (tx) => usersOfPolicy(tx, id));
}

/** Names of channels and accounts by id; what does not exist is missing. */
export async function stepNames(
  channelIds: readonly string[],
  userIds: readonly string[],
): Promise<{ channels: Map<string, string>; users: Map<string, { name: string; isActive: boolean }> }> {
  const { orm, t } = database();
  const channels = channelIds.length
    ? await orm
        .select({ id: t.channels.id, name: t.channels.name })
        .from(t.channels)
        .where(inArray(t.channels.id, [...channelIds]))
    : [];
  const users = userIds.length
    ? await orm
        .select({ id: t.users.id, name: t.users.name, status: t.users.status })
        .from(t.users)
        .where(inArray(t.users.id, [...userIds]))
    : [];
  return {
    channels: new Map(channels.map(({ id, name }) => [id, name])),
    users: new Map(users.map(({ id, name, status }) => [id, { name, isActive: status === "active" }])),
  };
}
