import { eq, sql } from "drizzle-orm";
import { type Steps, step, stepPrepared, type Tx } from "../transact";

/** Reads a value of the installation's own state; null when it was never set. */
export function* readState<T>(tx: Tx, key: string): Steps<T | null> {
  const { systemState } = tx.t;
  const rows = yield* stepPrepared(
    tx,
    "state_get",
    () =>
      tx.orm
        .select({ value: systemState.value })
        .from(systemState)
        .where(eq(systemState.key, sql.placeholder("key")))
        .limit(1),
    { key },
  );
  return (rows[0]?.value as T | undefined) ?? null;
}

export function* putState(tx: Tx, key: string, value: unknown, now = Date.now()): Steps<void> {
  const { systemState } = tx.t;
  yield* step(
    tx.orm
      .insert(systemState)
      .values({ key, value, updatedAt: now })
      .onConflictDoUpdate({ target: systemState.key, set: { value, updatedAt: now } }),
  );
}
