import { and, eq, gt, like, lte, ne, or, sql } from "drizzle-orm";
import { LONGEST } from "@/lib/core/longest-times";
import { database } from "../client";
import { databaseTime } from "../database-clock";
import { step, transact } from "../transact";

/** A process that delivers and schedules, as the others see it. */
export interface LiveWorker {
  /** The worker's name and that of this life of it, see `ownerName`. */
  owner: string;
  /** False: its clock differs from the database's, so it leaves the work to others. */
  isClockRight: boolean;
}

/** Before the name in the key of a worker's row. */
export const WORKER_KEY = "worker:";
/** A worker that does not announce itself for so long is gone, by the database's clock, milliseconds. */
export const WORKER_TTL_MS = 15_000;

/** The worker's name stays over a restart, the part after the colon does not: a process that was thought dead is another owner. */
export function ownerName(workerId: string, life: string): string {
  return `${workerId}:${life}`;
}

/**
 * Whether an owner is gone: an earlier life of this worker, since the lock of its data folder is ours; or one that does
 * not announce itself, where this worker does.
 */
export function isGone(owner: string, current: string, living: readonly LiveWorker[]): boolean {
  const lives = (one: string) => living.some((worker) => worker.owner === one);
  const isEarlierLife = owner !== current && owner.split(":")[0] === current.split(":")[0];
  return isEarlierLife || (lives(current) && !lives(owner));
}

/**
 * Says that this worker lives.
 * @returns all that live, this one among them, by name; an earlier life of this worker does not
 */
export function announceWorker(worker: LiveWorker): Promise<LiveWorker[]> {
  const { owner, isClockRight } = worker;
  return transact([], function* (tx) {
    const { systemState: s } = tx.t;
    const time = databaseTime();
    const mark = { value: { isClockRight }, updatedAt: time };
    yield* step(
      tx.orm
        .insert(s)
        .values({ key: WORKER_KEY + owner, ...mark })
        .onConflictDoUpdate({ target: s.key, set: mark }),
    );
    const earlier = and(like(s.key, `${WORKER_KEY}${owner.split(":")[0]}:%`), ne(s.key, WORKER_KEY + owner));
    const isPast = or(
      lte(s.updatedAt, sql`${time} - ${WORKER_TTL_MS}`),
      gt(s.updatedAt, sql`${time} + ${LONGEST.skew}`),
    );
    yield* step(tx.orm.delete(s).where(and(like(s.key, `${WORKER_KEY}%`), or(isPast, earlier))));
    const rows = yield* step(
      tx.orm
        .select({ key: s.key, value: s.value })
        .from(s)
        .where(like(s.key, `${WORKER_KEY}%`))
        .orderBy(s.key),
    );
    return rows.map(workerOf);
  });
}

/** This worker ends: the others need not wait. */
export function retireWorker(owner: string): Promise<void> {
  return transact([], function* (tx) {
    const { systemState: s } = tx.t;
    yield* step(tx.orm.delete(s).where(eq(s.key, WORKER_KEY + owner)));
  });
}

/** @returns the workers that live, by name */
export async function liveWorkers(): Promise<LiveWorker[]> {
  const { orm, t } = database();
  const { systemState: s } = t;
  const time = databaseTime();
  const rows = await orm
    .select({ key: s.key, value: s.value })
    .from(s)
    .where(and(like(s.key, `${WORKER_KEY}%`), gt(s.updatedAt, sql`${time} - ${WORKER_TTL_MS}`)))
    .orderBy(s.key);
  return rows.map(workerOf);
}

/**
 * Whether a worker may take work that others could take: one whose clock is wrong leaves it to those whose clock is
 * right, and goes on where there is none, because otherwise nobody would be notified of exactly that.
 */
export function mayTakeWork(owner: string, living: readonly LiveWorker[]): boolean {
  const right = living.filter(({ isClockRight }) => isClockRight);
  return right.length === 0 || right.some((worker) => worker.owner === owner);
}

function workerOf({ key, value }: { key: string; value: unknown }): LiveWorker {
  const isClockRight = (value as { isClockRight?: boolean }).isClockRight !== false;
  return { owner: key.slice(WORKER_KEY.length), isClockRight };
}
