import { and, asc, eq, gt, inArray, isNotNull, type SQL, sql } from "drizzle-orm";
import { database, type Tables } from "../client";
import { step, transact } from "../transact";

/** A file as a sync has stored it. */
export type SyncedFileRow = Tables["syncedFiles"]["$inferSelect"];

/** Those of the paths that a sync has stored, by path. */
export async function findSyncedFiles(syncId: string, paths: string[]): Promise<Map<string, SyncedFileRow>> {
  if (paths.length === 0) return new Map();
  const { orm, t } = database();
  const { syncedFiles: f } = t;
  const rows = await orm
    .select()
    .from(f)
    .where(and(eq(f.syncId, syncId), inArray(f.path, paths)));
  return new Map(rows.map((row) => [row.path, row]));
}

/** In the order of their paths, after one of them. @param onlyMissing those that are missing in the folder */
export async function pageOfSyncedFiles(
  syncId: string,
  after: string,
  limit: number,
  onlyMissing = false,
): Promise<SyncedFileRow[]> {
  const { orm, t } = database();
  const { syncedFiles: f } = t;
  return await orm
    .select()
    .from(f)
    .where(and(eq(f.syncId, syncId), gt(f.path, after), onlyMissing ? isNotNull(f.missingSince) : undefined))
    .orderBy(asc(f.path))
    .limit(limit);
}

/** What a sync has at its destination. */
export interface SyncedTotals {
  files: number;
  bytes: number;
  /** Of these files: those that are missing in the folder. */
  missing: number;
}

/** The same of several syncs; one that has stored nothing is left out. */
export async function syncedTotals(syncIds: string[]): Promise<Map<string, SyncedTotals>> {
  if (syncIds.length === 0) return new Map();
  const { orm, t } = database();
  const { syncedFiles: f } = t;
  const number = (value: SQL) => sql<number>`${value}`.mapWith(Number);
  const rows = await orm
    .select({
      syncId: f.syncId,
      files: number(sql`count(*)`),
      bytes: number(sql`coalesce(sum(${f.bytes}), 0)`),
      missing: number(sql`count(${f.missingSince})`),
    })
    .from(f)
    .where(inArray(f.syncId, syncIds))
    .groupBy(f.syncId);
  return new Map(rows.map(({ syncId, ...totals }) => [syncId, totals]));
}

/** Rows of one statement: each has seven values. */
const ROWS_AT_ONCE = 500;

/** Notes what was stored, in place of what was known of these paths. */
export function noteSyncedFiles(rows: SyncedFileRow[]): Promise<void> {
  return transact([], function* (tx) {
    const { syncedFiles: f } = tx.t;
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
      yield* step(
        tx.orm
          .insert(f)
          .values(rows.slice(at, at + ROWS_AT_ONCE))
          .onConflictDoUpdate({
            target: [f.syncId, f.path],
            set: {
              bytes: sql`excluded.bytes`,
              stamp: sql`excluded.stamp`,
              sha256: sql`excluded.sha256`,
              mark: sql`excluded.mark`,
              missingSince: sql`excluded.missing_since`,
            },
          }),
      );
    }
  });
}

/** Notes since when files are missing in the folder; null: they are there again. */
export function noteMissing(syncId: string, paths: string[], since: number | null): Promise<void> {
  return transact([], function* (tx) {
    const { syncedFiles: f } = tx.t;
    if (paths.length === 0) return;
    yield* step(
      tx.orm
        .update(f)
        .set({ missingSince: since })
        .where(and(eq(f.syncId, syncId), inArray(f.path, paths))),
    );
  });
}

/** Forgets files that are at the destination no more. */
export function forgetSyncedFiles(syncId: string, paths: string[]): Promise<void> {
  return transact([], function* (tx) {
    const { syncedFiles: f } = tx.t;
    if (paths.length === 0) return;
    yield* step(tx.orm.delete(f).where(and(eq(f.syncId, syncId), inArray(f.path, paths))));
  });
}
