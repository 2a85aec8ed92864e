import { and, eq, isNotNull, isNull } from "drizzle-orm";
import type { Tables } from "../client";
import { step, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";

export type ArtifactRow = Tables["artifacts"]["$inferSelect"];

/** Records verified backups. After this a crash loses neither a file nor its record. */
export function recordArtifacts(rows: ArtifactRow[]): Promise<void> {
  if (rows.length === 0) return Promise.resolve();
  return transact([], function* (tx) {
    yield* step(tx.orm.insert(tx.t.artifacts).values(rows));
    tx.notices.push({ topic: "runs", ids: [...new Set(rows.map((row) => row.runId))] });
  });
}

/** Notes the end of a complete restore of a backup, or of a test of one. @param error null: everything came back */
export function recordProof(id: string, at: number, error: string | null): Promise<void> {
  return transact([], function* (tx) {
    const proof = error === null ? { provenAt: at, proofError: null } : { proofError: error };
    yield* step(tx.orm.update(tx.t.artifacts).set(proof).where(eq(tx.t.artifacts.id, id)));
    tx.notices.push({ topic: "runs" });
  });
}

/** Notes what an integrity check found of a stored backup. @param damage a sentence; null: it is what was stored */
export function recordReread(id: string, at: number, damage: string | null): Promise<void> {
  return transact([], function* (tx) {
    yield* step(tx.orm.update(tx.t.artifacts).set({ rereadAt: at, damage }).where(eq(tx.t.artifacts.id, id)));
    tx.notices.push({ topic: "runs" });
  });
}

/** A person says that the size of a suspect backup is right: all copies of it count again, as the new measure. */
export function acceptBackup(runId: string, by: string, at: number, audit: AuditInsert): Promise<void> {
  return transact([], function* (tx) {
    const { artifacts } = tx.t;
    yield* step(
      tx.orm
        .update(artifacts)
        .set({ acceptedAt: at, acceptedBy: by })
        .where(and(eq(artifacts.runId, runId), isNotNull(artifacts.suspicion), isNull(artifacts.acceptedAt))),
    );
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "runs", ids: [runId] });
  });
}

/** Deletes the record of a backup whose file is gone. */
export function forgetArtifact(id: string, audit?: AuditInsert): Promise<void> {
  return transact([], function* (tx) {
    yield* step(tx.orm.delete(tx.t.artifacts).where(eq(tx.t.artifacts.id, id)));
    if (audit) yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "runs" });
  });
}
