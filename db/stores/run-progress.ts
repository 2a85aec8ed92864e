import { and, eq } from "drizzle-orm";
import type { RunProgress } from "@/lib/core/run-progress";
import { step, transact } from "../transact";

/** Notes how far a run has come that this worker executes; nothing for one that is over. */
export function noteRunProgress(runId: string, workerId: string, progress: RunProgress): Promise<void> {
  return transact([], function* (tx) {
    const { runs } = tx.t;
    const rows = yield* step(
      tx.orm
        .update(runs)
        .set({ progress })
        .where(and(eq(runs.id, runId), eq(runs.workerId, workerId), eq(runs.status, "running")))
        .returning({ id: runs.id }),
    );
    if (rows.length > 0) tx.notices.push({ topic: "run-progress", ids: [runId] });
  });
}
