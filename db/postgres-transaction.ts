import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import type pg from "pg";
import { publish } from "@/lib/core/bus";
import { AppError } from "@/lib/core/errors";
import { database, type PostgresHandle } from "./client";
import type { DatabaseConnection, Tables } from "./connection";
import { isStorageFault, storageError } from "./faults";
import { retryPassing } from "./retry-passing";
import type { Steps, Tx } from "./steps";

/** What a transaction needs to know of its body. */
export interface PostgresBody<T> {
  /** What must not be decided by two at once. */
  lockKeys: readonly string[];
  run(tx: Tx): Steps<T>;
  /** Whether an earlier attempt, whose commit got no answer, was committed; without it such a commit is not repeated. */
  wasCommitted?(tx: Tx): Steps<boolean>;
}

/** A commit that was sent and got no answer. */
interface Unsure<T> {
  value: T;
  tx: Tx;
}

/**
 * Runs a body in a PostgreSQL transaction of its own, on one connection of the pool; see `transact`. When the connection
 * is lost, or another transaction is in the way of this one, it is tried again from the beginning.
 */
export async function runPostgres<T>(handle: PostgresHandle, body: PostgresBody<T>): Promise<T> {
  let unsure: Unsure<T> | null = null;
  const attempt = async (): Promise<T> => {
    if (unsure) {
      if (!body.wasCommitted) throw unsureError();
      const asked = await runOnce(handle, { lockKeys: [], run: body.wasCommitted }, () => undefined);
      if (asked) return finish(handle, unsure);
      unsure = null;
    }
    return await runOnce(handle, body, (sent) => {
      unsure = sent;
    });
  };
  try {
    return await retryPassing(attempt);
  } catch (error) {
    throw isStorageFault(error) ? storageError(error) : error;
  }
}

/** Not a lost connection any more: nothing may be tried again by itself. */
function unsureError(): AppError {
  return new AppError(
    "unavailable",
    "The connection to the database was lost while a change was being saved. Look whether it was saved before you repeat it.",
    { retryAfterSeconds: 5 },
  );
}

/** @param onCommit called right before the commit is sent: from then on only the database knows */
async function runOnce<T>(
  handle: PostgresHandle,
  { lockKeys, run }: PostgresBody<T>,
  onCommit: (sent: Unsure<T>) => void,
): Promise<T> {
  const client = await handle.pool.connect();
  let brokenBy: Error | undefined;
  try {
    const tx: Tx = { ...connectionOver(handle, client), notices: [] };
    await client.query("BEGIN");
    try {
      await takeLocks(tx, lockKeys);
      const value = await runSteps(run(tx));
      await handle.notices.postInTransaction(client, tx.notices);
      onCommit({ value, tx });
      const { command } = await client.query("COMMIT");
      // The server answers so when a statement had failed and the body went on.
      if (command !== "COMMIT")
        throw new Error("The transaction was rolled back, because a statement in it had failed.");
      return finish(handle, { value, tx });
    } catch (error) {
      await client.query("ROLLBACK").catch((failure: Error) => {
        brokenBy = failure;
      });
      throw error;
    }
  } finally {
    client.release(brokenBy);
  }
}

/** This process must not use for another moment what its own change made stale; the others get the notice. */
function finish<T>({ notices }: PostgresHandle, { value, tx }: Unsure<T>): T {
  for (const notice of tx.notices) publish(notice);
  notices.postAfterCommit(tx.notices);
  return value;
}

/** The query builder over a connection of the pool, with the statements that were prepared on it. */
function connectionOver({ clients }: PostgresHandle, client: pg.PoolClient): DatabaseConnection {
  const { t } = database();
  // Each bundle has tables, and with them statements, of its own.
  const known = clients.get(client) ?? new Map<Tables, DatabaseConnection>();
  clients.set(client, known);
  const connection = known.get(t) ?? { orm: drizzle(client), t, prepared: new Map() };
  known.set(t, connection);
  return connection;
}

/** In one order everywhere, so that two transactions never wait for each other. */
async function takeLocks({ orm }: Tx, lockKeys: readonly string[]): Promise<void> {
  if (lockKeys.length === 0) return;
  const keys = sql.param([...new Set(lockKeys)].sort());
  await orm.execute(sql`select pg_advisory_xact_lock(hashtextextended(key, 0)) from unnest(${keys}::text[]) key`);
}

async function runSteps<T>(steps: Steps<T>): Promise<T> {
  let next = steps.next();
  while (!next.done) {
    let value: unknown;
    try {
      const query = next.value;
      value = await ("isPrepared" in query ? query.statement.execute(query.params) : query);
    } catch (error) {
      next = steps.throw(error);
      continue;
    }
    next = steps.next(value);
  }
  return next.value;
}
