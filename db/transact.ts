import { databaseHandle } from "./client";
import { commitInGroup } from "./group-commit";
import { runPostgres } from "./postgres-transaction";
import type { Steps, Tx } from "./steps";

// What a store needs for a transaction comes from here.
export { type Steps, step, stepCount, stepPrepared, type Tx } from "./steps";

/**
 * Runs a body in one transaction.
 * On SQLite, bodies that are asked for in the same turn of the event loop share one synchronous commit,
 * each in a savepoint of its own, so that one that fails takes no other with it.
 * On PostgreSQL each has its own transaction, which first takes an advisory lock on every key, in order.
 * @param lockKeys what must not be decided by two at once: dedup keys
 * @param patienceMs on SQLite: wait up to so long for a commit that others need anyway; a synced commit is what costs
 * @throws what the body throws; AppError `unavailable` when the database cannot be written
 */
export function transact<T>(lockKeys: readonly string[], body: (tx: Tx) => Steps<T>, patienceMs = 0): Promise<T> {
  const handle = databaseHandle();
  return handle.kind === "sqlite" ? commitInGroup(handle, body, patienceMs) : runPostgres(handle, lockKeys, body);
}
