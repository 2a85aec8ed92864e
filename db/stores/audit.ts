import type { Tables } from "../client";
import { type Steps, step, type Tx } from "../transact";
import type { Change } from "./change";

export type AuditInsert = Tables["auditLog"]["$inferInsert"];

/** Writes one audit row in the transaction of its change. */
export function* writeAudit(tx: Tx, row: AuditInsert): Steps<void> {
  yield* step(tx.orm.insert(tx.t.auditLog).values(row));
}

/** Writes the audit rows of one change of many things. */
export function* writeAudits(tx: Tx, rows: readonly AuditInsert[]): Steps<void> {
  if (rows.length > 0) yield* step(tx.orm.insert(tx.t.auditLog).values([...rows]));
}

/** Writes the audit row of an action that changes nothing else in the database. */
export function auditChange(row: AuditInsert): Change {
  return {
    *apply(tx) {
      yield* writeAudit(tx, row);
      return true;
    },
  };
}
