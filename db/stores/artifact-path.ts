import { and, eq, isNotNull, isNull, lt, notInArray, or } from "drizzle-orm";
import { database } from "../client";
import { step, transact } from "../transact";
import type { RunRow } from "./runs";

/** Notes the file that a run is about to store: a crash before its record would leave it where no list shows it. */
export function noteArtifactPath(runId: string, path: string): Promise<void> {
  return setArtifactPath(runId, path);
}

/** Nothing of the file is left that has no record. */
export function clearArtifactPath(runId: string): Promise<void> {
  return setArtifactPath(runId, null);
}

function setArtifactPath(runId: string, artifactPath: string | null): Promise<void> {
  return transact([], function* (tx) {
    yield* step(tx.orm.update(tx.t.runs).set({ artifactPath }).where(eq(tx.t.runs.id, runId)));
  });
}

/**
 * Runs that are over and may have left a file without a record, oldest first. A worker that only seemed dead may still
 * be writing: what was not this worker's counts only when it ended before `othersBefore`.
 */
export async function runsWithStrayFiles(workerId: string, othersBefore: number): Promise<RunRow[]> {
  const { orm, t } = database();
  const { runs } = t;
  return await orm
    .select()
    .from(runs)
    .where(
      and(
        isNotNull(runs.artifactPath),
        notInArray(runs.status, ["queued", "running"]),
        or(eq(runs.workerId, workerId), isNull(runs.workerId), lt(runs.finishedAt, othersBefore)),
      ),
    )
    .orderBy(runs.id)
    .limit(1_000);
}
