import { eq } from "drizzle-orm";
import { AppError } from "@/lib/core/errors";
import type { Tables } from "../client";
import { isUniqueViolation } from "../faults";
import { step, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";

export type SourceRow = Tables["sources"]["$inferSelect"];

/** @throws AppError `conflict` when the name is taken */
export function createSource(row: SourceRow, audit: AuditInsert): Promise<void> {
  return transact([], function* (tx) {
    yield* step(tx.orm.insert(tx.t.sources).values(row));
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "jobs" });
  }).catch(nameTakenOr);
}

/** @returns null when it is gone @throws AppError `conflict` when the name is taken */
export function updateSource(id: string, change: Partial<SourceRow>, audit: AuditInsert): Promise<SourceRow | null> {
  return transact([], function* (tx) {
    const [row] = yield* step(tx.orm.update(tx.t.sources).set(change).where(eq(tx.t.sources.id, id)).returning());
    if (!row) return null;
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "jobs" });
    return row;
  }).catch(nameTakenOr);
}

/** Removes it while nothing uses it. @returns the names of the jobs that do, read in the same transaction */
export function deleteSource(id: string, audit: AuditInsert): Promise<string[]> {
  return transact([`source:${id}`], function* (tx) {
    const { jobs, sources } = tx.t;
    const users = yield* step(
      tx.orm.select({ name: jobs.name }).from(jobs).where(eq(jobs.sourceId, id)).orderBy(jobs.name),
    );
    if (users.length > 0) return users.map((job) => job.name);
    yield* step(tx.orm.delete(sources).where(eq(sources.id, id)));
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "jobs" });
    return [];
  });
}

function nameTakenOr(error: unknown): never {
  if (!isUniqueViolation(error)) throw error;
  const sentence = "Another source has this name.";
  throw new AppError("conflict", sentence, { fields: { name: sentence } });
}
