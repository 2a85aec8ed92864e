import { databaseHandle } from "./client";
import { commitInGroup } from "./group-commit";
import { runTogether } from "./postgres-together";
import { runPostgres } from "./postgres-transaction";
import type { Steps, Tx } from "./steps";
import type { SharedBody } from "./transaction-group";

// What a store needs for a transaction comes from here.
export { type Steps, step, stepCount, stepPrepared, type Tx } from "./steps";
export type { SharedBody } from "./transaction-group";

/**
 * Runs a body in one transaction.
 * On SQLite, bodies that are asked for in the same turn of the event loop share one synchronous commit,
 * each in a savepoint of its own, so that one that fails takes no other with it.
 * On PostgreSQL each has its own transaction, which first takes an advisory lock on every key, in order. A body whose
 * connection is lost before its commit is run again, so it changes nothing but the database.
 * @param lockKeys what must not be decided by two at once: dedup keys
 * @param patienceMs on SQLite: wait up to so long for a commit that others need anyway; a synced commit is what costs
 * @throws what the body throws; AppError `unavailable` when the database cannot be written, or nobody knows whether it was
 */
export function transact<T>(lockKeys: readonly string[], body: (tx: Tx) => Steps<T>, patienceMs = 0): Promise<T> {
  const handle = databaseHandle();
  return handle.kind === "sqlite"
    ? commitInGroup(handle, body, patienceMs)
    : runPostgres(handle, { lockKeys, run: body });
}

/**
 * Runs the body for one caller, on PostgreSQL in a transaction that is shared with other callers of the same body.
 * Resolves after the commit; an error of one caller reaches no other.
 * @throws as `transact`
 */
export function transactTogether<I, T>(body: SharedBody<I, T>, input: I): Promise<T> {
  const handle = databaseHandle();
  if (handle.kind === "postgres") return runTogether(handle, body, input);
  return commitInGroup(handle, (tx) => runAlone(body, tx, input), 0);
}

function* runAlone<I, T>(body: SharedBody<I, T>, tx: Tx, input: I): Steps<T> {
  const [value] = yield* body.run(tx, [input]);
  return value as T;
}
