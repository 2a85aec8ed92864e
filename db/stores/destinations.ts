import { and, eq, inArray } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import { pluralize } from "@/lib/core/format-units";
import type { Tables } from "../client";
import { isUniqueViolation } from "../faults";
import { step, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";
import { readSetting } from "./settings";

export type DestinationRow = Tables["destinations"]["$inferSelect"];

/** @throws AppError `conflict` when the name is taken */
export function createDestination(row: DestinationRow, audit: AuditInsert): Promise<void> {
  return transact([], function* (tx) {
    yield* step(tx.orm.insert(tx.t.destinations).values(row));
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "jobs" });
  }).catch(nameTakenOr);
}

/** @returns null when it is gone @throws AppError `conflict` when the name is taken */
export function updateDestination(
  id: string,
  change: Partial<DestinationRow>,
  audit: AuditInsert,
): Promise<DestinationRow | null> {
  return transact([], function* (tx) {
    const { destinations } = tx.t;
    const [row] = yield* step(tx.orm.update(destinations).set(change).where(eq(destinations.id, id)).returning());
    if (!row) return null;
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "jobs" });
    return row;
  }).catch(nameTakenOr);
}

/** Removes it while nothing uses it. @returns what does, in words, read in the same transaction */
export function deleteDestination(id: string, audit: AuditInsert): Promise<string[]> {
  return transact([`destination:${id}`], function* (tx) {
    const { jobs, jobDestinations, destinations, artifacts, runs } = tx.t;
    const users = yield* step(
      tx.orm
        .select({ name: jobs.name })
        .from(jobDestinations)
        .innerJoin(jobs, eq(jobs.id, jobDestinations.jobId))
        .where(eq(jobDestinations.destinationId, id))
        .orderBy(jobs.name),
    );
    const found = users.map((job) => `the job ${job.name}`);
    const config = yield* readSetting<{ config?: { destinationId?: unknown } }>(tx, "config-backup");
    if (config?.config?.destinationId === id) found.push("the configuration backup");
    const going = yield* step(
      tx.orm
        .select({ params: runs.params })
        .from(runs)
        .where(and(inArray(runs.status, ["queued", "running"]), inArray(runs.kind, ["config_backup", "restore"]))),
    );
    if (going.some((run) => run.params.destinationId === id)) found.push("a run that is going");
    const stored = yield* step(
      tx.orm.select({ id: artifacts.id }).from(artifacts).where(eq(artifacts.destinationId, id)),
    );
    if (stored.length > 0) found.push(pluralize(stored.length, "stored backup"));
    if (found.length > 0) return found;
    yield* step(tx.orm.delete(destinations).where(eq(destinations.id, id)));
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "jobs" });
    return [];
  });
}

function nameTakenOr(error: unknown): never {
  if (!isUniqueViolation(error)) throw error;
  const sentence = "Another destination has this name.";
  throw new AppError("conflict", sentence, { fields: { name: sentence } });
}
