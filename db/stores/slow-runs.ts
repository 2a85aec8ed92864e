import { and, eq, isNull } from "drizzle-orm";
import { step } from "../transact";
import type { Change } from "./change";

/** A run is slow, which `backup.slow` reports, once for each run over all processes. @param now milliseconds */
export function reportSlowChange(runId: string, now: number): Change {
  return {
    *apply(tx) {
      const { runs } = tx.t;
      const rows = yield* step(
        tx.orm
          .update(runs)
          .set({ slowAt: now })
          .where(and(eq(runs.id, runId), eq(runs.status, "running"), isNull(runs.slowAt)))
          .returning({ id: runs.id }),
      );
      if (rows.length > 0) tx.notices.push({ topic: "runs", ids: [runId] });
      return rows.length > 0;
    },
  };
}
