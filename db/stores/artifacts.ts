import { eq } from "drizzle-orm";
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

/** Deletes the record of a backup whose file is gone. */
export function forgetArtifact(id: string, audit?: AuditInsert): Promise<void> {
  return transact([], function* (tx) {
    yield* step(tx.orm.delete(tx.t.artifacts).where(eq(tx.t.artifacts.id, id)));
    if (audit) yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "runs" });
  });
}
