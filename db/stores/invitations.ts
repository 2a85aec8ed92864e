import { and, eq, isNull, lte } from "drizzle-orm";
import { type Steps, step, type Tx } from "../transact";

/**
 * Makes the links void that this account's invitations hold. Their rows stay until they have expired: a configuration
 * from before, restored, must not bring a link back.
 * @param now milliseconds
 */
export function* voidInvitations(tx: Tx, userId: string, now: number): Steps<void> {
  const { invitations } = tx.t;
  const own = eq(invitations.userId, userId);
  yield* step(tx.orm.delete(invitations).where(and(own, lte(invitations.expiresAt, now))));
  yield* step(
    tx.orm
      .update(invitations)
      .set({ usedAt: now })
      .where(and(own, isNull(invitations.usedAt))),
  );
}
