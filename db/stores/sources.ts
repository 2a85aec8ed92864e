import { eq } from "drizzle-orm";
import type { Tables } from "../client";
import { step, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";

export type SourceRow = Tables["sources"]["$inferSelect"];

export function createSource(row: SourceRow, audit: AuditInsert): Promise<void> {
  return transact([], function* (tx) {
    yield* step(tx.orm.insert(tx.t.sources).values(row));
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "jobs" });
  });
}

/** @returns false when it is gone */
export function updateSource(id: string, change: Partial<SourceRow>, audit: AuditInsert): Promise<boolean> {
  return transact([], function* (tx) {
    const rows = yield* step(
      tx.orm.update(tx.t.sources).set(change).where(eq(tx.t.sources.id, id)).returning({ id: tx.t.sources.id }),
    );
    if (rows.length === 0) return false;
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "jobs" });
    return true;
  });
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
