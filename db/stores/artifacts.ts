import { eq } from "drizzle-orm";
import type { Tables } from "../client";
import { step, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";

export type ArtifactRow = Tables["artifacts"]["$inferSelect"];

/** Verified backups become known. From here on a crash loses neither the file nor the knowledge of it. */
export function recordArtifacts(rows: ArtifactRow[]): Promise<void> {
  if (rows.length === 0) return Promise.resolve();
  return transact([], function* (tx) {
    yield* step(tx.orm.insert(tx.t.artifacts).values(rows));
    tx.notices.push({ topic: "runs", ids: [...new Set(rows.map((row) => row.runId))] });
  });
}

/** A backup whose file is gone is forgotten. */
export function forgetArtifact(id: string, audit?: AuditInsert): Promise<void> {
  return transact([], function* (tx) {
    yield* step(tx.orm.delete(tx.t.artifacts).where(eq(tx.t.artifacts.id, id)));
    if (audit) yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "runs" });
  });
}
