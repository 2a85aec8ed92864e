import { and, eq, gte, isNotNull, lt, sql } from "drizzle-orm";
import { type Steps, step, type Tx } from "../transact";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Counts what the backups of each job take at a location, once an hour; the last count of a day stands for it. @param now milliseconds */
export function* countStored(tx: Tx, locationId: string, keptMs: number, now: number): Steps<void> {
  const { artifacts: a, storedDays: s } = tx.t;
  const day = Math.floor(now / DAY_MS) * DAY_MS;
  const hour = Math.floor(now / HOUR_MS) * HOUR_MS;
  const counted = yield* step(
    tx.orm
      .select({ day: s.day })
      .from(s)
      .where(and(eq(s.locationId, locationId), eq(s.day, day), gte(s.countedAt, hour)))
      .limit(1),
  );
  if (counted.length > 0) return;
  // Within the database: a location may have thousands of jobs.
  const sums = tx.orm
    .select({
      locationId: a.destinationId,
      jobId: sql<string>`${a.jobId}`.as("job_id"),
      day: sql<number>`${sql.raw(`${day}`)}`.as("day"),
      bytes: sql<number>`sum(${a.bytes})`.as("bytes"),
      countedAt: sql<number>`${sql.raw(`${now}`)}`.as("counted_at"),
    })
    .from(a)
    .where(and(eq(a.destinationId, locationId), isNotNull(a.jobId)))
    .groupBy(a.destinationId, a.jobId);
  const set = { bytes: sql`excluded.bytes`, countedAt: sql`excluded.counted_at` };
  yield* step(
    tx.orm
      .insert(s)
      .select(sums)
      .onConflictDoUpdate({ target: [s.locationId, s.day, s.jobId], set }),
  );
  yield* step(tx.orm.delete(s).where(and(eq(s.locationId, locationId), lt(s.day, now - keptMs))));
}

/** Forgets what jobs took at a location. */
export function* forgetStored(tx: Tx, locationId: string): Steps<void> {
  yield* step(tx.orm.delete(tx.t.storedDays).where(eq(tx.t.storedDays.locationId, locationId)));
}
