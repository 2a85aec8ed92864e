import { eq } from "drizzle-orm";
import type { Tables } from "../client";
import { type Steps, step, type Tx, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";
import { releaseHeldBy } from "./held-deliveries";
import { bumpRouting } from "./settings";

export type SilenceRow = Tables["silences"]["$inferSelect"];

export function insertSilence(row: SilenceRow, audit: AuditInsert): Promise<void> {
  return transact([], function* (tx) {
    yield* step(tx.orm.insert(tx.t.silences).values(row));
    yield* recordChange(tx, audit);
  });
}

/**
 * Changes a silence. What it held is released, and held again where it still applies.
 * @returns false when it is gone
 */
export function updateSilence(id: string, changes: Partial<SilenceRow>, audit: AuditInsert): Promise<boolean> {
  return transact([`silence:${id}`], function* (tx) {
    const { silences: s } = tx.t;
    const rows = yield* step(tx.orm.update(s).set(changes).where(eq(s.id, id)).returning({ id: s.id }));
    if (rows.length === 0) return false;
    yield* releaseHeldBy(tx, "silence", id, audit.at);
    yield* recordChange(tx, audit);
    return true;
  });
}

/** Removes a silence and releases what it held. @returns false when it is gone */
export function deleteSilence(id: string, audit: AuditInsert): Promise<boolean> {
  return transact([`silence:${id}`], function* (tx) {
    const { silences: s } = tx.t;
    const rows = yield* step(tx.orm.delete(s).where(eq(s.id, id)).returning({ id: s.id }));
    if (rows.length === 0) return false;
    yield* releaseHeldBy(tx, "silence", id, audit.at);
    yield* recordChange(tx, audit);
    return true;
  });
}

function* recordChange(tx: Tx, audit: AuditInsert): Steps<void> {
  yield* bumpRouting(tx);
  yield* writeAudit(tx, audit);
  tx.notices.push({ topic: "routing" });
}
