import { and, gte, inArray, like, lt, sql } from "drizzle-orm";
import { databaseHandle, type Tables } from "../client";
import { type Steps, step, type Tx, transact } from "../transact";
import { KEPT_MS } from "./storage";

/** Rows of one statement: SQLite takes 32,766 values. */
const AT_ONCE = 1_000;

/**
 * Remembers how full disks of clients were. One that stands for the same time already is replaced, and what is older than 90 days
 * is removed. @param now milliseconds
 */
export async function recordDiskSamples(
  samples: readonly Tables["storageSamples"]["$inferSelect"][],
  now: number,
): Promise<void> {
  for (let at = 0; at < samples.length; at += AT_ONCE) {
    const some = samples.slice(at, at + AT_ONCE);
    await transact([], function* (tx) {
      const { storageSamples: s } = tx.t;
      const set = { usedBytes: sql`excluded.used_bytes`, freeBytes: sql`excluded.free_bytes` };
      yield* step(
        tx.orm
          .insert(s)
          .values(some)
          .onConflictDoUpdate({ target: [s.locationId, s.hour], set }),
      );
      const ids = some.map(({ locationId }) => locationId);
      yield* step(tx.orm.delete(s).where(and(inArray(s.locationId, ids), lt(s.hour, now - KEPT_MS))));
    });
  }
}

/** Forgets how full the disks of a client were. */
export function* forgetDisks(tx: Tx, clientId: string): Steps<void> {
  const { storageSamples: s } = tx.t;
  // All that begins with its id and a blank. SQLite finds them by the index: `!` is what follows the blank there.
  const isOfClient =
    databaseHandle().kind === "postgres"
      ? like(s.locationId, `${clientId} %`)
      : and(gte(s.locationId, `${clientId} `), lt(s.locationId, `${clientId}!`));
  yield* step(tx.orm.delete(s).where(isOfClient));
}
