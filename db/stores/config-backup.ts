import { and, eq, inArray } from "drizzle-orm";
import { type Steps, step, type Tx, transact } from "../transact";
import type { Change } from "./change";
import { newRun } from "./new-run";
import { insertRun } from "./runs";

const STATE = "config-backup-state";

interface State {
  cron: string;
  timezone: string | null;
  nextRunAt: number;
}

interface DueConfigBackup {
  dueAt: number | null;
  next: State;
  runId: string;
  destinationId: string;
  now: number;
}

/**
 * Advances the schedule of the configuration backup and, when a slot was due, queues its run.
 * Does nothing when another scheduler took the slot, and queues no second run while one is queued or running.
 * @param due.dueAt the slot that is due; null when the schedule is new
 */
export function takeConfigBackup(due: DueConfigBackup): Promise<void> {
  return transact([STATE], function* (tx) {
    yield* takeSlot(tx, due);
  });
}

/** The same, with the event that it was missed and is made now. */
export function takeLateConfigBackupChange(due: DueConfigBackup): Change {
  return { apply: (tx) => takeSlot(tx, due) };
}

function* takeSlot(tx: Tx, due: DueConfigBackup): Steps<boolean> {
  const { systemState, runs } = tx.t;
  const { dueAt, next, now } = due;
  const [row] = yield* step(
    tx.orm.select({ value: systemState.value }).from(systemState).where(eq(systemState.key, STATE)),
  );
  if (dueAt !== null && (row?.value as State | undefined)?.nextRunAt !== dueAt) return false;
  yield* step(
    tx.orm
      .insert(systemState)
      .values({ key: STATE, value: next, updatedAt: now })
      .onConflictDoUpdate({ target: systemState.key, set: { value: next, updatedAt: now } }),
  );
  if (dueAt === null) return true;
  const open = yield* step(
    tx.orm
      .select({ id: runs.id })
      .from(runs)
      .where(and(eq(runs.kind, "config_backup"), inArray(runs.status, ["queued", "running"]))),
  );
  if (open.length > 0) return true;
  yield* insertRun(
    tx,
    newRun({
      id: due.runId,
      kind: "config_backup",
      name: "Belfry configuration",
      trigger: "schedule",
      params: { destinationId: due.destinationId },
      queuedAt: now,
      dueAt,
    }),
  );
  return true;
}
