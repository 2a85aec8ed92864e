import { and, desc, eq, gt } from "drizzle-orm";
import { database } from "../client";
import type { SessionRow } from "../stores/sessions";
import type { UserRow } from "../stores/users";

/** The session with this hash of its token, and its account. */
export async function sessionByToken(tokenHash: string): Promise<{ session: SessionRow; user: UserRow } | null> {
  const { orm, t } = database();
  const [row] = await orm
    .select({ session: t.sessions, user: t.users })
    .from(t.sessions)
    .innerJoin(t.users, eq(t.users.id, t.sessions.userId))
    .where(eq(t.sessions.tokenHash, tokenHash))
    .limit(1);
  return row ?? null;
}

/** The sessions of an account that began after a time, the last used first. */
export async function sessionsOfUser(userId: string, after: number): Promise<SessionRow[]> {
  const { orm, t } = database();
  return await orm
    .select()
    .from(t.sessions)
    .where(and(eq(t.sessions.userId, userId), gt(t.sessions.createdAt, after)))
    .orderBy(desc(t.sessions.lastSeenAt), desc(t.sessions.id));
}
