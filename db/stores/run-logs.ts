import { and, eq, sql } from "drizzle-orm";
import { step, transact } from "../transact";

/** Appends a piece to a run's log; older pieces of its middle are removed, and one piece says how much was. */
export function appendRunLog(
  runId: string,
  piece: { seq: number; at: number; text: string },
  dropped?: { from: number; to: number; mark: { seq: number; text: string } },
): Promise<void> {
  return transact([], function* (tx) {
    const { runLogs } = tx.t;
    yield* step(tx.orm.insert(runLogs).values({ runId, ...piece }));
    if (dropped) {
      yield* step(
        tx.orm
          .delete(runLogs)
          .where(and(eq(runLogs.runId, runId), sql`${runLogs.seq} between ${dropped.from} and ${dropped.to}`)),
      );
      yield* step(
        tx.orm
          .insert(runLogs)
          .values({ runId, at: piece.at, ...dropped.mark })
          .onConflictDoUpdate({ target: [runLogs.runId, runLogs.seq], set: { text: dropped.mark.text } }),
      );
    }
    tx.notices.push({ topic: "run-log", ids: [runId] });
  });
}
