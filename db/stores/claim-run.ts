import { and, eq, inArray } from "drizzle-orm";
import { databaseTime } from "../database-clock";
import { isOneOf } from "../literal";
import { type Steps, step, type Tx, transact } from "../transact";
import type { Change } from "./change";
import type { RunRow } from "./runs";

/** Two processes that claim at once take turns at this row; what each then reads is what the other left. */
const CLAIM_LOCK = "runs-claim";

export interface Claim {
  runId: string;
  workerId: string;
  now: number;
  /** How many runs of workers may run at once, over all processes. */
  limit: number;
}

/**
 * A queued run of a worker starts. Does not apply when another worker was quicker, when the limit is reached, when
 * another run of its job, sync or repository runs, or when one of its destinations is being written to. Runs that a client or
 * another program executes neither count towards the limit nor hold a destination.
 */
export function claimRunChange(claim: Claim): Change {
  return { apply: (tx) => claimRun(tx, claim) };
}

/** The same without an event: a retry, or a run whose start notifies nobody. */
export function claimRunWithoutEvent(claim: Claim): Promise<boolean> {
  return transact([], (tx) => claimRun(tx, claim));
}

function* claimRun(tx: Tx, { runId, workerId, now, limit }: Claim): Steps<boolean> {
  const { runs, systemState } = tx.t;
  yield* step(
    tx.orm
      .insert(systemState)
      .values({ key: CLAIM_LOCK, value: now, updatedAt: now })
      .onConflictDoUpdate({ target: systemState.key, set: { value: now, updatedAt: now } }),
  );
  const [run] = yield* step(
    tx.orm
      .select()
      .from(runs)
      .where(and(eq(runs.id, runId), eq(runs.status, "queued"), eq(runs.executor, "worker"))),
  );
  if (!run || (run.notBefore !== null && run.notBefore > now)) return false;
  const running = yield* step(
    tx.orm
      .select()
      .from(runs)
      .where(and(isOneOf(runs.status, "queued", "running"), eq(runs.status, "running"), eq(runs.executor, "worker"))),
  );
  if (running.length >= limit) return false;
  if (run.jobId && holdsItsJob(run) && running.some((other) => holdsItsJob(other) && other.jobId === run.jobId))
    return false;
  if (run.syncId && running.some((other) => other.syncId === run.syncId)) return false;
  const repositoryId = yield* repositoryOf(tx, run);
  if (repositoryId && running.some((other) => other.repositoryId === repositoryId)) return false;
  const wanted = yield* destinationsWrittenBy(tx, [run]);
  if (wanted.size > 0) {
    const locked = yield* destinationsWrittenBy(tx, running);
    for (const id of wanted) if (locked.has(id)) return false;
  }
  yield* step(
    tx.orm
      .update(runs)
      .set({
        status: "running",
        repositoryId,
        workerId,
        // Waiting for the others to claim is not running.
        startedAt: run.startedAt ?? Math.max(now, Date.now()),
        heartbeatAt: databaseTime(),
        notBefore: null,
        attempts: run.attempts + 1,
      })
      .where(eq(runs.id, runId)),
  );
  tx.notices.push({ topic: "runs", ids: [runId] });
  return true;
}

/** An integrity check reads for hours, and only what is stored already: backups of its job go on meanwhile. */
function holdsItsJob({ kind }: RunRow): boolean {
  return kind !== "integrity_check";
}

/** The repository that a run works on: of a backup the job's by now, of a sync the one that it copies, of a restore where the backup is. */
function* repositoryOf(tx: Tx, { kind, jobId, syncId, repositoryId, params }: RunRow): Steps<string | null> {
  const { jobs, syncs, artifacts } = tx.t;
  if (kind === "backup" && jobId) {
    const [job] = yield* step(tx.orm.select({ id: jobs.repositoryId }).from(jobs).where(eq(jobs.id, jobId)));
    return job?.id ?? null;
  }
  if (kind === "sync" && syncId) {
    const [sync] = yield* step(tx.orm.select({ id: syncs.repositoryId }).from(syncs).where(eq(syncs.id, syncId)));
    return sync?.id ?? null;
  }
  if ((kind === "restore" || kind === "restore_test") && params.artifactId) {
    const [artifact] = yield* step(
      tx.orm.select({ id: artifacts.repositoryId }).from(artifacts).where(eq(artifacts.id, params.artifactId)),
    );
    return artifact?.id ?? null;
  }
  return repositoryId;
}

/** The destinations that runs write to. A restore only reads. */
function* destinationsWrittenBy(tx: Tx, rows: RunRow[]): Steps<Set<string>> {
  const { jobDestinations } = tx.t;
  const found = new Set<string>();
  const jobIds = rows.flatMap((row) => (row.kind === "backup" && row.jobId ? [row.jobId] : []));
  if (jobIds.length > 0) {
    const links = yield* step(tx.orm.select().from(jobDestinations).where(inArray(jobDestinations.jobId, jobIds)));
    for (const link of links) found.add(link.destinationId);
  }
  for (const row of rows)
    if (row.kind === "config_backup" && row.params.destinationId) found.add(row.params.destinationId);
  return found;
}

/**
 * Renews the heartbeat of runs that a worker still executes, by the database's clock: others decide by it whether the
 * worker lives, whatever their own clocks say.
 * @returns those that are still its own, with whether a person asked to cancel them
 */
export function renewHeartbeats(
  ids: string[],
  workerId: string,
): Promise<{ id: string; isCancelRequested: boolean }[]> {
  if (ids.length === 0) return Promise.resolve([]);
  return transact([], function* (tx) {
    const { runs } = tx.t;
    const rows = yield* step(
      tx.orm
        .update(runs)
        .set({ heartbeatAt: databaseTime() })
        .where(and(inArray(runs.id, ids), eq(runs.workerId, workerId), eq(runs.status, "running")))
        .returning({ id: runs.id, cancelRequestedAt: runs.cancelRequestedAt }),
    );
    return rows.map((row) => ({ id: row.id, isCancelRequested: row.cancelRequestedAt !== null }));
  });
}
