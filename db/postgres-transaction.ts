import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import type pg from "pg";
import type { Notice } from "@/lib/core/bus";
import { database, type Orm } from "./client";
import { isStorageFault, storageError } from "./faults";
import type { Steps, Tx } from "./steps";

/** As many ids as one notice names: PostgreSQL takes 8000 bytes. */
const NOTICE_IDS = 100;

/** Runs a body in a PostgreSQL transaction of its own, on one connection of the pool; see `transact`. */
export async function runPostgres<T>(
  pool: pg.Pool,
  lockKeys: readonly string[],
  body: (tx: Tx) => Steps<T>,
): Promise<T> {
  const client = await pool.connect().catch((error) => {
    throw storageError(error);
  });
  let brokenBy: Error | undefined;
  try {
    const orm: Orm = drizzle(client);
    const tx: Tx = { orm, t: database().t, prepared: new Map(), notices: [] };
    await client.query("BEGIN");
    try {
      await takeLocks(orm, lockKeys);
      const value = await runSteps(body(tx));
      await notify(client, tx.notices);
      await client.query("COMMIT");
      return value;
    } catch (error) {
      await client.query("ROLLBACK").catch((failure: Error) => {
        brokenBy = failure;
      });
      throw isStorageFault(error) ? storageError(error) : error;
    }
  } finally {
    client.release(brokenBy);
  }
}

/** In one order everywhere, so that two transactions never wait for each other. */
async function takeLocks(orm: Orm, keys: readonly string[]): Promise<void> {
  for (const key of [...new Set(keys)].sort()) {
    await orm.execute(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`);
  }
}

async function notify(client: pg.PoolClient, notices: readonly Notice[]): Promise<void> {
  for (const notice of notices) {
    const payload = JSON.stringify({ ...notice, ids: notice.ids?.slice(0, NOTICE_IDS) });
    await client.query("select pg_notify('belfry', $1)", [payload]);
  }
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
