import { eq, sql } from "drizzle-orm";
import { type Steps, step, stepPrepared, type Tx } from "../transact";
import { putState, readState } from "./system-state";

/** Changes with everything that affects routing; routing snapshots are cached by it. */
const ROUTING_VERSION = "routing-version";

export function* readSetting<T>(tx: Tx, key: string): Steps<T | null> {
  const rows = yield* stepPrepared(
    tx,
    "setting_get",
    () =>
      tx.orm
        .select({ value: tx.t.settings.value })
        .from(tx.t.settings)
        .where(eq(tx.t.settings.key, sql.placeholder("key")))
        .limit(1),
    { key },
  );
  return (rows[0]?.value as T | undefined) ?? null;
}

export function* putSetting(tx: Tx, key: string, value: unknown, now = Date.now()): Steps<void> {
  yield* step(
    tx.orm
      .insert(tx.t.settings)
      .values({ key, value, updatedAt: now })
      .onConflictDoUpdate({ target: tx.t.settings.key, set: { value, updatedAt: now } }),
  );
  tx.notices.push({ topic: "settings", ids: [key] });
}

/** Deletes a setting: from now on it reads as never set. */
export function* dropSetting(tx: Tx, key: string): Steps<void> {
  yield* step(tx.orm.delete(tx.t.settings).where(eq(tx.t.settings.key, key)));
  tx.notices.push({ topic: "settings", ids: [key] });
}

export function* readRoutingVersion(tx: Tx): Steps<number> {
  return (yield* readState<number>(tx, ROUTING_VERSION)) ?? 0;
}

/** Must be called by every change of channels, notification rules, administrators or notification settings. */
export function* bumpRouting(tx: Tx): Steps<void> {
  // Not an increment: two transactions at once would read the same value, and a restored configuration would
  // reuse versions that snapshots are cached under.
  yield* putState(tx, ROUTING_VERSION, Date.now() * 1000 + Math.floor(Math.random() * 1000));
}
