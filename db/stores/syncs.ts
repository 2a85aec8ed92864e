import { and, eq, isNull } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import type { Tables } from "../client";
import { isUniqueViolation } from "../faults";
import { type Steps, step, type Tx, transact } from "../transact";
import { closeAlertsOf } from "./alerts";
import { type AuditInsert, writeAudit } from "./audit";
import type { Change } from "./change";
import { insertRun, queuedRunLike, type RunRow } from "./runs";

export type SyncRow = Tables["syncs"]["$inferSelect"];
export type SyncChanges = Partial<
  Pick<
    SyncRow,
    | "name"
    | "path"
    | "repositoryId"
    | "exclude"
    | "mounts"
    | "cron"
    | "timezone"
    | "afterJobId"
    | "afterRunId"
    | "deleteRemoved"
    | "enabled"
    | "timeLimitMinutes"
    | "nextRunAt"
  >
>;

/** @throws AppError `conflict` when the name is taken, `not_found` when the destination is gone */
export function insertSync(row: SyncRow, audit: AuditInsert): Promise<void> {
  const { destinationId, repositoryId } = row;
  const locks = [`destination:${destinationId}`, ...(repositoryId ? [`repository:${repositoryId}`] : [])];
  return transact(locks, function* (tx) {
    const { destinations, syncs } = tx.t;
    const [destination] = yield* step(
      tx.orm.select({ id: destinations.id }).from(destinations).where(eq(destinations.id, destinationId)),
    );
    if (!destination) throw new AppError("not_found", "There is no such destination.");
    yield* assertRepository(tx, repositoryId);
    yield* step(tx.orm.insert(syncs).values(row));
    yield* recordChange(tx, row.id, audit);
  }).catch(nameTakenOr);
}

/** Disabling a sync closes its alerts and takes its queued run back. @throws AppError `not_found`, `conflict` */
export function updateSync(id: string, changes: SyncChanges, audit: AuditInsert): Promise<void> {
  const { repositoryId = null } = changes;
  return transact([syncLock(id), ...(repositoryId ? [`repository:${repositoryId}`] : [])], function* (tx) {
    const { syncs } = tx.t;
    yield* assertRepository(tx, repositoryId);
    const rows = yield* step(
      tx.orm
        .update(syncs)
        .set({ ...changes, updatedAt: audit.at })
        .where(eq(syncs.id, id))
        .returning({ id: syncs.id }),
    );
    if (rows.length === 0) throw noSuchSync();
    if (changes.enabled === false) {
      yield* cancelQueuedSync(tx, id, audit.at, "The sync was disabled.");
      yield* closeAlertsOf(tx, "sync", id, "subject_disabled");
    }
    yield* recordChange(tx, id, audit);
  }).catch(nameTakenOr);
}

/** Removes a sync. What it has stored stays at the destination. @throws AppError `not_found`, `conflict` while it runs */
export function deleteSync(id: string, audit: AuditInsert): Promise<void> {
  return transact([syncLock(id)], function* (tx) {
    const { syncs, syncedFiles, runs } = tx.t;
    const [running] = yield* step(
      tx.orm
        .select({ id: runs.id })
        .from(runs)
        .where(and(eq(runs.syncId, id), eq(runs.status, "running")))
        .limit(1),
    );
    if (running) throw new AppError("conflict", "This sync is running. Cancel the run, or wait until it ends.");
    const rows = yield* step(tx.orm.delete(syncs).where(eq(syncs.id, id)).returning({ id: syncs.id }));
    if (rows.length === 0) throw noSuchSync();
    yield* step(tx.orm.delete(syncedFiles).where(eq(syncedFiles.syncId, id)));
    yield* cancelQueuedSync(tx, id, audit.at, "The sync was deleted.");
    yield* closeAlertsOf(tx, "sync", id, "subject_removed");
    yield* recordChange(tx, id, audit);
  });
}

/**
 * Queues a run that a person asked for. A sync has one queued run at a time: asking again answers with that one.
 * @returns the id of the run that will be executed
 */
export function queueSyncRun(row: RunRow, audit: AuditInsert): Promise<string> {
  return transact([syncLock(row.syncId ?? "")], function* (tx) {
    yield* writeAudit(tx, audit);
    const queued = yield* queuedRunLike(tx, row);
    if (queued !== null) return queued;
    yield* insertRun(tx, row);
    return row.id;
  });
}

