import { eq } from "drizzle-orm";
import type { Tables } from "../client";
import { step, transact } from "../transact";
import { type AuditInsert, writeAudit } from "./audit";

export type JobReceiverRow = Tables["jobReceivers"]["$inferSelect"];

/** Replaces the secrets of an external job. Its old addresses are unknown from then on. @returns false when the job is gone */
export function replaceJobReceiver(row: JobReceiverRow, audit: AuditInsert): Promise<boolean> {
  return transact([`job:${row.jobId}`], function* (tx) {
    const { jobReceivers } = tx.t;
    const rows = yield* step(
      tx.orm
        .update(jobReceivers)
        .set(row)
        .where(eq(jobReceivers.jobId, row.jobId))
        .returning({ id: jobReceivers.jobId }),
    );
    if (rows.length === 0) return false;
    yield* writeAudit(tx, audit);
    tx.notices.push({ topic: "jobs", ids: [row.jobId] });
    return true;
  });
}
