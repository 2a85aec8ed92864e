import { and, eq, gt, lt, sql } from "drizzle-orm";
import { type Steps, step, type Tx, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";

/** An audit row that stands for everything of its kind in one period, from `at` on: `detail.count` says how often. */
export type CountedAudit = AuditInsert & { id: string; detail: Record<string, unknown> };

/**
 * Counts one more of what a row stands for; its first writes the row.
 * @param row its id begins with `period`, and is the same for what is counted together
 * @param rest takes what comes when there are `most` rows of the period: a flood must not bury the log
 */
export function countInAudit(row: CountedAudit, rest: CountedAudit, period: string, most: number): Promise<void> {
  return transact([`audit ${period}`], function* (tx) {
    if (yield* raise(tx, row)) return;
    const { auditLog } = tx.t;
    const ofPeriod = and(gt(auditLog.id, period), lt(auditLog.id, `${period}~`), eq(auditLog.verb, row.verb));
    const [{ rows } = { rows: 0 }] = yield* step(
      tx.orm.select({ rows: sql<number>`count(*)` }).from(auditLog).where(ofPeriod),
    );
    const isFull = Number(rows) >= most;
    if (isFull && (yield* raise(tx, rest))) return;
    yield* writeAudit(tx, isFull ? rest : row);
  });
}

/** @returns false when there is no such row yet */
function* raise(tx: Tx, { id, address, detail }: CountedAudit): Steps<boolean> {
  const { auditLog } = tx.t;
  const [known] = yield* step(tx.orm.select({ detail: auditLog.detail }).from(auditLog).where(eq(auditLog.id, id)));
  if (!known) return false;
  const counted = { ...detail, count: Number(known.detail?.count ?? 0) + 1 };
  yield* step(tx.orm.update(auditLog).set({ address, detail: counted }).where(eq(auditLog.id, id)));
  return true;
}
