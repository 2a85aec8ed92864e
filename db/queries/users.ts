import { and, asc, eq, gt, inArray, isNotNull, isNull, lte } from "drizzle-orm";
import { database, type Tables } from "../client";
import type { LoginGuard } from "../stores/login-guards";
import type { UserRow } from "../stores/users";

export async function userById(id: string): Promise<UserRow | null> {
  const { orm, t } = database();
  const [row] = await orm.select().from(t.users).where(eq(t.users.id, id)).limit(1);
  return row ?? null;
}

/** What a user wants of the bell; null for one who has chosen nothing. */
export async function inboxPreferencesOf(id: string): Promise<UserRow["inbox"]> {
  const { orm, t } = database();
  const [row] = await orm.select({ inbox: t.users.inbox }).from(t.users).where(eq(t.users.id, id)).limit(1);
  return row?.inbox ?? null;
}

type InvitationRow = Tables["invitations"]["$inferSelect"];

/** @param emailKey the address in lower case */
export async function userByEmail(emailKey: string): Promise<UserRow | null> {
  const { orm, t } = database();
  const [row] = await orm.select().from(t.users).where(eq(t.users.emailKey, emailKey)).limit(1);
  return row ?? null;
}

/** Users in order of creation, after the cursor. */
export async function listUsers(page: { cursor?: string; limit: number }): Promise<UserRow[]> {
  const { orm, t } = database();
  return await orm
    .select()
    .from(t.users)
    .where(page.cursor ? gt(t.users.id, page.cursor) : undefined)
    .orderBy(asc(t.users.id))
    .limit(page.limit);
}

export async function hasUsers(): Promise<boolean> {
  const { orm, t } = database();
  return (await orm.select({ id: t.users.id }).from(t.users).limit(1)).length > 0;
}

/** The account that an unused, unexpired invitation is for. */
export async function userOfInvitation(tokenHash: string, now: number): Promise<UserRow | null> {
  const { orm, t } = database();
  const [row] = await orm
    .select({ user: t.users })
    .from(t.invitations)
    .innerJoin(t.users, eq(t.users.id, t.invitations.userId))
    .where(
      and(
        eq(t.invitations.tokenHash, tokenHash),
        isNull(t.invitations.usedAt),
        gt(t.invitations.expiresAt, now),
        eq(t.users.status, "invited"),
      ),
    )
    .limit(1);
  return row?.user ?? null;
}

/** The invitation of this account whose link is valid. */
export async function openInvitation(userId: string, now: number): Promise<InvitationRow | null> {
  const { orm, t } = database();
  const { invitations } = t;
  const [row] = await orm
    .select()
    .from(invitations)
    .where(and(eq(invitations.userId, userId), isNull(invitations.usedAt), gt(invitations.expiresAt, now)))
    .limit(1);
  return row ?? null;
}

export async function guardsOf(keys: string[]): Promise<LoginGuard[]> {
  const { orm, t } = database();
  return await orm.select().from(t.loginGuards).where(inArray(t.loginGuards.key, keys));
}

/** Guards of these users whose lock has not expired. */
export async function locksOf(userIds: string[], now: number): Promise<LoginGuard[]> {
  if (userIds.length === 0) return [];
  const { orm, t } = database();
  return await orm
    .select()
    .from(t.loginGuards)
    .where(and(inArray(t.loginGuards.userId, userIds), gt(t.loginGuards.lockedUntil, now)));
}

export async function guardsOfUser(userId: string): Promise<LoginGuard[]> {
  const { orm, t } = database();
  return await orm.select().from(t.loginGuards).where(eq(t.loginGuards.userId, userId));
}

/** Guards whose lock has expired but was not ended yet. */
export async function expiredLocks(now: number): Promise<LoginGuard[]> {
  const { orm, t } = database();
  return await orm
    .select()
    .from(t.loginGuards)
    .where(and(isNotNull(t.loginGuards.lockedUntil), lte(t.loginGuards.lockedUntil, now)))
    .limit(500);
}

/** True when an event's own deliveries include one to this person. */
export async function wasSentTo(eventId: string, userId: string): Promise<boolean> {
  const { orm, t } = database();
  const rows = await orm
    .select({ id: t.deliveries.id })
    .from(t.deliveries)
    .where(and(eq(t.deliveries.eventId, eventId), eq(t.deliveries.userId, userId), eq(t.deliveries.route, "user")))
    .limit(1);
  return rows.length > 0;
}
