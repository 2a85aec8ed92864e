import { and, eq, inArray } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import { pluralize } from "@/lib/core/format-units";
import type { Tables } from "../client";
import { isUniqueViolation } from "../faults";
import { type Steps, step, type Tx, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";
import { forgetConnection } from "./connections";
import { closeStorageAlerts, forgetLocation, forgetMeasurements } from "./storage";

export type RepositoryRow = Tables["repositories"]["$inferSelect"];
export type RepositoryStateRow = Tables["repositoryStates"]["$inferSelect"];

/** @throws AppError `conflict` when the name or the location is taken */
export function insertRepository(row: RepositoryRow, audit: AuditInsert): Promise<void> {
  return transact([], function* (tx) {
    yield* assertFree(tx, row);
    yield* step(tx.orm.insert(tx.t.repositories).values(row));
    yield* recordChange(tx, row.id, audit);
  }).catch(takenOr);
}

/** @returns null when it is gone @throws AppError `conflict` when the name or the location is taken */
export function updateRepository(
  id: string,
  change: Partial<RepositoryRow>,
  audit: AuditInsert,
): Promise<RepositoryRow | null> {
  return transact([`repository:${id}`], function* (tx) {
    const { repositories } = tx.t;
    yield* assertFree(tx, { id, ...change });
    yield* leaveLocation(tx, id, change);
    const [row] = yield* step(tx.orm.update(repositories).set(change).where(eq(repositories.id, id)).returning());
    if (!row) return null;
    yield* recordChange(tx, id, audit);
    return row;
  }).catch(takenOr);
}

/**
 * A repository that is moved leaves what was measured where it was. On this machine the next look at its new place decides whether
 * an open alert about its space goes on; of a server there is none, so that it ends.
 */
function* leaveLocation(tx: Tx, id: string, { location }: Partial<RepositoryRow>): Steps<void> {
  const { repositories: r } = tx.t;
  if (location === undefined) return;
  const [before] = yield* step(tx.orm.select({ location: r.location }).from(r).where(eq(r.id, id)));
  if (!before || before.location === location) return;
  yield* forgetMeasurements(tx, id);
  if (!location.startsWith("/")) yield* closeStorageAlerts(tx, "repository", id);
}

/**
 * Forgets a repository that nothing uses; what is stored in it stays as it is.
 * @returns what uses it, in words, read in the same transaction
 */
export function deleteRepository(id: string, audit: AuditInsert): Promise<string[]> {
  return transact([`repository:${id}`], function* (tx) {
    const users = yield* findUsers(tx, id);
    if (users.length > 0) return users;
    const { repositories, repositoryStates, repositorySlots } = tx.t;
    yield* step(tx.orm.delete(repositories).where(eq(repositories.id, id)));
    yield* step(tx.orm.delete(repositoryStates).where(eq(repositoryStates.repositoryId, id)));
    yield* step(tx.orm.delete(repositorySlots).where(eq(repositorySlots.repositoryId, id)));
    yield* forgetConnection(tx, id);
    yield* forgetLocation(tx, "repository", id);
    yield* recordChange(tx, id, audit);
    return [];
  });
}

/** Keeps what was read of a repository's contents. Nothing is kept of one that was removed meanwhile. */
export function recordRepositoryState(state: RepositoryStateRow): Promise<void> {
  return transact([`repository:${state.repositoryId}`], function* (tx) {
    const { repositories, repositoryStates } = tx.t;
    const { repositoryId, ...figures } = state;
    const known = yield* step(
      tx.orm.select({ id: repositories.id }).from(repositories).where(eq(repositories.id, repositoryId)),
    );
    if (known.length === 0) return;
    yield* step(
      tx.orm
        .insert(repositoryStates)
        .values(state)
        .onConflictDoUpdate({ target: repositoryStates.repositoryId, set: figures }),
    );
    tx.notices.push({ topic: "repositories", ids: [repositoryId] });
  });
}

export function noSuchRepository(): AppError {
  return new AppError("not_found", "There is no such repository. It may have been removed.");
}

function* findUsers(tx: Tx, id: string): Steps<string[]> {
  const { jobs, syncs, runs, artifacts } = tx.t;
  const ofJobs = yield* step(
    tx.orm.select({ name: jobs.name }).from(jobs).where(eq(jobs.repositoryId, id)).orderBy(jobs.name),
  );
  const users = ofJobs.map(({ name }) => `the job ${name}`);
  const ofSyncs = yield* step(
    tx.orm.select({ name: syncs.name }).from(syncs).where(eq(syncs.repositoryId, id)).orderBy(syncs.name),
  );
  users.push(...ofSyncs.map(({ name }) => `the sync ${name}`));
  const active = yield* step(
    tx.orm
      .select({ id: runs.id })
      .from(runs)
      .where(and(eq(runs.repositoryId, id), inArray(runs.status, ["queued", "running"])))
      .limit(1),
  );
  if (active.length > 0) users.push("an active run");
  const stored = yield* step(
    tx.orm.select({ id: artifacts.id }).from(artifacts).where(eq(artifacts.destinationId, id)),
  );
  if (stored.length > 0) users.push(pluralize(stored.length, "stored backup"));
  return users;
}

const NAME_TAKEN = "Another repository has this name.";
const LOCATION_TAKEN = "Another repository has this location.";

/** Where a repository would have what another one has: a sentence beside the field. */
export function takenFields(
  { id, name, location }: Partial<RepositoryRow>,
  others: readonly Pick<RepositoryRow, "id" | "name" | "location">[],
): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const other of others) {
    if (other.id === id) continue;
    if (other.name === name) fields.name = NAME_TAKEN;
    if (other.location === location) fields.location = LOCATION_TAKEN;
  }
  return fields;
}

function* assertFree(tx: Tx, wanted: Partial<RepositoryRow>): Steps<void> {
  const { repositories: r } = tx.t;
  const others = yield* step(tx.orm.select({ id: r.id, name: r.name, location: r.location }).from(r));
  const fields = takenFields(wanted, others);
  const [sentence] = Object.values(fields);
  if (sentence) throw new AppError("conflict", sentence, { fields });
}

function* recordChange(tx: Tx, id: string, audit: AuditInsert): Steps<void> {
  yield* writeAudit(tx, audit);
  tx.notices.push({ topic: "repositories", ids: [id] }, { topic: "jobs" });
}

/** Two that were saved at the same moment. */
function takenOr(error: unknown): never {
  if (!isUniqueViolation(error)) throw error;
  throw new AppError("conflict", "Another repository with this name or location was saved at the same moment.");
}
