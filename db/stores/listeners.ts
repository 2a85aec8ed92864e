import { and, eq, gt, like, lt, max, or } from "drizzle-orm";
import { LONGEST } from "@/lib/core/longest-times";
import { database } from "../client";
import { databaseNow } from "../database-clock";
import { step, transact } from "../transact";

/** Before the name in the key of the row of a process that takes the reports of clients. */
const LISTENER_KEY = "listener:";
/** A row that nobody renewed for so long is removed, milliseconds. */
const FORGOTTEN_MS = 3_600_000;

/** Says that this process takes the reports of clients. @param owner the name of this life of it */
export function announceListener(owner: string): Promise<void> {
  return transact([], function* (tx) {
    const { systemState: s } = tx.t;
    const now = databaseNow();
    const mark = { value: {}, updatedAt: now };
    yield* step(
      tx.orm
        .insert(s)
        .values({ key: LISTENER_KEY + owner, ...mark })
        .onConflictDoUpdate({ target: s.key, set: mark }),
    );
    const isForgotten = or(lt(s.updatedAt, now - FORGOTTEN_MS), gt(s.updatedAt, now + LONGEST.skew));
    yield* step(tx.orm.delete(s).where(and(like(s.key, `${LISTENER_KEY}%`), isForgotten)));
  });
}

/** This process ends: from now on it takes no reports. */
export function retireListener(owner: string): Promise<void> {
  return transact([], function* (tx) {
    const { systemState: s } = tx.t;
    yield* step(tx.orm.delete(s).where(eq(s.key, LISTENER_KEY + owner)));
  });
}

/** When a process last said that it takes the reports of clients, milliseconds; null: none does. */
export async function lastListenedAt(): Promise<number | null> {
  const { orm, t } = database();
  const { systemState: s } = t;
  const [row] = await orm
    .select({ at: max(s.updatedAt) })
    .from(s)
    .where(like(s.key, `${LISTENER_KEY}%`));
  return row?.at == null ? null : Number(row.at);
}
