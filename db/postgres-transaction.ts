import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/node-postgres";
import type pg from "pg";
import { type Notice, publish } from "@/lib/core/bus";
import { database, type Orm, type PostgresHandle } from "./client";
import { isStorageFault, storageError } from "./faults";
import type { Steps, Tx } from "./steps";

/** As many ids as one notice names: PostgreSQL takes 8000 bytes. */
const NOTICE_IDS = 100;

/** Runs a body in a PostgreSQL transaction of its own, on one connection of the pool; see `transact`. */
export async function runPostgres<T>(
  { pool, origin }: PostgresHandle,
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
      await notify(client, tx.notices, origin);
      await client.query("COMMIT");
      // This process must not use for another moment what its own change made stale; the others get the notice.
      for (const notice of tx.notices) publish(notice);
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

async function notify(client: pg.PoolClient, notices: readonly Notice[], from: string): Promise<void> {
  for (const { topic, ids } of notices) {
    for (const part of ids ? partsOf(ids) : [undefined]) {
      await client.query("select pg_notify('belfry', $1)", [JSON.stringify({ topic, ids: part, from })]);
    }
  }
}

function partsOf(ids: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (let at = 0; at === 0 || at < ids.length; at += NOTICE_IDS) parts.push(ids.slice(at, at + NOTICE_IDS));
  return parts;
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