/** A due slot of a sync, as the scheduler read it. */
export interface SyncSlot {
  syncId: string;
  dueAt: number;
  nextRunAt: number | null;
}

/** Queues a run for a due slot; where one waits already, the slot joins it. Does nothing when another scheduler took it. */
export function takeSyncSlot(slot: SyncSlot, run: RunRow): Promise<void> {
  return transact([syncLock(slot.syncId)], function* (tx) {
    if (!(yield* advanceSync(tx, slot))) return;
    if ((yield* queuedRunLike(tx, run)) === null) yield* insertRun(tx, run);
  });
}

/** Records slots that passed without a run: the schedule goes on after them. */
export function recordMissedSyncSlots(slot: SyncSlot): Change {
  return { apply: (tx) => advanceSync(tx, slot) };
}

/** Puts a next run that cannot be right where the schedule has it, while it is still the one that was read. */
export function correctSyncNextRun(slot: SyncSlot): Promise<boolean> {
  return transact([], (tx) => advanceSync(tx, slot));
}

/** Queues a run after a good backup, unless another process did. @param before the backup that it ran after before */
export function queueSyncAfter(
  sync: Pick<SyncRow, "id">,
  backup: { before: string | null; now: string },
  run: RunRow,
): Promise<void> {
  return transact([syncLock(sync.id)], function* (tx) {
    const { syncs } = tx.t;
    const isBefore = backup.before === null ? isNull(syncs.afterRunId) : eq(syncs.afterRunId, backup.before);
    const rows = yield* step(
      tx.orm
        .update(syncs)
        .set({ afterRunId: backup.now })
        .where(and(eq(syncs.id, sync.id), eq(syncs.enabled, true), isBefore))
        .returning({ id: syncs.id }),
    );
    if (rows.length === 0 || (yield* queuedRunLike(tx, run)) !== null) return;
    yield* insertRun(tx, run);
  });
}

/** Remembers the mount point of the folder that is copied. */
export function noteSyncMounts(id: string, mounts: Record<string, string>): Promise<void> {
  return transact([], function* (tx) {
    yield* step(tx.orm.update(tx.t.syncs).set({ mounts }).where(eq(tx.t.syncs.id, id)));
  });
}

export function noSuchSync(): AppError {
  return new AppError("not_found", "There is no such sync. It may have been removed.");
}

const syncLock = (id: string) => `sync-runs:${id}`;

/** Compare-and-set: only the scheduler that still sees the slot moves the sync on. */
function* advanceSync(tx: Tx, { syncId, dueAt, nextRunAt }: SyncSlot): Steps<boolean> {
  const { syncs } = tx.t;
  const rows = yield* step(
    tx.orm
      .update(syncs)
      .set({ nextRunAt })
      .where(and(eq(syncs.id, syncId), eq(syncs.nextRunAt, dueAt), eq(syncs.enabled, true)))
      .returning({ id: syncs.id }),
  );
  if (rows.length > 0) tx.notices.push({ topic: "jobs", ids: [syncId] });
  return rows.length > 0;
}

function* assertRepository(tx: Tx, id: string | null): Steps<void> {
  const { repositories } = tx.t;
  if (id === null) return;
  const [found] = yield* step(tx.orm.select({ id: repositories.id }).from(repositories).where(eq(repositories.id, id)));
  if (!found) throw new AppError("not_found", "There is no such repository.");
}

function* cancelQueuedSync(tx: Tx, syncId: string, at: number, reason: string): Steps<void> {
  const { runs } = tx.t;
  const rows = yield* step(
    tx.orm
      .update(runs)
      .set({ status: "canceled", finishedAt: at, error: reason })
      .where(and(eq(runs.syncId, syncId), eq(runs.status, "queued")))
      .returning({ id: runs.id }),
  );
  if (rows.length > 0) tx.notices.push({ topic: "runs", ids: rows.map(({ id }) => id) });
}

function* recordChange(tx: Tx, id: string, audit: AuditInsert): Steps<void> {
  yield* writeAudit(tx, audit);
  tx.notices.push({ topic: "jobs", ids: [id] });
}

function nameTakenOr(error: unknown): never {
  if (!isUniqueViolation(error)) throw error;
  const sentence = "Another sync has this name.";
  throw new AppError("conflict", sentence, { fields: { name: sentence } });
}
